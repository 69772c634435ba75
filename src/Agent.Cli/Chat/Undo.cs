using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Cli.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>
/// Takes back what a run did to files. Each step is a call down the same road as every other: policy, approval, audit. What cannot be
/// taken back (changed since, refused) stays as it is and is said.
/// </summary>
internal static class Undo
{
    public static async IAsyncEnumerable<RunEvent> RunAsync(
        AgentApplication application, ChatState state, string session, FileChanges changes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var provenance = application.Services.GetRequiredService<IProvenanceFactory>().Create();
        foreach (var text in changes.Calls.SelectMany(static call => call.Arguments.EnumerateObject()).Where(static one => one.Value.ValueKind == JsonValueKind.String))
        {
            // The person asked for it; the values are those of calls that ran.
            provenance.AddUserTurn(text.Value.GetString()!);
        }

        var context = new CallContext
        {
            SessionId = session,
            RunId = $"{session}.undo-{Guid.NewGuid().ToString("n")[..8]}",
            Client = "chat",
            Mode = state.Mode,
            Provenance = provenance,
        };
        var pipeline = application.Services.GetRequiredService<IToolPipeline>();
        var approvals = application.Services.GetRequiredService<IApprovals>();
        var restored = new List<string>();
        var left = new List<string>();
        foreach (var call in changes.Calls)
        {
            var path = Path(call);
            yield return new RunEvent.ToolStarted(call);
            var outcome = await pipeline.InvokeAsync(call, context, cancellationToken);
            if (outcome is { Kind: ToolOutcomeKind.Pending, Approval: { } question })
            {
                yield return new RunEvent.ApprovalPending(question);
                yield return new RunEvent.ApprovalClosed(await WaitAsync(approvals, question, cancellationToken));
                outcome = await pipeline.ResumeAsync(question.Id, context, CancellationToken.None);
            }

            yield return new RunEvent.ToolCompleted(outcome);
            if (outcome.Kind == ToolOutcomeKind.Completed && outcome.Result is { IsError: false })
            {
                restored.Add(path);
            }
            else
            {
                left.Add(path);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        if (left.Count == 0 && !cancellationToken.IsCancellationRequested)
        {
            state.Undone.Add(changes.Run);
        }

        if (restored.Count > 0)
        {
            state.Notes.Add($"The person took back these changes to files: {string.Join(", ", restored.Distinct(StringComparer.Ordinal))}. They are as they were before.");
        }

        yield return new RunEvent.Notice(Words(restored, left, changes.Others));
    }

    private static async Task<ApprovalRequest> WaitAsync(IApprovals approvals, ApprovalRequest question, CancellationToken cancellationToken)
    {
        try
        {
            return await approvals.WaitAsync(question.Id, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await approvals.WithdrawAsync(question.Id, "cancelled", CancellationToken.None);
            return await approvals.GetAsync(question.Id, CancellationToken.None) ?? question;
        }
    }

    private static string Words(List<string> restored, List<string> left, IReadOnlyList<string> others)
    {
        var words = restored.Count == 0 ? "Nothing was taken back." : $"Taken back: {string.Join(", ", restored.Distinct(StringComparer.Ordinal))}.";
        words += left.Count == 0 ? string.Empty : $" Left as it is: {string.Join(", ", left.Distinct(StringComparer.Ordinal))}.";
        words += others.Count == 0 ? string.Empty : $" What {string.Join(", ", others)} did cannot be taken back this way.";
        return words;
    }

    private static string Path(ToolCall call) =>
        call.Arguments.TryGetProperty("to", out var to) || call.Arguments.TryGetProperty("path", out to) ? to.GetString()! : call.Name;
}
