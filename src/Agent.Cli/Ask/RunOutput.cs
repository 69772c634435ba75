using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Agent.Cli.PolicyCommands;
using Agent.Cli.Questions;
using Agent.Cli.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Ask;

/// <summary>Shows a run to whoever asked without a chat: the answer alone on stdout, all else on stderr.</summary>
/// <param name="application">The program.</param>
/// <param name="console">Where to write.</param>
/// <param name="format"><c>text</c>, <c>json</c> or <c>jsonl</c>.</param>
/// <param name="approvals">Whether somebody may be asked.</param>
internal sealed class RunOutput(AgentApplication application, CommandConsole console, string format, ApprovalHandling approvals)
{
    /// <summary>How long servers and companions may take before the person is told what is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PersonQuestions questions = new(application, "ask", QuestionPrompter.For(console), sentence => console.Error.WriteLine("agent: " + sentence));

    /// <summary>Where the run's servers ask.</summary>
    public IServerQuestions Questions => questions;

    /// <summary>Starts servers and companions, waits for them, and says what is slow and what did not start.</summary>
    public static async Task StartAsync(AgentApplication application, CommandConsole console, CancellationToken cancellationToken)
    {
        if (application.Trust.UntrustedFile is { } file)
        {
            await console.Error.WriteLineAsync($"agent: {file} is not used, because this folder is not trusted yet; open agent here once, or name the file with --config.");
        }

        await application.StartAsync(cancellationToken);
        var settled = application.WaitUntilSettledAsync(cancellationToken);
        try
        {
            await settled.WaitAsync(Patience, application.Services.GetRequiredService<TimeProvider>(), cancellationToken);
        }
        catch (TimeoutException)
        {
            await console.Error.WriteLineAsync($"agent: waiting for {string.Join(", ", application.Starting().DefaultIfEmpty("what is starting"))}");
            await settled;
        }

        foreach (var problem in application.Problems())
        {
            await console.Error.WriteLineAsync("agent: " + problem);
        }
    }

    /// <summary>Shows the run to its end.</summary>
    /// <returns>What the caller of the command is told.</returns>
    public async Task<ExitCode> ShowAsync(IAsyncEnumerable<RunEvent> run, CancellationToken cancellationToken)
    {
        await using var prompter = approvals == ApprovalHandling.Wait && console.IsInteractive
            ? new ApprovalPrompter(application.Services.GetRequiredService<IApprovals>(), console)
            : null;
        await using var watch = new PolicyWatch(application, (text, _) => console.Error.WriteLine("agent: " + TerminalText.Line(text)));
        RunResult? last = null;
        await foreach (var runEvent in run.WithCancellation(CancellationToken.None))
        {
            questions.Follow(runEvent);
            if (format == "jsonl" && RunJson.Write(runEvent) is { } line)
            {
                await console.Out.WriteLineAsync(line);
                await console.Out.FlushAsync(CancellationToken.None);
            }

            switch (runEvent)
            {
                case RunEvent.Started started when format == "text":
                    await console.Error.WriteLineAsync($"agent: {started.Model} answers · session {started.Session}");
                    break;
                case RunEvent.Notice notice:
                    await console.Error.WriteLineAsync("agent: " + TerminalText.Line(notice.Text));
                    break;
                case RunEvent.ApprovalPending pending when prompter is not null:
                    prompter.Ask(pending.Request, cancellationToken);
                    break;
                case RunEvent.ApprovalPending pending:
                    await console.Error.WriteLineAsync(
                        $"agent: {pending.Request.Tool} waits for approval: {string.Join("; ", pending.Request.Reasons)}. Answer with: agent approvals approve {pending.Request.Id} (or deny)");
                    break;
                case RunEvent.ApprovalClosed closed:
                    prompter?.Close(closed.Request);
                    break;
                case RunEvent.Completed completed:
                    last = completed.Result;
                    break;
                default:
                    break;
            }
        }

        if (last is null)
        {
            throw new CommandException(ExitCode.Internal, $"The run ended without a result; the log says more: {application.LogFile}");
        }

        if (format == "json")
        {
            await console.Out.WriteLineAsync(RunJson.Write(last));
        }
        else if (format == "text")
        {
            // An answer, also one that says why nothing was done, is the answer; what is none goes beside it.
            var isAnswer = last.Stopped is RunStop.Answered or RunStop.ApprovalRefused or RunStop.LimitReached;
            await (isAnswer ? console.Out : console.Error).WriteLineAsync(isAnswer ? Show(last.Answer) : "agent: " + TerminalText.Line(last.Answer));
        }

        return last.Stopped.ToExitCode();
    }

    /// <summary>For a person's screen the answer is drawn; for a file or a program it stays the Markdown it is. Neither gets a control code of a model's.</summary>
    private static string Show(string answer)
    {
        if (Console.IsOutputRedirected)
        {
            return TerminalText.Clean(answer);
        }

        var style = TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: true);
        return style.Fit(string.Join(Environment.NewLine, new MarkdownView(style).Render(answer, Math.Max(20, Console.WindowWidth))));
    }
}
