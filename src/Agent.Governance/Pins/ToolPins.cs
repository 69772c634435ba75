using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Agent.Governance.Storage;
using Microsoft.Data.Sqlite;

namespace Agent.Governance.Pins;

/// <summary>Pins in SQLite, with what was pinned, so that a change can be shown.</summary>
internal sealed class ToolPins(GovernanceDatabase database) : IToolPins
{
    /// <summary>Definitions this process found as pinned; most calls end here.</summary>
    private readonly ConcurrentDictionary<ToolId, string> _same = new();

    public event EventHandler? Changed;

    public PinCheck CheckTool(ToolDefinition tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var key = $"tool:{tool.Id}";
        if (tool.BuiltIn || (_same.TryGetValue(tool.Id, out var known) && known == tool.Hash))
        {
            return new PinCheck(key, PinState.Same, null, []);
        }

        var check = Check(key, tool.Hash, Describe(tool), pinFirst: true);
        if (check.State != PinState.Changed)
        {
            _same[tool.Id] = tool.Hash;
        }

        return check.State == PinState.Same ? check : check with { Warnings = Warnings(tool) };
    }

    public PinCheck CheckCommand(string server, string commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        return Check($"command:{server}", Agent.Json.CanonicalJson.Digest(JsonSerializer.SerializeToElement(commandLine, PinJson.Default.String)), commandLine, pinFirst: false);
    }

    public IReadOnlyList<PinCheck> Pending()
    {
        using var connection = database.Open();
        using var command = connection.Command("SELECT key, hash, content, pending_content FROM pins WHERE pending_hash IS NOT NULL ORDER BY key");
        using var reader = command.ExecuteReader();
        var pending = new List<PinCheck>();
        while (reader.Read())
        {
            var isNew = reader.GetString(1).Length == 0;
            pending.Add(new PinCheck(
                reader.GetString(0), isNew ? PinState.New : PinState.Changed,
                isNew ? "+ " + reader.GetString(3) : LineDifference.Of(reader.GetString(2), reader.GetString(3)), []));
        }

        return pending;
    }

    public bool Accept(string key, string acceptedBy)
    {
        using var connection = database.Open();
        var done = connection.Run(
            """
            UPDATE pins SET hash = pending_hash, content = pending_content, pending_hash = NULL, pending_content = NULL, accepted_by = $by
            WHERE pending_hash IS NOT NULL AND key IN ($key, 'tool:' || $key, 'command:' || $key)
            """,
            ("$key", key), ("$by", acceptedBy)) > 0;
        if (done)
        {
            _same.Clear();
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return done;
    }

    private static List<string> Warnings(ToolDefinition tool)
    {
        var text = $"{tool.Title}\n{tool.Description}\n{tool.InputSchema.GetRawText()}";
        var hidden = new List<string>();
        Guardrails.TextNormalizer.Strip(text, hidden);
        return [.. hidden.Select(h => $"Its definition holds {h}."), .. Guardrails.InjectionDetector.Find(tool.Description).Select(s => $"Its description {s}.")];
    }

    private PinCheck Check(string key, string hash, string content, bool pinFirst)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var check = Check(connection, key, hash, content, pinFirst);
        transaction.Commit();
        return check;
    }

    private static PinCheck Check(SqliteConnection connection, string key, string hash, string content, bool pinFirst)
    {
        string? pinned = null;
        string? pinnedContent = null;
        using (var command = connection.Command("SELECT hash, content FROM pins WHERE key = $key", ("$key", key)))
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read())
            {
                (pinned, pinnedContent) = (reader.GetString(0), reader.GetString(1));
            }
        }

        if (pinned is null && pinFirst)
        {
            connection.Run("INSERT INTO pins (key, hash, content) VALUES ($key, $hash, $content)", ("$key", key), ("$hash", hash), ("$content", content));
            return new PinCheck(key, PinState.New, null, []);
        }

        if (pinned == hash)
        {
            // The server went back to what was looked at: nothing waits any more.
            connection.Run("UPDATE pins SET pending_hash = NULL, pending_content = NULL WHERE key = $key AND pending_hash IS NOT NULL", ("$key", key));
            return new PinCheck(key, PinState.Same, null, []);
        }

        connection.Run(
            """
            INSERT INTO pins (key, hash, content, pending_hash, pending_content) VALUES ($key, '', '', $hash, $content)
            ON CONFLICT (key) DO UPDATE SET pending_hash = $hash, pending_content = $content
            """,
            ("$key", key), ("$hash", hash), ("$content", content));
        return pinned is null or ""
            ? new PinCheck(key, PinState.New, null, [])
            : new PinCheck(key, PinState.Changed, LineDifference.Of(pinnedContent!, content), []);
    }

    private static string Describe(ToolDefinition tool)
    {
        var text = new StringBuilder();
        text.Append("name: ").AppendLine(tool.Id.ToString());
        text.Append("title: ").AppendLine(tool.Title);
        text.Append("hints: ").AppendLine(tool.Hints.ToString());
        text.AppendLine("description:").AppendLine(tool.Description);
        text.AppendLine("input:").AppendLine(Pretty(tool.InputSchema));
        if (tool.OutputSchema is { } output)
        {
            text.AppendLine("output:").AppendLine(Pretty(output));
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Pretty(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class PinJson : System.Text.Json.Serialization.JsonSerializerContext;

/// <summary>The lines that differ between two texts: a longest common subsequence, <c>-</c> and <c>+</c> with a line of context.</summary>
internal static class LineDifference
{
    private const int MaxLines = 2000;

    public static string Of(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        if (a.Length > MaxLines || b.Length > MaxLines)
        {
            return $"- {a.Length} lines\n+ {b.Length} lines";
        }

        var common = new int[a.Length + 1][];
        common[a.Length] = new int[b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            common[i] = new int[b.Length + 1];
            for (var j = b.Length - 1; j >= 0; j--)
            {
                common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : Math.Max(common[i + 1][j], common[i][j + 1]);
            }
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                i++;
                j++;
            }
            else if (j == b.Length || (i < a.Length && common[i + 1][j] >= common[i][j + 1]))
            {
                lines.Add("- " + a[i++]);
            }
            else
            {
                lines.Add("+ " + b[j++]);
            }
        }

        return string.Join('\n', lines);
    }
}
