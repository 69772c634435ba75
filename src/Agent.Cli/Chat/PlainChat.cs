using System.Runtime.InteropServices;
using Agent.Cli.Approvals;
using Agent.Cli.Chat.Commands;
using Agent.Cli.Composition;
using Agent.Cli.PolicyCommands;
using Agent.Cli.Questions;
using Agent.Cli.Rendering;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>
/// The chat line by line: through a pipe, into a file, on a terminal that cannot be driven. It prints finished lines only and never a
/// control code. Where nobody can be asked, what needs approval is refused at once.
/// </summary>
internal sealed class PlainChat : IChatHost
{
    private readonly AgentApplication application;
    private readonly CommandConsole console;
    private readonly string? resumed;
    private readonly bool echo;
    private readonly RunView view;
    private readonly PersonQuestions questions;
    private readonly SlashCommands commands;
    private Func<CancellationToken, IAsyncEnumerable<RunEvent>>? next;
    private bool leaving;

    public PlainChat(AgentApplication application, CommandConsole console, TerminalStyle style, string? session)
    {
        this.application = application;
        this.console = console;
        resumed = session;
        Style = style;

        // What comes through a pipe is on no screen; without it, answers would stand there without their questions.
        echo = Console.IsInputRedirected;
        view = new RunView(State, style, application.Services.GetRequiredService<TimeProvider>(), Print, () => Width);
        questions = new PersonQuestions(application, "chat", QuestionPrompter.For(console), sentence => console.Error.WriteLine("! " + sentence));
        commands = new SlashCommands(application, this);
    }

    public ChatState State { get; } = new();

    public TerminalStyle Style { get; }

    public IServerQuestions Questions => questions;

    public int Width => 80;

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        await using var watch = new PolicyWatch(application, (text, _) => console.Error.WriteLine("! " + TerminalText.Line(text)));
        await application.StartAsync(cancellationToken);
        var model = await application.Services.GetRequiredService<IModelCatalog>().DescribeAsync(null, cancellationToken);
        State.Model = model.ToString();
        State.ContextWindow = model.ContextWindow;
        Print(Welcome.Lines(application, model, Style, Width));
        if (resumed is not null)
        {
            next = null;
            await CommandAsync("/resume " + resumed, cancellationToken);
        }

        var code = ExitCode.Ok;
        while (!leaving)
        {
            if (!echo)
            {
                await console.Out.WriteAsync("> ");
                await console.Out.FlushAsync(cancellationToken);
            }

            if (await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken) is not { } line)
            {
                break;
            }

            if (line.Trim() is { Length: > 0 } text)
            {
                code = await AnswerAsync(text, cancellationToken);
            }
        }

        return code;
    }

    public void Post(Action happening) => happening();

    public void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            console.Out.WriteLine(Style.Fit(line));
        }

        console.Out.Flush();
    }

    public void Run(Func<CancellationToken, IAsyncEnumerable<RunEvent>> activity) => next = activity;

    public void InTurn(Action happening) => happening();

    public void Leave() => leaving = true;

    public void ClearScreen()
    {
        // There is no screen to clear.
    }

    private async Task<ExitCode> AnswerAsync(string text, CancellationToken cancellationToken)
    {
        if (echo)
        {
            Print(SessionTail.Request(text, Style, Width));
        }

        if (text.StartsWith('/'))
        {
            return await CommandAsync(text, cancellationToken);
        }

        if (ChatRequest.Refusal(text) is { } refusal)
        {
            view.Warn(refusal);
            return ExitCode.Usage;
        }

        var approvals = console.IsInteractive ? ApprovalHandling.Wait : ApprovalHandling.Deny;
        return await ShowAsync(token => ChatRequest.RunAsync(application, State, text, approvals, questions, token), cancellationToken);
    }

    private async Task<ExitCode> CommandAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await commands.RunAsync(text, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The boundary of a command: one that fails must not take the chat with it.
            view.Fail(ChatRequest.Explain(e, application.LogFile));
            return ExitCode.Usage;
        }

        if (next is not { } activity)
        {
            return ExitCode.Ok;
        }

        next = null;
        return await ShowAsync(activity, cancellationToken);
    }

    private async Task<ExitCode> ShowAsync(Func<CancellationToken, IAsyncEnumerable<RunEvent>> activity, CancellationToken cancellationToken)
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            run.Cancel();
        });
        await application.WaitUntilSettledAsync(run.Token);
        foreach (var problem in application.Problems())
        {
            await console.Error.WriteLineAsync("! " + problem);
        }

        var approvals = application.Services.GetRequiredService<IApprovals>();
        await using var prompter = console.IsInteractive ? new ApprovalPrompter(approvals, console) : null;
        void Ask(ApprovalRequest request)
        {
            if (prompter is not null)
            {
                prompter.Ask(request, run.Token);
            }
            else
            {
                _ = approvals.WithdrawAsync(request.Id, "it needs approval, and nobody is there to give it", CancellationToken.None).AsTask();
            }
        }

        void Close(ApprovalRequest request) => prompter?.Close(request);
        view.Asked += Ask;
        view.Closed += Close;
        try
        {
            State.Last = null;
            view.Begin();
            await foreach (var one in activity(run.Token).WithCancellation(CancellationToken.None))
            {
                questions.Follow(one);
                view.Take(one);
            }

            return State.Last?.Stopped.ToExitCode() ?? ExitCode.Ok;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            view.Say("Cancelled.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            view.Fail($"{e.Message} The log says more: {application.LogFile}");
            return ExitCode.Internal;
        }
        finally
        {
            view.End();
            view.Asked -= Ask;
            view.Closed -= Close;
        }
    }
}
