using System.Text.Json;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Chat;

/// <summary>
/// What the last run that changed files did to them, and the calls that take it back, newest first. Read from what the session stores,
/// so it can be undone the next day as well. The calls are ordinary ones of the files server: they know by hash, or by trash id, what
/// they may touch, and refuse a file that somebody changed since.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Calls">The calls that take its changes back.</param>
/// <param name="Others">Tools that changed something which cannot be taken back this way.</param>
internal sealed record FileChanges(string Run, IReadOnlyList<ToolCall> Calls, IReadOnlyList<string> Others)
{
    private const string Server = "files";

    public static FileChanges Read(IReadOnlyList<SessionEvent> events, IReadOnlySet<string> undone)
    {
        var others = new List<string>();
        foreach (var run in events.Where(static one => one.Type == SessionEventTypes.CallEnded).GroupBy(static one => one.Run).Reverse().Where(run => !undone.Contains(run.Key)))
        {
            var calls = new List<ToolCall>();
            foreach (var data in run.Reverse().Select(static one => one.Data).Where(HasRun))
            {
                if (Text(data, "server") == Server)
                {
                    calls.AddRange(Inverse(data));
                }
                else if (Text(data, "tool") is "execute" or "http_request" or "call_operation")
                {
                    others.Add($"{Text(data, "server")}.{Text(data, "tool")}");
                }
            }

            if (calls.Count > 0 || others.Count > 0)
            {
                return new FileChanges(run.Key, [.. calls.Select(static (call, index) => call with { Id = $"undo_{index + 1}" })], [.. others.Distinct(StringComparer.Ordinal)]);
            }
        }

        return new FileChanges(string.Empty, [], []);
    }

    private static bool HasRun(JsonElement data) => Text(data, "kind") is "Completed" && !(data.TryGetProperty("repeated", out var repeated) && repeated.ValueKind == JsonValueKind.True);

    private static IEnumerable<ToolCall> Inverse(JsonElement data)
    {
        if (!data.TryGetProperty("raw", out var raw) || !raw.TryGetProperty("structuredContent", out var done) || done.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        var path = Text(done, "path");
        var trash = Text(done, "trash_id");
        var hash = Text(done, "hash");
        switch (Text(data, "tool"), Text(done, "action"))
        {
            case ("write_file", "created"):
                yield return Call("delete_file", ("path", path), ("expected_hash", hash));
                break;
            case ("create_directory", "created"):
            case ("restore_file", "restored") when trash is null:
                yield return Call("delete_file", ("path", path), ("expected_hash", null));
                break;
            case ("write_file" or "edit_file" or "restore_file", _) when trash is not null && hash is not null:
                yield return Call("restore_file", ("trash_id", trash), ("path", path), ("expected_hash", hash));
                break;
            case ("delete_file", "deleted"):
                yield return Call("restore_file", ("trash_id", trash), ("path", path));
                break;
            case ("move_file", "moved"):
                yield return Call("move_file", ("from", path), ("to", Text(done, "from")));
                if (trash is not null)
                {
                    yield return Call("restore_file", ("trash_id", trash), ("path", path));
                }

                break;
            default:
                break;
        }
    }

    private static ToolCall Call(string tool, params (string Name, string? Value)[] arguments)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments.Where(static one => one.Value is not null))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return new ToolCall { Id = string.Empty, Name = $"{Server}.{tool}", Arguments = document.RootElement.Clone() };
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
