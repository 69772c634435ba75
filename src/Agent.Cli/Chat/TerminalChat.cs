using System.Threading.Channels;
using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>
/// The chat at a terminal. One loop takes everything that happens (keys, the run's events, the spinner's ticks) in order, so that
/// nothing is drawn by two at once; what waits for a person is asked without holding up the run.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class TerminalChat : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(120);

    private readonly AgentApplication application;
    private readonly TimeProvider time;
    private readonly TerminalStyle style;
    private readonly RawTerminal terminal;
    private readonly LiveRegion region;
    private readonly LineEditor editor;
    private readonly ToolLines toolLines;
    private readonly MarkdownView markdown;
    private readonly SlashCommands commands;
    private readonly ApprovalDialog dialog;
    private readonly Channel<Action> happenings = Channel.CreateUnbounded<Action>();
    private readonly Queue<string> queued = new();
    private readonly ITimer ticker;
    private readonly CancellationTokenSource closing = new();

    private string open = string.Empty;
    private bool wroteText;
    private int tick;
    private CancellationTokenSource? run;
    private bool leaving;
    private bool interruptedOnce;

    public TerminalChat(AgentApplication application, RawTerminal terminal, TerminalStyle style, string? session)
    {
        this.application = application;
        this.terminal = terminal;
        this.style = style;
        time = application.Services.GetRequiredService<TimeProvider>();
        State.Session = session;
        region = new LiveRegion(terminal.Write, static () => (RawTerminal.Width, RawTerminal.Height));
        toolLines = new ToolLines(style, time);
        markdown = new MarkdownView(style);
        commands = new SlashCommands(application, this);
        dialog = new ApprovalDialog(application.Services.GetRequiredService<IApprovals>(), terminal, style, time, Print);
        editor = new LineEditor(
            new InputHistory(application.State.Combine("history.jsonl")),
            new ChatCompleter(commands.Names, commands.Arguments, Environment.CurrentDirectory));
        terminal.Redraw += () => Post(region.Redraw);
        ticker = time.CreateTimer(_ => Post(OnTick), null, Tick, Tick);
    }

    public ChatState State { get; } = new();

    public TerminalStyle Style => style;

    public bool IsRunning => run is not null;

    public MarkdownView Markdown => markdown;

    /// <summary>Runs the chat until the person leaves.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        await application.StartAsync(cancellationToken);
        var model = await application.Services.GetRequiredService<IModelCatalog>().DescribeAsync(null, cancellationToken);
        State.Model = model.ToString();
        State.ContextWindow = model.ContextWindow;
        Print(Welcome.Lines(application, model, style, RawTerminal.Width));
        _ = PumpKeysAsync();
        _ = WatchServersAsync(closing.Token);
        Draw();

        using var stop = cancellationToken.Register(() => Post(() => leaving = true));
        await foreach (var happening in happenings.Reader.ReadAllAsync(CancellationToken.None))
        {
            happening();
            if (leaving && run is null)
            {
                break;
            }

            Draw();
        }

        region.Clear();
        if (State.Session is { } session)
        {
            terminal.Write($"Session {session}: agent --session {session} goes on with it.\r\n");
        }

        return ExitCode.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await ticker.DisposeAsync();
        run?.Dispose();
        closing.Dispose();
    }

    /// <summary>Prints lines for good, above what moves.</summary>
    public void Print(IEnumerable<string> lines) => region.Print(lines);

    /// <summary>Prints Markdown for good.</summary>
    public void PrintMarkdown(string text) => Print([.. markdown.Render(text, RawTerminal.Width), string.Empty]);

    /// <summary>Something happened; it is taken in order with everything else.</summary>
    public void Post(Action happening) => happenings.Writer.TryWrite(happening);

    /// <summary>Leaves once nothing runs any more.</summary>
    public void Leave()
    {
        leaving = true;
        run?.Cancel();
    }

    /// <summary>Asks the agent, as if it had been typed.</summary>
    public void Submit(string prompt)
    {
        if (run is not null)
        {
            queued.Enqueue(prompt);
            return;
        }

        StartRun(prompt, resume: false);
    }

    /// <summary>Goes on with the session's last run.</summary>
    public void Resume()
    {
        if (run is null && State.Session is not null)
        {
            StartRun(string.Empty, resume: true);
        }
    }

    public void ClearScreen()
    {
        terminal.Write("\e[H\e[2J\e[3J");
        region.Redraw();
    }

    public T Lend<T>(Func<T> use) => terminal.Lend(use);

    private async Task PumpKeysAsync()
    {
        await foreach (var key in terminal.Keys.ReadAllAsync())
        {
            Post(() => OnKey(key));
        }

        // The terminal is gone: what runs is cancelled, and what was said is stored already.
        Post(Leave);
    }

    private async Task WatchServersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await application.WaitUntilSettledAsync(cancellationToken);
            Post(() => Print(application.Problems().Select(problem => style.Paint("! ", style.Warning) + TerminalText.Line(problem))));
        }
        catch (OperationCanceledException)
        {
            // The person left before the servers were there.
        }
    }

    private void OnTick()
    {
        tick++;
    }

    private void OnKey(Key key)
    {
        if (dialog.IsOpen && dialog.Handle(key))
        {
            interruptedOnce = false;
            return;
        }

        var result = editor.Handle(key);
        if (result != EditResult.Interrupted)
        {
            interruptedOnce = false;
        }

        switch (result)
        {
            case EditResult.Submitted:
                OnSubmit(editor.Take().Trim());
                break;
            case EditResult.Interrupted when run is not null:
                Print([style.Paint("Cancelling…", style.Dim)]);
                run.Cancel();
                break;
            case EditResult.Interrupted when interruptedOnce:
            case EditResult.Ended:
                Leave();
                break;
            case EditResult.Interrupted:
                interruptedOnce = true;
                break;
            case EditResult.Suspended:
                region.Clear();
                terminal.Suspend();
                break;
            case EditResult.Cleared:
                ClearScreen();
                break;
            default:
                break;
        }
    }

    private void OnSubmit(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        Print(text.Split('\n').Select((line, index) => style.Paint((index == 0 ? "> " : "  ") + TerminalText.Line(line), style.Strong)));
        if (text.StartsWith('/'))
        {
            _ = RunCommandAsync(text);
            return;
        }

        Submit(text);
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
        catch (Exception e) when (e is CommandException or ModelException or InvalidOperationException or ArgumentException or IOException)
        {
            Post(() => Print([style.Paint("! ", style.Bad) + TerminalText.Line(e.Message)]));
        }
    }

    private void StartRun(string prompt, bool resume)
    {
        run = new CancellationTokenSource();
        open = string.Empty;
        wroteText = false;
        var (files, problems) = resume ? ([], []) : Attachments.Read(prompt, Environment.CurrentDirectory, application.Workspace.Roots);
        Print(problems.Select(problem => style.Paint("! ", style.Warning) + TerminalText.Line(problem)));
        var runner = application.Services.GetRequiredService<IAgentRunner>();
        var token = run.Token;
        _ = Task.Run(async () =>
        {
            try
            {
                await application.WaitUntilSettledAsync(token);
                var events = resume
                    ? runner.ResumeAsync(State.Session!, "chat", ApprovalHandling.Wait, token)
                    : runner.RunAsync(
                        new RunRequest
                        {
                            Prompt = prompt,
                            SessionId = State.Session,
                            Client = "chat",
                            Mode = State.Mode,
                            Approvals = ApprovalHandling.Wait,
                            Attachments = files,
                        },
                        token);
                await foreach (var runEvent in events.WithCancellation(CancellationToken.None))
                {
                    Post(() => OnEvent(runEvent));
                }
            }
            catch (OperationCanceledException)
            {
                Post(() => Print([style.Paint("Cancelled.", style.Dim)]));
            }
            catch (Exception e)
            {
                // The boundary of a run: the chat goes on whatever went wrong in it.
                Post(() => Print([style.Paint("! ", style.Bad) + TerminalText.Line($"{e.Message} The log says more: {application.LogFile}")]));
            }
            finally
            {
                Post(EndRun);
            }
        });
    }

    private void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.Started started:
                State.Session = started.Session;
                State.Model = started.Model;
                break;
            case RunEvent.TextDelta delta:
                OnText(delta.Text);
                break;
            case RunEvent.TextReset:
                open = string.Empty;
                break;
            case RunEvent.ToolStarted tool:
                Settle();
                State.Tools.Add(new ToolLine(State.Tools.Count + 1, tool.Call, time.GetTimestamp()));
                break;
            case RunEvent.ToolProgressed progressed when Find(progressed.CallId) is { } line:
                line.Progress = progressed.Progress;
                break;
            case RunEvent.ToolCompleted completed:
                OnToolCompleted(completed.Outcome);
                break;
            case RunEvent.ApprovalPending pending:
                Settle();
                State.Pending.Add(pending.Request);
                if (Find(pending.Request.CallId) is { } waiting)
                {
                    waiting.Waits = true;
                }

                dialog.Ask(pending.Request);
                break;
            case RunEvent.ApprovalClosed closed:
                State.Pending.RemoveAll(request => request.Id == closed.Request.Id);
                if (Find(closed.Request.CallId) is { } answered)
                {
                    answered.Waits = false;
                }

                dialog.Close(closed.Request);
                break;
            case RunEvent.PlanChanged plan:
                State.Plan = plan.Plan;
                break;
            case RunEvent.UsageChanged usage:
                State.Usage = usage.Total;
                State.ContextTokens = usage.ContextTokens;
                break;
            case RunEvent.Notice notice:
                Settle();
                Print([style.Paint("! ", style.Warning) + TerminalText.Line(notice.Text)]);
                break;
            case RunEvent.Completed completed:
                OnCompleted(completed.Result);
                break;
            default:
                break;
        }
    }

    private ToolLine? Find(string callId) => State.Tools.FindLast(line => line.Call.Id == callId && line.Outcome is null);

    private void OnText(string text)
    {
        wroteText = true;
        open += text;
        var (settled, done, _) = markdown.RenderOpen(open, RawTerminal.Width);
        if (settled > 0)
        {
            Print(done);
            open = open[settled..];
        }
    }

    private void OnToolCompleted(ToolOutcome outcome)
    {
        if (Find(outcome.Call.Id) is not { } line)
        {
            line = new ToolLine(State.Tools.Count + 1, outcome.Call, time.GetTimestamp());
            State.Tools.Add(line);
        }

        line.Outcome = outcome;
        Print([toolLines.Ended(line, RawTerminal.Width)]);
        if (toolLines.Problem(line, RawTerminal.Width) is { } problem)
        {
            Print([problem]);
        }
    }

    private void OnCompleted(RunResult result)
    {
        Settle();
        State.Last = result;
        State.Usage = result.Usage;
        State.Plan = result.Plan;
        if (!wroteText && result.Answer.Length > 0)
        {
            PrintMarkdown(result.Answer);
        }
        else if (result.Stopped is RunStop.Cancelled or RunStop.LimitReached or RunStop.ModelUnavailable or RunStop.Failed)
        {
            Print([style.Paint("! ", style.Warning) + TerminalText.Line(result.Answer)]);
        }

        var sources = result.Citations.Select(static citation => TerminalText.Line(citation.Source, 90) + (citation.ToolCall is null ? " (not found in any result)" : string.Empty)).Distinct(StringComparer.Ordinal).ToList();
        if (sources.Count > 0)
        {
            var shown = string.Join(" · ", sources.Take(8)) + (sources.Count > 8 ? $" · and {sources.Count - 8} more" : string.Empty);
            Print(style.Lines(new Spectre.Console.Paragraph(TerminalText.Line("Sources: " + shown), style.Dim), RawTerminal.Width));
        }
    }

    /// <summary>What is still open of the answer's text is printed as it stands.</summary>
    private void Settle()
    {
        if (open.Trim().Length > 0)
        {
            PrintMarkdown(open);
        }

        open = string.Empty;
    }

    private void EndRun()
    {
        Settle();
        run?.Dispose();
        run = null;
        State.Before = State.Total;
        State.Usage = new RunUsage(0, 0, 0, null);
        State.Pending.Clear();
        dialog.CloseAll();
        if (!leaving && queued.TryDequeue(out var next))
        {
            StartRun(next, resume: false);
        }
    }

    private void Draw()
    {
        var width = RawTerminal.Width;
        var lines = new List<string>();
        if (open.Length > 0)
        {
            lines.AddRange(markdown.RenderOpen(open, width).Open);
        }

        lines.AddRange(State.Tools.Where(static line => line.Outcome is null && line.Call.Id.Length > 0).Where(_ => run is not null).Select(line => toolLines.Running(line, tick, width)));
        if (run is not null && State.Plan.Count > 0)
        {
            lines.AddRange(toolLines.Plan(State.Plan, width));
        }

        if (run is not null && lines.Count == 0)
        {
            lines.Add(style.Paint(new string('.', (tick / 3 % 3) + 1), style.Dim));
        }

        lines.AddRange(queued.Select(text => style.Paint("next: " + TerminalText.Line(text, width - 8), style.Dim)));
        var (cursorLine, cursorColumn) = dialog.IsOpen ? dialog.Draw(lines, width) : InputView.Draw(editor, lines, width, style);
        lines.Add(StatusLine(width));
        region.Show(lines, cursorLine, cursorColumn);
    }

    private string StatusLine(int width)
    {
        var hint = interruptedOnce ? "Ctrl-C again leaves" : run is not null ? "Ctrl-C cancels" : "/help";
        var words = string.Join(style.Unicode ? " · " : " | ", State.Status().Append(hint));
        return style.Paint(TerminalText.Line(words, width), style.Dim);
    }
}
