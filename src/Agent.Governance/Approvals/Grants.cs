using System.Security.Cryptography;
using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Policy;
using Agent.Governance.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

#pragma warning disable CA1849 // SQLite has no asynchronous calls: those of its provider run at once all the same.

namespace Agent.Governance.Approvals;

/// <summary>A standing approval: this tool with these critical arguments, for a session or until a date.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SessionId">The session it is for; null for every one.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">The critical arguments it covers, each by its place; a call with any other asks again.</param>
/// <param name="GivenBy">Who gave it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Tainted">Whether it also covers calls after untrusted text was read, because it was given after that.</param>
public sealed record Grant(
    string Id, string? SessionId, ToolId Tool, IReadOnlyList<KeyValuePair<string, string>> Arguments, string GivenBy,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Tainted);

/// <summary>The standing approvals of this machine.</summary>
public interface IGrants
{
    /// <summary>The grants in force, oldest first.</summary>
    /// <returns>The grants.</returns>
    IReadOnlyList<Grant> List();

    /// <summary>Takes a grant back; that it was taken back is recorded in the audit.</summary>
    /// <param name="id">Its id, or an unambiguous beginning of it.</param>
    /// <param name="revokedBy">Who takes it back, for example <c>terminal</c>.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>False where there is none.</returns>
    ValueTask<bool> RevokeAsync(string id, string revokedBy, CancellationToken cancellationToken);
}

/// <summary>Keeps grants in SQLite, each row sealed.</summary>
internal sealed class Grants(GovernanceDatabase database, Seal seal, AuditLog audit, IOptions<ApprovalOptions> options, TimeProvider time) : IGrants
{
    private const string Columns = "id, session, server, tool, definition, critical, integrity, confidentiality, created, expires, given_by, seal";

    /// <summary>Adds what an answer grants.</summary>
    /// <param name="connection">The transaction that stores the answer.</param>
    /// <param name="approval">The answered question.</param>
    /// <param name="until">Until when in every session; null for the rest of its own, at most as long as the options say.</param>
    /// <returns>What the audit says of it.</returns>
    public JsonElement Add(SqliteConnection connection, StoredApproval approval, DateTimeOffset? until)
    {
        var r = approval.Request;
        var now = time.GetUtcNow();
        var expires = until ?? now.AddHours(options.Value.GrantHours);
        var row = new Row(
            RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6), until is null ? r.SessionId : null, r.Tool.Server, r.Tool.Name, approval.DefinitionHash,
            approval.Scope, (int)r.Label.Integrity, (int)r.Label.Confidentiality, now.ToUnixTimeMilliseconds(), expires.ToUnixTimeMilliseconds(), r.AnsweredBy ?? "?");
        connection.Run(
            $"INSERT INTO grants ({Columns}) VALUES ($id, $session, $server, $tool, $definition, $critical, $integrity, $confidentiality, $created, $expires, $by, $seal)",
            ("$id", row.Id), ("$session", row.Session), ("$server", row.Server), ("$tool", row.Tool), ("$definition", row.Definition), ("$critical", row.Critical),
            ("$integrity", row.Integrity), ("$confidentiality", row.Confidentiality), ("$created", row.Created), ("$expires", row.Expires), ("$by", row.GivenBy),
            ("$seal", seal.Of(row.Parts)));
        return AuditData.Object(w =>
        {
            w.WriteString("grant", row.Id);
            w.WriteString("approval", r.Id);
            w.WriteString("session", row.Session);
            w.WriteString("tool", r.Tool.ToString());
            w.WriteString("definition", row.Definition);
            w.WriteString("scope_digest", AuditData.Digest(row.Critical));
            w.WriteString("integrity", Labels.LabelJson.Name(r.Label.Integrity));
            w.WriteString("until", expires.UtcDateTime.ToString(AuditRecord.TimeFormat, System.Globalization.CultureInfo.InvariantCulture));
            w.WriteString("by", row.GivenBy);
        });
    }

    /// <summary>
    /// The grant that covers a call; null where none does. Never for a call that cannot be undone, never from a clean context into a
    /// tainted one, and never for text that goes out and is more confidential than what the person let go.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="definition">The tool's definition.</param>
    /// <param name="call">The call.</param>
    /// <param name="byLabel">Whether a rule asks because of the label: then any worse one asks again.</param>
    public string? Find(string session, string definition, CallFacts call, bool byLabel = false)
    {
        if (call.Has(ToolEffects.Destructive))
        {
            return null;
        }

        string? scope = null;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Rows().FirstOrDefault(g =>
            (g.Session is null || g.Session == session) && g.Server == call.Tool.Server && g.Tool == call.Tool.Name && g.Definition == definition
            && g.Expires > now && CoversLabel(g) && g.Critical == (scope ??= GrantScope.Of(call)))?.Id;

        // What the person's own files say is no reason to ask again; each answer of a tool is at least that.
        bool CoversLabel(Row g) => byLabel
            ? (int)call.Label.Integrity <= g.Integrity && (int)call.Label.Confidentiality <= g.Confidentiality
            : (call.Label.Integrity != Integrity.Untrusted || g.Integrity == (int)Integrity.Untrusted)
                && (!call.Has(ToolEffects.Egress) || (int)call.Label.Confidentiality <= g.Confidentiality);
    }

    public IReadOnlyList<Grant> List()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return [.. Rows().Where(g => g.Expires > now).OrderBy(g => g.Created).Select(g => new Grant(
            g.Id, g.Session, new ToolId(g.Server, g.Tool), GrantScope.Arguments(g.Critical), g.GivenBy,
            DateTimeOffset.FromUnixTimeMilliseconds(g.Created), DateTimeOffset.FromUnixTimeMilliseconds(g.Expires), g.Integrity == (int)Integrity.Untrusted))];
    }

    public async ValueTask<bool> RevokeAsync(string id, string revokedBy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = database.Open();
        await using (connection)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var found = Rows(connection).Where(g => id.Length > 0 && g.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase)).ToList();
            var chosen = found.Find(g => g.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) ?? (found.Count == 1 ? found[0] : null);
            if (chosen is null)
            {
                return false;
            }

            connection.Run("DELETE FROM grants WHERE id = $id", ("$id", chosen.Id));
            await transaction.CommitAsync(CancellationToken.None);

            // Taken back first: a record that cannot be written must not leave the grant in force.
            await audit.AppendAsync(AuditTypes.GrantRevoked, AuditData.Object(w =>
            {
                w.WriteString("grant", chosen.Id);
                w.WriteString("session", chosen.Session);
                w.WriteString("tool", new ToolId(chosen.Server, chosen.Tool).ToString());
                w.WriteString("by", revokedBy);
            }), checkpoint: true, CancellationToken.None);
            return true;
        }
    }

    private List<Row> Rows()
    {
        using var connection = database.Open();
        return Rows(connection);
    }

    private List<Row> Rows(SqliteConnection connection)
    {
        using var command = connection.Command($"SELECT {Columns} FROM grants");
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            var row = new Row(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.GetInt32(6), reader.GetInt32(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetString(10));
            if (seal.Holds(reader.GetString(11), row.Parts))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private sealed record Row(
        string Id, string? Session, string Server, string Tool, string Definition, string Critical, int Integrity, int Confidentiality, long Created, long Expires, string GivenBy)
    {
        public string?[] Parts =>
            ["grant", Id, Session, Server, Tool, Definition, Critical, $"{Integrity}", $"{Confidentiality}", $"{Created}", $"{Expires}", GivenBy];
    }
}
