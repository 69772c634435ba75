using System.Security.Cryptography;
using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;
using Agent.Governance.Storage;
using Agent.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Agent.Governance.Approvals;

/// <summary>A standing approval: this tool with these critical arguments, for a session or until a date.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SessionId">The session it is for; null for every one.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Critical">The critical arguments, as JSON.</param>
/// <param name="GivenBy">Who gave it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record Grant(string Id, string? SessionId, ToolId Tool, string Critical, string GivenBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>The standing approvals of this machine.</summary>
public interface IGrants
{
    /// <summary>The grants in force, oldest first.</summary>
    /// <returns>The grants.</returns>
    IReadOnlyList<Grant> List();

    /// <summary>Takes a grant back.</summary>
    /// <param name="id">Its id, or an unambiguous beginning of it.</param>
    /// <returns>False where there is none.</returns>
    bool Revoke(string id);
}

/// <summary>Keeps grants in SQLite, each row sealed.</summary>
internal sealed class Grants(GovernanceDatabase database, Seal seal, IOptions<ApprovalOptions> options, TimeProvider time) : IGrants
{
    private const string Columns = "id, session, server, tool, definition, critical, integrity, confidentiality, created, expires, given_by, seal";

    /// <summary>The critical arguments in one byte form: every place with its value.</summary>
    public static string Critical(IEnumerable<ArgumentOrigin> origins) => CanonicalJson.Digest(Audit.AuditData.Object(w =>
    {
        foreach (var origin in origins)
        {
            w.WriteString(origin.Path, origin.Value);
        }
    }));

    public void Add(SqliteConnection connection, StoredApproval approval)
    {
        var r = approval.Request;
        var now = time.GetUtcNow();
        var row = new Row(
            RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6), r.SessionId, r.Tool.Server, r.Tool.Name, approval.DefinitionHash, Critical(r.Origins),
            (int)r.Label.Integrity, (int)r.Label.Confidentiality, now.ToUnixTimeMilliseconds(), now.AddHours(options.Value.GrantHours).ToUnixTimeMilliseconds(), r.AnsweredBy ?? "?");
        connection.Run(
            $"INSERT INTO grants ({Columns}) VALUES ($id, $session, $server, $tool, $definition, $critical, $integrity, $confidentiality, $created, $expires, $by, $seal)",
            ("$id", row.Id), ("$session", row.Session), ("$server", row.Server), ("$tool", row.Tool), ("$definition", row.Definition), ("$critical", row.Critical),
            ("$integrity", row.Integrity), ("$confidentiality", row.Confidentiality), ("$created", row.Created), ("$expires", row.Expires), ("$by", row.GivenBy),
            ("$seal", seal.Of(row.Parts)));
    }

    /// <summary>The grant that covers a call; null where none does. Never for a call that cannot be undone, never from a clean context into a tainted one.</summary>
    public string? Find(string session, string definition, CallFacts call)
    {
        if (call.Has(ToolEffects.Destructive))
        {
            return null;
        }

        var critical = Critical(call.Origins);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Rows().FirstOrDefault(g =>
            (g.Session is null || g.Session == session) && g.Server == call.Tool.Server && g.Tool == call.Tool.Name && g.Definition == definition
            && g.Critical == critical && g.Expires > now
            && (int)call.Label.Integrity <= g.Integrity && (int)call.Label.Confidentiality <= g.Confidentiality)?.Id;
    }

    public IReadOnlyList<Grant> List()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return [.. Rows().Where(g => g.Expires > now).OrderBy(g => g.Created).Select(g => new Grant(
            g.Id, g.Session, new ToolId(g.Server, g.Tool), g.Critical, g.GivenBy,
            DateTimeOffset.FromUnixTimeMilliseconds(g.Created), DateTimeOffset.FromUnixTimeMilliseconds(g.Expires)))];
    }

    public bool Revoke(string id)
    {
        using var connection = database.Open();
        return connection.Run(
            "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE substr(id, 1, length($id)) = $id) AND (SELECT count(*) FROM grants WHERE substr(id, 1, length($id)) = $id) = 1",
            ("$id", id.ToLowerInvariant())) == 1;
    }

    private List<Row> Rows()
    {
        using var connection = database.Open();
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
