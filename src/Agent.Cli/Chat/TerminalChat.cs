using System.Threading.Channels;
using Agent.Cli.Chat.Commands;
using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.PolicyCommands;
using Agent.Cli.Questions;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>
/// The chat at a terminal. One loop takes everything that happens (keys, the run's events, the spinner's ticks) in order, so that
/// nothing is drawn by two at once; what waits for a person is asked without holding up the run.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class TerminalChat : IChatHost, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(120);

    private readonly AgentApplication application;
    private readonly TimeProvider time;
    private readonly TerminalStyle style;
    private readonly RawTerminal terminal;
    private readonly LiveRegion region;
    private readonly InputHistory history;
    private readonly LineEditor editor;
    private readonly RunView view;
    private readonly SlashCommands commands;
    private readonly ApprovalDialog dialog;
    private readonly QuestionDialog questionDialog;
    private readonly PersonQuestions questions;
    private readonly Channel<Action> happenings = Channel.CreateUnbounded<Action>();
    private readonly Queue<(string Shown, Func<CancellationToken, IAsyncEnumerable<RunEvent>> Activity)> queued = new();
    private readonly ITimer ticker;
    private readonly CancellationTokenSource closing = new();
    private readonly string? resumed;

    private int tick;
    private CancellationTokenSource? run;
    private IToolHost? servers;
    private bool settled;
    private bool leaving;
    private bool hungUp;
    private bool interruptedOnce;
    private Front front;

    public TerminalChat(AgentApplication application, RawTerminal terminal, TerminalStyle style, string? session)
    {
        this.application = application;
        this.terminal = terminal;
        this.style = style;
        resumed = session;
        time = application.Services.GetRequiredService<TimeProvider>();
        region = new LiveRegion(text => terminal.Write(style.Fit(text)), static () => (RawTerminal.Width, RawTerminal.Height));
        view = new RunView(State, style, time, Print, static () => RawTerminal.Width);
        commands = new SlashCommands(application, this);
        dialog = new ApprovalDialog(application.Services.GetRequiredService<IApprovals>(), terminal, style, time, Print, Post);
        questionDialog = new QuestionDialog(style, time, Print);
        questions = new PersonQuestions(application, "chat", AskPersonAsync, sentence => Post(() => view.Warn(sentence)));
        view.Asked += dialog.Ask;
        view.Closed += dialog.Close;
        history = new InputHistory(application.State.Combine("history.jsonl"));
        editor = new LineEditor(history, new ChatCompleter(commands.Names, commands.ArgumentsOf, Environment.CurrentDirectory));
        terminal.Redraw += () => Post(region.Redraw);
        terminal.HungUp += () => Post(HangUp);
        ticker = time.CreateTimer(_ => Post(() => tick++), null, Timeout.InfiniteTimeSpan, Tick);
    }

    /// <summary>What keys are for.</summary>
    private enum Front
    {
        Input,
        Approval,
        Question,
    }

    public ChatState State { get; } = new();

    public TerminalStyle Style => style;

    public IServerQuestions Questions => questions;

    public int Width => RawTerminal.Width;

    /// <summary>Runs the chat until the person leaves.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var model = await application.Services.GetRequiredService<IModelCatalog>().DescribeAsync(null, cancellationToken);
        State.Model = model.ToString();
        State.ContextWindow = model.ContextWindow;
        Print(Welcome.Lines(application, model, style, RawTerminal.Width));
        await ResumeAsync(cancellationToken);
        _ = PumpKeysAsync();
        Draw();

        // The prompt is there; servers start behind it.
        await using var watch = new PolicyWatch(application, (text, isProblem) => Post(() =>
        {
            if (isProblem)
            {
                view.Warn(text);
            }
            else
            {
                view.Say(text);
            }
        }));
        await application.StartAsync(cancellationToken);
        servers = application.Services.GetRequiredService<IToolHost>();
        servers.Changed += (_, _) => Post(static () => { });
        _ = WatchServersAsync(closing.Token);

        using var stop = cancellationToken.Register(() => Post(HangUp));
        while (!(leaving && run is null) && !hungUp && await happenings.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // Everything that has happened by now is one frame.
            while (happenings.Reader.TryRead(out var happening))
            {
                happening();
            }

            Draw();
        }

        region.Clear();
        if (State.Session is { } session)
        {
            terminal.Write($"Session {session}: agent --session {session} goes on with it.\r\n");
        }

        return hungUp ? ExitCode.Cancelled : ExitCode.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await ticker.DisposeAsync();
        run?.Dispose();
        closing.Dispose();
    }

    public void Print(IEnumerable<string> lines) => region.Print(lines);

    public void Post(Action happening) => happenings.Writer.TryWrite(happening);

    public void Leave()
    {
        leaving = true;
        queued.Clear();
        run?.Cancel();
    }

    public void Run(Func<CancellationToken, IAsyncEnumerable<RunEvent>> activity) => Run(string.Empty, activity);

    public void InTurn(Action happening) => Post(() =>
    {
        if (run is null)
        {
            happening();
            return;
        }

        queued.Enqueue((string.Empty, _ =>
        {
            Post(happening);
            return AsyncEnumerable.Empty<RunEvent>();
        }));
    });

    public void ClearScreen()
    {
        region.Clear();
        terminal.Write("\e[H\e[2J\e[3J");
        region.Redraw();
    }

    private void Run(string shown, Func<CancellationToken, IAsyncEnumerable<RunEvent>> activity)
    {
        if (run is not null)
        {
            queued.Enqueue((shown, activity));
            return;
        }

        run = new CancellationTokenSource();
        view.Begin();
        ticker.Change(Tick, Tick);
        var token = run.Token;
        _ = Task.Run(async () =>
        {
            try
            {
                await application.WaitUntilSettledAsync(token);
                await foreach (var runEvent in activity(token).WithCancellation(CancellationToken.None))
                {
                    questions.Follow(runEvent);
                    Post(() => view.Take(runEvent));
                }
            }
            catch (OperationCanceledException)
            {
                Post(() => view.Say("Cancelled."));
            }
            catch (Exception e)
            {
                // The boundary of a run: the chat goes on whatever went wrong in it.
                Post(() => view.Fail($"{e.Message} The log says more: {application.LogFile}"));
            }
            finally
            {
                Post(EndRun);
            }
        });
    }

    private void EndRun()
    {
        view.End();
        dialog.CloseAll();
        ticker.Change(Timeout.InfiniteTimeSpan, Tick);
        var cancelled = run!.IsCancellationRequested;
        run.Dispose();
        run = null;
        if (leaving)
        {
            return;
        }

        if (cancelled)
        {
            // Who cancels wants nothing more to happen; what was typed ahead is given back to be looked at.
            if (editor.Buffer.Text.Length == 0)
            {
                editor.Buffer.Set(string.Join('\n', queued.Select(static one => one.Shown).Where(static text => text.Length > 0)));
            }

            queued.Clear();
        }
        else if (queued.TryDequeue(out var next))
        {
            Run(next.Shown, next.Activity);
        }
    }

    /// <summary>The terminal is gone, or the system wants us to end: what runs stops where it is and can be taken up; a draft is kept.</summary>
    private void HangUp()
    {
        history.Add(editor.Buffer.Text);
        hungUp = true;
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (resumed is null)
        {
            return;
        }

        var store = application.Services.GetRequiredService<ISessionStore>();
        var session = await store.FindAsync(resumed, cancellationToken)
            ?? throw new CommandException(ExitCode.Usage, $"There is no session {resumed}, or more than one begins so; agent sessions lists them.");
        State.Session = session.Id;
        Print((await SessionTail.ReadAsync(store, session, cancellationToken)).Lines(style, RawTerminal.Width));
    }

    private async Task PumpKeysAsync()
    {
        await foreach (var (key, at) in terminal.Keys.ReadAllAsync())
        {
            Post(() => OnKey(key, at));
        }

        Post(HangUp);
    }

    private async Task WatchServersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await application.WaitUntilSettledAsync(cancellationToken);
            Post(() =>
            {
                settled = true;
                foreach (var problem in application.Problems())
                {
                    view.Warn(problem);
                }
            });
        }
        catch (OperationCanceledException)
        {
            // The person left before the servers were there.
        }
    }

    private async Task<ServerAnswer> AskPersonAsync(ServerForm form, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<ServerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => questionDialog.Ask(form, answer));
        try
        {
            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Post(() => questionDialog.Withdraw(answer));
        }
    }

    /// <summary>One question at a time has the keys; one that comes to have them is guarded like one that appears.</summary>
    private Front FindFront()
    {
        var now = questionDialog.IsTyping ? Front.Question : dialog.IsOpen ? Front.Approval : questionDialog.IsOpen ? Front.Question : Front.Input;
        if (now != front)
        {
            front = now;
            (now switch { Front.Approval => dialog.Raise, Front.Question => questionDialog.Raise, _ => (Action)(static () => { }) })();
        }

        return now;
    }

    private void OnKey(Key key, long at)
    {
        if (key.IsControl('z'))
        {
            region.Clear();
            terminal.Suspend();
            return;
        }

        if (key.IsControl('c') && run is not null && !dialog.IsTyping && !questionDialog.IsTyping)
        {
            Interrupt(run);
            return;
        }

        if (FindFront() switch { Front.Approval => dialog.Handle(key, at), Front.Question => questionDialog.Handle(key, at), _ => false })
        {
            interruptedOnce = false;
            return;
        }

        if (key.IsControl('o'))
        {
            _ = RunCommandAsync("/show");
            return;
        }

        var result = editor.Handle(key);
        switch (result)
        {
            case EditResult.Submitted:
                OnSubmit(editor.Take().Trim());
                break;
            case EditResult.Interrupted when interruptedOnce:
            case EditResult.Ended:
                Leave();
                break;
            case EditResult.Cleared:
                ClearScreen();
                break;
            default:
                break;
        }

        interruptedOnce = result == EditResult.Interrupted;
    }

    /// <summary>Once cancels what runs; once more, while it still ends, leaves.</summary>
    private void Interrupt(CancellationTokenSource running)
    {
        if (running.IsCancellationRequested)
        {
            Leave();
            return;
        }

        view.Say("Cancelling…");
        running.Cancel();
    }

    private void OnSubmit(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        Print(SessionTail.Request(text, style, RawTerminal.Width));
        if (text.StartsWith('/'))
        {
            _ = RunCommandAsync(text);
            return;
        }

        if (ChatRequest.Refusal(text) is { } refusal)
        {
            view.Warn(refusal);
            return;
        }

        Run(text, token => ChatRequest.RunAsync(application, State, text, ApprovalHandling.Wait, questions, token));
    }

    private async Task RunCommandAsync(string text)
    {
        try
        {
            await commands.RunAsync(text, closing.Token);
        }
        catch (OperationCanceledException)
        {
            // Leaving.
        }
        catch (Exception e)
        {
            // The boundary of a command: one that fails must not take the chat with it.
            Post(() => view.Fail(ChatRequest.Explain(e, application.LogFile)));
        }
    }

    private void Draw()
    {
        var width = RawTerminal.Width;
        var lines = new List<string>();
        if (run is not null)
        {
            lines.AddRange(view.Live(tick));
        }

        if (!settled)
        {
            lines.Add(style.Paint(TerminalText.Line(Starting(), width), style.Dim));
        }

        lines.AddRange(queued.Where(static one => one.Shown.Length > 0).Select(one => style.Paint("next: " + TerminalText.Line(one.Shown, width - 8), style.Dim)));
        var (cursorLine, cursorColumn) = FindFront() switch
        {
            Front.Approval => dialog.Draw(lines, width),
            Front.Question => questionDialog.Draw(lines, width),
            _ => InputView.Draw(editor, lines, width, style),
        };
        lines.Add(StatusLine(width));
        region.Show(lines, cursorLine, cursorColumn);
    }

    /// <summary>What a request would wait for.</summary>
    private string Starting() =>
        servers?.Servers.Where(static server => server.State == ServerState.Starting).Select(static server => server.Name).ToList() is { Count: > 0 } names
            ? $"starting {string.Join(", ", names)}…"
            : "starting the servers…";

    private string StatusLine(int width)
    {
        var hint = interruptedOnce ? "Ctrl-C again leaves" : run is not null ? "Ctrl-C cancels" : "/help";
        var line = string.Join(" · ", State.Status(brief: false).Prepend(State.Model).Append(hint));
        if (TextWidth.Of(line) > width)
        {
            // Too narrow: fewer words, and of the model as much of its name as there is room for.
            var rest = " · " + string.Join(" · ", State.Status(brief: true).Append(hint));
            line = TerminalText.Line(State.Model[(State.Model.IndexOf('/', StringComparison.Ordinal) + 1)..], Math.Max(6, width - TextWidth.Of(rest))) + rest;
        }

        return style.Paint(TerminalText.Line(line, width), style.Dim);
    }
}
