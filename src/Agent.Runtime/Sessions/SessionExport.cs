using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Sessions;

/// <summary>Writes a whole session for people and for programs.</summary>
public static class SessionExport
{
    private const int MaxResult = 4_000;

    /// <summary>Writes everything that is stored of a session as one JSON object: <c>session</c> and <c>events</c>.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The session's whole id.</param>
    /// <param name="output">Receives UTF-8.</param>
    /// <param name="cancellationToken">Cancels the export.</param>
    /// <returns>A task that completes when all is written.</returns>
    /// <exception cref="ArgumentException">There is no such session; the message says so.</exception>
    public static async Task WriteJsonAsync(ISessionStore store, string id, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var session = await FindAsync(store, id, cancellationToken);
        var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("session");
            writer.WriteString("id", session.Id);
            writer.WriteString("title", session.Title);
            writer.WriteString("created_at", session.CreatedAt);
            writer.WriteString("updated_at", session.UpdatedAt);
            writer.WriteString("model", session.Model);
            writer.WriteString("parent", session.Parent);
            writer.WriteNumber("runs", session.Runs);
            writer.WriteNumber("input_tokens", session.Usage.InputTokens);
            writer.WriteNumber("output_tokens", session.Usage.OutputTokens);
            if (session.Usage.CostUsd is { } cost)
            {
                writer.WriteNumber("cost_usd", cost);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("events");
            foreach (var item in await store.ReadAsync(session.Id, cancellationToken))
            {
                writer.WriteStartObject();
                writer.WriteNumber("sequence", item.Sequence);
                writer.WriteString("at", item.At);
                writer.WriteString("run", item.Run);
                writer.WriteString("type", item.Type);
                writer.WritePropertyName("label");
                JsonSerializer.Serialize(writer, StoredLabel.From(item.Label), SessionJson.Default.StoredLabel);
                writer.WritePropertyName("data");
                item.Data.WriteTo(writer);
                writer.WriteEndObject();
                await writer.FlushAsync(cancellationToken);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    /// <summary>Writes a session to be read: requests, calls with what came of them, answers with their sources.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The session's whole id.</param>
    /// <param name="output">Receives Markdown.</param>
    /// <param name="cancellationToken">Cancels the export.</param>
    /// <returns>A task that completes when all is written.</returns>
    /// <exception cref="ArgumentException">There is no such session; the message says so.</exception>
    public static async Task WriteMarkdownAsync(ISessionStore store, string id, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(output);
        var session = await FindAsync(store, id, cancellationToken);
        await output.WriteLineAsync($"# {session.Title}");
        await output.WriteLineAsync();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Session {session.Id}, {session.CreatedAt:yyyy-MM-dd HH:mm} UTC, {session.Model}, {session.Usage.InputTokens} tokens sent, {session.Usage.OutputTokens} received."));
        foreach (var item in await store.ReadAsync(session.Id, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (item.Type)
            {
                case SessionEventTypes.RunStarted:
                    await output.WriteAsync($"\n## You\n\n{item.Data.Deserialize(SessionJson.Default.RunStartedData)!.Prompt}\n");
                    break;
                case SessionEventTypes.Message when item.Data.Deserialize(SessionJson.Default.MessageData) is { } data:
                    var message = MessageJson.Read(data.Message);
                    if (message.Text.Length > 0)
                    {
                        await output.WriteAsync(message.Role == ChatRole.User ? $"\n*{message.Text}*\n" : $"\n## Agent\n\n{message.Text}\n");
                    }

                    break;
                case SessionEventTypes.CallEnded when item.Data.Deserialize(SessionJson.Default.CallEndedData) is { } ended:
                    var text = new ToolResult { Raw = ended.Raw }.Text;
                    var shown = text.Length <= MaxResult ? text : string.Concat(text.AsSpan(0, MaxResult), " […]");
                    var fence = Fence(shown);
                    await output.WriteAsync($"\n**{ended.Name}** `{ended.Arguments.GetRawText().ReplaceLineEndings(" ")}` {ended.Kind}\n\n{fence}\n{shown}\n{fence}\n");
                    break;
                case SessionEventTypes.RunEnded when item.Data.Deserialize(SessionJson.Default.RunResult) is { Citations.Count: > 0 } result:
                    await output.WriteLineAsync("\nSources:");
                    foreach (var citation in result.Citations)
                    {
                        await output.WriteLineAsync($"- {citation.Source.ReplaceLineEndings(" ")}{(citation.ToolCall is null ? " (not found in any result)" : string.Empty)}");
                    }

                    break;
            }
        }
    }

    private static async ValueTask<SessionSummary> FindAsync(ISessionStore store, string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken)
            ?? throw new ArgumentException($"There is no session '{id}'; 'agent sessions list' shows them.", nameof(id));

    /// <summary>Longer than any run of backticks inside, so that a result cannot end its own block.</summary>
    private static string Fence(string text)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return new string('`', Math.Max(3, longest + 1));
    }
}
