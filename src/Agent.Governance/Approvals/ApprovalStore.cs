using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Storage;
using Agent.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

#pragma warning disable CA1849 // SQLite has no asynchronous calls: those of its provider run at once all the same.

namespace Agent.Governance.Approvals;

/// <summary>The questions of every run on this machine, in SQLite. Each row is sealed in each of its states.</summary>
internal sealed class ApprovalStore(
    GovernanceDatabase database, Seal seal, AuditLog audit, Grants grants, Guardrails.Redactor redactor, IOptions<ApprovalOptions> options, TimeProvider time) : IApprovals
{
    private const string Columns = "id, session, run, binding, state, created, expires, request, answer, seal";

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);
    private long _prunedAt;

    /// <summary>Stores a question. It gets its id and its times here.</summary>
    public StoredApproval Add(Func<string, DateTimeOffset, DateTimeOffset, StoredApproval> make)
    {
        var now = time.GetUtcNow();
        using var connection = database.Open();
        Prune(connection, now);
        for (var attempt = 0; ; attempt++)
        {
            var stored = make(NewId(), now, now.AddMinutes(options.Value.ExpireMinutes));
            var request = stored.SaveRequest();
            var r = stored.Request;
            try
            {
                connection.Run(
                    $"INSERT INTO approvals ({Columns}) VALUES ($id, $session, $run, $binding, 'Pending', $created, $expires, $request, NULL, $seal)",
                    ("$id", r.Id), ("$session", r.SessionId), ("$run", r.RunId), ("$binding", r.Binding), ("$created", Ms(r.CreatedAt)), ("$expires", Ms(r.ExpiresAt)),
                    ("$request", request), ("$seal", SealOf(r.Id, r.SessionId, r.RunId, r.Binding, ApprovalState.Pending, Ms(r.ExpiresAt), request, null)));
                return stored with { RequestText = request };
            }
            catch (SqliteException e) when (e.SqliteErrorCode == 19 && attempt < 5)
            {
                // The id is taken; ids are short because people type them.
            }
        }
    }

    /// <summary>Once a day, forgets what ended long ago; the audit remembers it.</summary>
    private void Prune(SqliteConnection connection, DateTimeOffset now)
    {
        var last = Interlocked.Read(ref _prunedAt);
        if (Ms(now) - last < TimeSpan.FromDays(1).TotalMilliseconds || Interlocked.CompareExchange(ref _prunedAt, Ms(now), last) != last)
        {
            return;
        }

        var before = Ms(now.AddDays(-options.Value.KeepDays));
        connection.Run("DELETE FROM approvals WHERE expires < $before OR (created < $before AND state IN ('Denied', 'Expired', 'Void', 'Used'))", ("$before", before));
        connection.Run("DELETE FROM grants WHERE expires < $before", ("$before", before));
    }

    /// <summary>Questions that a run has put so far.</summary>
    public int CountOfRun(string session, string run)
    {
        using var connection = database.Open();
        using var command = connection.Command("SELECT count(*) FROM approvals WHERE session = $session AND run = $run", ("$session", session), ("$run", run));
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public StoredApproval? Find(string id)
    {
        using var connection = database.Open();
        return Find(connection, id);
    }

    /// <summary>Takes the one run that an approval allows. Of any number of callers in any number of processes, one gets it.</summary>
    public bool TryUse(StoredApproval approval)
    {
        using var connection = database.Open();
        return Move(connection, approval, ApprovalState.Approved, ApprovalState.Used, approval);
    }

    /// <summary>Withdraws a question or an unused approval.</summary>
    public bool Void(StoredApproval approval, string reason)
    {
        using var connection = database.Open();
        var done = Move(connection, approval, approval.Request.State, ApprovalState.Void, approval with { Request = approval.Request with { Comment = reason } });
        Signal(approval.Request.Id);
        return done;
    }

    public ValueTask<IReadOnlyList<ApprovalRequest>> ListPendingAsync(string? sessionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.Open();
        using var command = connection.Command(
            $"SELECT {Columns} FROM approvals WHERE state = 'Pending' AND ($session IS NULL OR session = $session) ORDER BY created, id", ("$session", sessionId));
        var found = new List<ApprovalRequest>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                if (Read(reader) is { } stored && Current(stored).Request is { State: ApprovalState.Pending } request)
                {
                    found.Add(request);
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<ApprovalRequest>>(found);
    }

    public ValueTask<ApprovalRequest?> GetAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.Open();
        return ValueTask.FromResult(Find(connection, id)?.Request);
    }

    public async ValueTask<ApprovalAnswerResult> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return (await AnswerAllAsync([(id, answer)], cancellationToken))[0];
    }

    public async ValueTask<IReadOnlyList<ApprovalAnswerResult>> AnswerTogetherAsync(
        IReadOnlyList<ApprovalRequest> requests, ApprovalAnswer answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(answer);
        return await AnswerAllAsync([.. requests.Select(r => (r.Id, answer with { Binding = r.Binding }))], cancellationToken);
    }

    public async ValueTask WithdrawAsync(string id, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Find(id) is { Request.State: ApprovalState.Pending } stored && Void(stored, reason))
        {
            var r = stored.Request;
            await audit.AppendAsync(AuditTypes.Withdrawn, AuditData.Object(w =>
            {
                w.WriteString("approval", r.Id);
                w.WriteNumber("intent", stored.Intent);
                w.WriteString("session", r.SessionId);
                w.WriteString("run", r.RunId);
                w.WriteString("call", r.CallId);
                w.WriteString("tool", r.Tool.ToString());
                w.WriteString("reason", redactor.Redact(reason));
            }), checkpoint: false, CancellationToken.None);
        }
    }

    public async ValueTask<ApprovalRequest> WaitAsync(string id, CancellationToken cancellationToken)
    {
        var connection = database.Open();
        await using (connection)
        {
            var version = -1L;
            ApprovalRequest? last = null;
            while (true)
            {
                var signal = _signals.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

                // data_version changes when another connection, of this process or another, has committed.
                using (var pragma = connection.Command("PRAGMA data_version"))
                {
                    var now = (long)pragma.ExecuteScalar()!;
                    if (now != version || last is null || last.ExpiresAt <= time.GetUtcNow())
                    {
                        version = now;
                        last = Find(connection, id)?.Request ?? throw new KeyNotFoundException($"There is no question {id}.");
                        if (last.State != ApprovalState.Pending)
                        {
                            _signals.TryRemove(id, out _);
                            return last;
                        }
                    }
                }

                var pause = Task.Delay(TimeSpan.FromMilliseconds(options.Value.PollMilliseconds), time, cancellationToken);
                await Task.WhenAny(signal.Task, pause);
                cancellationToken.ThrowIfCancellationRequested();
                if (signal.Task.IsCompleted)
                {
                    _signals.TryRemove(id, out _);
                    version = -1;
                }
            }
        }
    }

    private async ValueTask<IReadOnlyList<ApprovalAnswerResult>> AnswerAllAsync(IReadOnlyList<(string Id, ApprovalAnswer Answer)> answers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new List<ApprovalAnswerResult>(answers.Count);
        var connection = database.Open();
        await using (connection)
        {
            // The write lock is held until the answers are in the audit: of two approvers the second sees the first's answer.
            using var transaction = connection.BeginTransaction(deferred: false);
            var records = new List<(string Type, JsonElement Data)>();
            foreach (var (id, answer) in answers)
            {
                results.Add(Answer(connection, id, answer, records));
            }

            foreach (var (type, data) in records)
            {
                await audit.AppendAsync(type, data, checkpoint: data.Equals(records[^1].Data), CancellationToken.None);
            }

            await transaction.CommitAsync(CancellationToken.None);
        }

        foreach (var result in results.Where(r => r.Accepted))
        {
            Signal(result.Request!.Id);
        }

        return results;
    }

    private ApprovalAnswerResult Answer(SqliteConnection connection, string id, ApprovalAnswer answer, List<(string, JsonElement)> records)
    {
        var stored = Find(connection, id);
        if (Refusal(stored, id, answer) is { } problem)
        {
            return new ApprovalAnswerResult(false, stored?.Request, problem);
        }

        var state = answer.Verdict == ApprovalVerdict.Deny ? ApprovalState.Denied : ApprovalState.Approved;
        var answered = stored! with
        {
            Edited = state == ApprovalState.Approved ? answer.EditedArguments : null,
            Request = stored.Request with { State = state, Comment = answer.Comment, AnsweredBy = answer.AnsweredBy },
        };
        if (!Move(connection, stored, ApprovalState.Pending, state, answered))
        {
            return new ApprovalAnswerResult(false, Find(connection, id)?.Request, "Somebody else answered it first.");
        }

        records.Add((AuditTypes.Answered, AnswerData(answered, answer)));
        if (answer.Verdict is ApprovalVerdict.AllowForSession or ApprovalVerdict.AllowUntil)
        {
            records.Add((AuditTypes.GrantGiven, grants.Add(connection, answered, answer.Until)));
        }

        return new ApprovalAnswerResult(true, answered.Request, null);
    }

    private string? Refusal(StoredApproval? stored, string id, ApprovalAnswer answer) => stored switch
    {
        null => $"There is no question {id}.",
        { Request.State: ApprovalState.Expired } => $"Question {stored.Request.Id} expired; ask again.",
        { Request.State: ApprovalState.Void } => $"Question {stored.Request.Id} was withdrawn.",
        { Request.State: not ApprovalState.Pending } => $"Question {stored.Request.Id} was answered already by {stored.Request.AnsweredBy}.",
        _ when stored.Request.Binding != answer.Binding => $"The answer is to another call than question {stored.Request.Id} is about; look at it again.",
        _ when Grants(answer) && !stored.Request.CanGrant => "This call can only be allowed once.",
        _ when answer.Verdict == ApprovalVerdict.AllowUntil && (answer.Until is not { } until || until <= time.GetUtcNow() || until > time.GetUtcNow().AddDays(options.Value.GrantDays)) =>
            $"A grant until a date needs one that lies ahead, by {options.Value.GrantDays} days at most (approvals:grantDays).",
        _ when answer.Verdict != ApprovalVerdict.AllowUntil && answer.Until is not null => "Only a grant until a date carries a date.",
        _ when answer.EditedArguments is { ValueKind: not JsonValueKind.Object } => "Edited arguments must be a JSON object.",
        _ when answer.EditedArguments is not null && Grants(answer) => "An edited call can only be allowed once.",
        _ => null,
    };

    private static bool Grants(ApprovalAnswer answer) => answer.Verdict is ApprovalVerdict.AllowForSession or ApprovalVerdict.AllowUntil;

    private static JsonElement AnswerData(StoredApproval stored, ApprovalAnswer answer) => AuditData.Object(w =>
    {
        var r = stored.Request;
        w.WriteString("approval", r.Id);
        w.WriteNumber("intent", stored.Intent);
        w.WriteString("session", r.SessionId);
        w.WriteString("run", r.RunId);
        w.WriteString("call", r.CallId);
        w.WriteString("tool", r.Tool.ToString());
        w.WriteString("binding", r.Binding);
        w.WriteString("verdict", answer.Verdict switch
        {
            ApprovalVerdict.AllowOnce => "allow_once",
            ApprovalVerdict.AllowForSession => "allow_for_session",
            ApprovalVerdict.AllowUntil => "allow_until",
            _ => "deny",
        });
        w.WriteString("by", answer.AnsweredBy);
        if (answer.EditedArguments is { } edited)
        {
            w.WriteString("edited_digest", CanonicalJson.Digest(edited));
        }
    });

    private void Signal(string id)
    {
        if (_signals.TryGetValue(id, out var signal))
        {
            signal.TrySetResult();
        }
    }

    private bool Move(SqliteConnection connection, StoredApproval from, ApprovalState expected, ApprovalState to, StoredApproval answered)
    {
        var r = from.Request;
        var answer = answered.SaveAnswer();
        return connection.Run(
            "UPDATE approvals SET state = $to, answer = $answer, seal = $seal WHERE id = $id AND state = $expected",
            ("$to", to.ToString()), ("$answer", answer), ("$id", r.Id), ("$expected", expected.ToString()),
            ("$seal", SealOf(r.Id, r.SessionId, r.RunId, r.Binding, to, Ms(r.ExpiresAt), from.RequestText!, answer))) == 1;
    }

    private StoredApproval? Find(SqliteConnection connection, string id)
    {
        using var command = connection.Command(
            $"SELECT {Columns} FROM approvals WHERE id = $id OR (length($id) >= 3 AND substr(id, 1, length($id)) = $id) ORDER BY id = $id DESC, id LIMIT 2", ("$id", id.ToLowerInvariant()));
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var found = Read(reader);
        var exact = string.Equals(reader.GetString(0), id, StringComparison.OrdinalIgnoreCase);
        return !exact && reader.Read() ? null : found is null ? null : Current(found);
    }

    private StoredApproval Current(StoredApproval stored)
    {
        var expired = stored.Request.State is ApprovalState.Pending or ApprovalState.Approved && stored.Request.ExpiresAt <= time.GetUtcNow();
        return expired ? stored with { Request = stored.Request with { State = ApprovalState.Expired } } : stored;
    }

    /// <summary>Reads a row; null where its seal does not hold, because then it is nobody's word.</summary>
    private StoredApproval? Read(SqliteDataReader reader)
    {
        var (id, session, run, binding) = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
        if (!Enum.TryParse<ApprovalState>(reader.GetString(4), out var state))
        {
            return null;
        }

        var (created, expires, request) = (reader.GetInt64(5), reader.GetInt64(6), reader.GetString(7));
        var answer = reader.IsDBNull(8) ? null : reader.GetString(8);
        if (!seal.Holds(reader.GetString(9), Parts(id, session, run, binding, state, expires, request, answer)))
        {
            return null;
        }

        return StoredApproval.Load(
            id, session, run, binding, state, DateTimeOffset.FromUnixTimeMilliseconds(created), DateTimeOffset.FromUnixTimeMilliseconds(expires), request, answer);
    }

    private string SealOf(string id, string session, string run, string binding, ApprovalState state, long expires, string request, string? answer) =>
        seal.Of(Parts(id, session, run, binding, state, expires, request, answer));

    private static string?[] Parts(string id, string session, string run, string binding, ApprovalState state, long expires, string request, string? answer) =>
        ["approval", id, session, run, binding, state.ToString(), expires.ToString(System.Globalization.CultureInfo.InvariantCulture), request, answer];

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static string NewId() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6);
}
