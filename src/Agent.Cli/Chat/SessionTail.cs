using System.Text.Json;
using Agent.Cli.Rendering;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Chat;

/// <summary>The end of an earlier conversation, shown when one goes on with it.</summary>
/// <param name="session">The conversation.</param>
/// <param name="prompt">What was asked last.</param>
/// <param name="answer">What was answered; null where the run was cut off.</param>
internal sealed class SessionTail(SessionSummary session, string? prompt, string? answer)
{
    public static async Task<SessionTail> ReadAsync(ISessionStore store, SessionSummary session, CancellationToken cancellationToken)
    {
        string? prompt = null;
        string? answer = null;
        foreach (var one in await store.ReadAsync(session.Id, cancellationToken))
        {
            if (one.Type == SessionEventTypes.RunStarted)
            {
                prompt = Text(one.Data, "prompt");
                answer = null;
            }
            else if (one.Type == SessionEventTypes.RunEnded)
            {
                answer = Text(one.Data, "answer");
            }
        }

        return new SessionTail(session, prompt, answer);
    }

    public IEnumerable<string> Lines(TerminalStyle style, int width)
    {
        yield return style.Paint(TerminalText.Line($"Going on with {session.Id}, {session.Runs} {(session.Runs == 1 ? "request" : "requests")}, last used {session.UpdatedAt.ToLocalTime():yyyy-MM-dd HH:mm}", width), style.Dim);
        if (prompt is null)
        {
            yield break;
        }

        foreach (var line in Request(prompt, style, width))
        {
            yield return line;
        }

        foreach (var line in answer is null ? [style.Paint("(cut off before there was an answer; /resume takes it up)", style.Dim)] : new MarkdownView(style).Render(answer, width))
        {
            yield return line;
        }

        yield return string.Empty;
    }

    /// <summary>A request as it stands in the conversation.</summary>
    public static IEnumerable<string> Request(string text, TerminalStyle style, int width) =>
        text.Split('\n').SelectMany((line, index) => style.Lines(
            new Spectre.Console.Paragraph().Append(index == 0 ? "> " : "  ", style.Strong).Append(TerminalText.Line(line), style.Strong), width));

    private static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
