using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Storage;
using Agent.Json;
using Microsoft.Data.Sqlite;

#pragma warning disable CA1849 // SQLite has no asynchronous calls: those of its provider run at once all the same.

namespace Agent.Governance.Pins;

/// <summary>Pins in SQLite, with what was pinned, so that a change can be shown.</summary>
internal sealed class ToolPins(GovernanceDatabase database, AuditLog audit) : IToolPins
{
    /// <summary>Definitions this process found as pinned; most calls end here.</summary>
    private readonly ConcurrentDictionary<ToolId, string> _same = new();

    public event EventHandler? Changed;

    public async ValueTask<PinCheck> CheckToolAsync(ToolDefinition tool, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tool);
        if (tool.BuiltIn || (_same.TryGetValue(tool.Id, out var known) && known == tool.Hash))
        {
            return new PinCheck($"tool:{tool.Id}", PinState.Same, null, []);
        }

        var check = await CheckAsync($"tool:{tool.Id}", tool.Hash, Describe(tool), pinFirst: true, cancellationToken);
        if (check.State != PinState.Changed)
        {
            _same[tool.Id] = tool.Hash;
        }

        return check.State == PinState.Same ? check : check with { Warnings = Warnings(tool) };
    }

    public async ValueTask<PinCheck> CheckCommandAsync(string server, string commandLine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        cancellationToken.ThrowIfCancellationRequested();
        var key = $"command:{server}";
        var hash = CanonicalJson.Digest(JsonSerializer.SerializeToElement(commandLine, PinJson.Default.String));

        // Two projects may call different programs by one name; each is looked at once, however often the person goes back and forth.
        return IsAccepted(key, hash) ? new PinCheck(key, PinState.Same, null, []) : await CheckAsync(key, hash, commandLine, pinFirst: false, cancellationToken);
    }

    private bool IsAccepted(string key, string hash)
    {
        using var connection = database.Open();
        using var command = connection.Command(
            "SELECT 1 FROM commands WHERE key = $key AND hash = $hash AND NOT EXISTS (SELECT 1 FROM pins WHERE key = $key AND pending_hash = $hash)", ("$key", key), ("$hash", hash));
        return command.ExecuteScalar() is not null;
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

    public async ValueTask<bool> AcceptAsync(string key, string acceptedBy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var accepted = new List<(string Key, string Hash)>();
        var connection = database.Open();
        await using (connection)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            using (var command = connection.Command(
                "SELECT key, pending_hash FROM pins WHERE pending_hash IS NOT NULL AND key IN ($key, 'tool:' || $key, 'command:' || $key)", ("$key", key)))
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    accepted.Add((reader.GetString(0), reader.GetString(1)));
                }
            }

            if (accepted.Count == 0)
            {
                return false;
            }

            // Recorded before it takes effect.
            foreach (var (name, hash) in accepted)
            {
                connection.Run(
                    "UPDATE pins SET hash = pending_hash, content = pending_content, pending_hash = NULL, pending_content = NULL, accepted_by = $by WHERE key = $key",
                    ("$key", name), ("$by", acceptedBy));
                if (name.StartsWith("command:", StringComparison.Ordinal))
                {
                    connection.Run("INSERT OR REPLACE INTO commands (key, hash, accepted_by) VALUES ($key, $hash, $by)", ("$key", name), ("$hash", hash), ("$by", acceptedBy));
                }

                await RecordAsync(AuditTypes.PinAccepted, name, hash, acceptedBy, checkpoint: true);
            }

            await transaction.CommitAsync(CancellationToken.None);
        }

        _same.Clear();
        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    private static List<string> Warnings(ToolDefinition tool)
    {
        var text = $"{tool.Title}\n{tool.Description}\n{tool.InputSchema.GetRawText()}";
        var hidden = new List<string>();
        Guardrails.TextNormalizer.Strip(text, hidden);
        return [.. hidden.Select(h => $"Its definition holds {h}."), .. Guardrails.InjectionDetector.Find(tool.Description).Select(s => $"Its description {s}.")];
    }

    private async ValueTask<PinCheck> CheckAsync(string key, string hash, string content, bool pinFirst, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = database.Open();
        await using (connection)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var (check, record) = Check(connection, key, hash, content, pinFirst);
            if (record is not null)
            {
                await RecordAsync(record, key, hash, by: null, checkpoint: false);
            }

            await transaction.CommitAsync(CancellationToken.None);
            return check;
        }
    }

    private async ValueTask RecordAsync(string type, string key, string hash, string? by, bool checkpoint) =>
        await audit.AppendAsync(type, AuditData.Object(w =>
        {
            w.WriteString("pin", key);
            w.WriteString("digest", hash);
            if (by is not null)
            {
                w.WriteString("by", by);
            }
        }), checkpoint, CancellationToken.None);

    /// <returns>How it stands, and what the audit is told where that is news.</returns>
    private static (PinCheck Check, string? Record) Check(SqliteConnection connection, string key, string hash, string content, bool pinFirst)
    {
        string? pinned = null;
        string? pinnedContent = null;
        string? waiting = null;
        using (var command = connection.Command("SELECT hash, content, pending_hash FROM pins WHERE key = $key", ("$key", key)))
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read())
            {
                (pinned, pinnedContent, waiting) = (reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
            }
        }

        if (pinned is null && pinFirst)
        {
            connection.Run("INSERT INTO pins (key, hash, content) VALUES ($key, $hash, $content)", ("$key", key), ("$hash", hash), ("$content", content));
            return (new PinCheck(key, PinState.New, null, []), AuditTypes.Pinned);
        }

        if (pinned == hash)
        {
            // The server went back to what was looked at: nothing waits any more.
            connection.Run("UPDATE pins SET pending_hash = NULL, pending_content = NULL WHERE key = $key AND pending_hash IS NOT NULL", ("$key", key));
            return (new PinCheck(key, PinState.Same, null, []), null);
        }

        connection.Run(
            """
            INSERT INTO pins (key, hash, content, pending_hash, pending_content) VALUES ($key, '', '', $hash, $content)
            ON CONFLICT (key) DO UPDATE SET pending_hash = $hash, pending_content = $content
            """,
            ("$key", key), ("$hash", hash), ("$content", content));
        return pinned is null or ""
            ? (new PinCheck(key, PinState.New, null, []), null)
            : (new PinCheck(key, PinState.Changed, LineDifference.Of(pinnedContent!, content), []), waiting == hash ? null : AuditTypes.PinChanged);
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
