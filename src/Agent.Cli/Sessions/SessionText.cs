using System.Text.Json;
using Agent.Cli.Approvals;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Sessions;

/// <summary>A session as text: each event in a line or paragraph, in order.</summary>
internal static class SessionText
{
    public static async Task WriteAsync(TextWriter output, SessionSummary session, IReadOnlyList<SessionEvent> events)
    {
        await output.WriteLineAsync($"{session.Id} · {ApprovalCard.Visible(session.Title)} · {session.Runs} run(s) · {session.Model}");
        foreach (var one in events)
        {
            var text = one.Data.ValueKind == JsonValueKind.Undefined ? string.Empty : ApprovalCard.Visible(one.Data.GetRawText());
            await output.WriteLineAsync($"{one.At.ToLocalTime():HH:mm:ss} {one.Type,-16} {text}");
        }
    }
}
