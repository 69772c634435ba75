using System.Threading.Channels;
using Agent.Cli.Composition;
using Agent.Cli.Questions;

namespace Agent.Cli.Approvals;

/// <summary>
/// Asks the person at the terminal, one question after the other, while the run goes on with what need not wait. A question
/// answered elsewhere is taken off the screen's agenda.
/// </summary>
internal sealed class ApprovalPrompter : IAsyncDisposable
{
    private readonly IApprovals approvals;
    private readonly CommandConsole console;
    private readonly TimeProvider time;
    private readonly Channel<ApprovalRequest> questions = Channel.CreateUnbounded<ApprovalRequest>();
    private readonly Dictionary<string, CancellationTokenSource> open = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource ending = new();
    private readonly Task asking;

    public ApprovalPrompter(IApprovals approvals, CommandConsole console, TimeProvider? time = null)
    {
        this.approvals = approvals;
        this.console = console;
        this.time = time ?? TimeProvider.System;
        asking = Task.Run(AskAllAsync);
    }

    public void Ask(ApprovalRequest request, CancellationToken cancellationToken)
    {
        lock (open)
        {
            open[request.Id] = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending.Token);
        }

        questions.Writer.TryWrite(request);
    }

    public void Close(ApprovalRequest request)
    {
        lock (open)
        {
            if (open.Remove(request.Id, out var waiting))
            {
                waiting.Cancel();
                waiting.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        questions.Writer.TryComplete();
        await ending.CancelAsync();
        await asking;
        ending.Dispose();
    }

    private async Task AskAllAsync()
    {
        try
        {
            await foreach (var request in questions.Reader.ReadAllAsync(ending.Token))
            {
                CancellationToken token;
                lock (open)
                {
                    if (!open.TryGetValue(request.Id, out var waiting))
                    {
                        continue;
                    }

                    token = waiting.Token;
                }

                try
                {
                    await AskAsync(request, token);
                }
                catch (OperationCanceledException) when (!ending.IsCancellationRequested)
                {
                    await console.Error.WriteLineAsync("(answered elsewhere)");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over; what is still open was withdrawn with it.
        }
    }

    private async Task AskAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        using var turn = await ConsoleTurn.TakeAsync(cancellationToken);
        await console.Error.WriteLineAsync();
        await console.Error.WriteLineAsync(ApprovalCard.Render(request, time));
        ConsoleTurn.DropTypedAhead();
        await console.Error.WriteAsync(request.CanGrant ? "Allow? [y]es, [s] for this session, [N]o: " : "Allow? [y]es, [N]o: ");
        await console.Error.FlushAsync(cancellationToken);
        var verdict = await ReadVerdictAsync(request.CanGrant, cancellationToken);
        await console.Error.WriteLineAsync(verdict switch { ApprovalVerdict.AllowOnce => "yes", ApprovalVerdict.AllowForSession => "for this session", _ => "no" });
        var answered = await approvals.AnswerAsync(
            request.Id, new ApprovalAnswer { Verdict = verdict, Binding = request.Binding, AnsweredBy = "console" }, CancellationToken.None);
        if (!answered.Accepted)
        {
            await console.Error.WriteLineAsync("agent: " + answered.Problem);
        }
    }

    private async Task<ApprovalVerdict> ReadVerdictAsync(bool canGrant, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch ((await ConsoleTurn.ReadKeyAsync(time, cancellationToken)).Key)
            {
                case ConsoleKey.Y:
                    return ApprovalVerdict.AllowOnce;
                case ConsoleKey.S when canGrant:
                    return ApprovalVerdict.AllowForSession;
                case ConsoleKey.N or ConsoleKey.Enter or ConsoleKey.Escape:
                    return ApprovalVerdict.Deny;
                default:
                    break;
            }
        }
    }
}
