using System.Collections.Frozen;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// What calls functions without naming them: domains with checks, operators and casts of somebody's making. Where a statement has
/// been analysed they stand in its tree; here are those of the whole database that lead to what is not to be called, for what has
/// not been analysed. Most databases have none, and pay one look a minute.
/// </summary>
internal sealed class CatalogTraps(FunctionGuard guard, TimeProvider time)
{
    private const int MaxRounds = 4;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private Traps? known;
    private long at;

    /// <summary>Forgets what was found.</summary>
    public void Forget()
    {
        lock (gate)
        {
            known = null;
        }
    }

    /// <summary>
    /// Why a statement must not even be parsed; null where it may. A string that stands for an array, a row or a range is read while
    /// the statement is parsed, and the checks of domains in it run then.
    /// </summary>
    public string? CheckParsing(PostgresSession session, List<SqlToken> tokens)
    {
        var names = Find(session).Names;
        return names.Count > 0 && tokens.Exists(token => token.Kind == SqlTokenKind.Text) ? Leads(names, tokens) : null;
    }

    /// <summary>Why a body that nobody has analysed must not run; null where it may.</summary>
    public string? CheckBody(PostgresSession session, List<SqlToken> tokens)
    {
        var traps = Find(session);
        if (traps.HasCast)
        {
            return "a cast of this database calls what is not to be called, and a body may use it without naming it";
        }

        if (traps.Operators.Count > 0)
        {
            var symbols = string.Concat(tokens.Select((token, i) =>
                token.Kind != SqlTokenKind.Symbol ? " " : i > 0 && tokens[i - 1].End == token.Start ? token.Value : " " + token.Value));
            if (traps.Operators.FirstOrDefault(name => symbols.Contains(name, StringComparison.Ordinal)) is { } found)
            {
                return $"the operator {found} calls what is not to be called";
            }
        }

        return Leads(traps.Names, tokens);
    }

    private static string? Leads(FrozenSet<string> names, List<SqlToken> tokens) =>
        tokens.Find(token => token.IsName && names.Contains(token.Name)) is { Value: { } name }
            ? $"{name} leads to a domain whose check calls what is not to be called"
            : null;

    // The guard comes back here while it judges for us, and then gets what is known so far; other threads wait.
    private Traps Find(PostgresSession session)
    {
        lock (gate)
        {
            if (known is not null && time.GetElapsedTime(at) < Age)
            {
                return known;
            }

            var complete = false;
            try
            {
                // One may hide behind another, so that what was judged is judged again with what was found.
                known = Traps.None;
                for (var round = 0; round < MaxRounds; round++)
                {
                    at = time.GetTimestamp();
                    var next = Read(session);
                    if (next.Count == known.Count)
                    {
                        break;
                    }

                    known = next;
                    guard.ForgetVerdicts();
                }

                complete = true;
                return known;
            }
            finally
            {
                known = complete ? known : null;
            }
        }
    }

    private Traps Read(PostgresSession session)
    {
        var domains = session.Lookup("SELECT contypid, conbin::text FROM pg_catalog.pg_constraint WHERE contypid >= 16384 AND conbin IS NOT NULL")
            .Where(row => guard.CheckExpression(session, row[1]!, writing: false) is not null)
            .Select(row => row[0])
            .ToArray();
        var operators = session.Lookup("SELECT oprname, oprcode::oid FROM pg_catalog.pg_operator WHERE oid >= 16384 AND oprcode <> 0");
        var casts = session.Lookup("SELECT castfunc FROM pg_catalog.pg_cast WHERE castfunc >= 16384");
        return new Traps(
            domains.Length == 0 ? [] : Leading(session, domains),
            IsRefused(operators.Select(row => row[1])) ? operators.Where(row => IsRefused([row[1]])).Select(row => row[0]!).ToFrozenSet(StringComparer.Ordinal) : [],
            IsRefused(casts.Select(row => row[0])));

        bool IsRefused(IEnumerable<string?> calls) => guard.Check(session, [.. calls.Select(oid => uint.Parse(oid!))], [], writing: false) is not null;
    }

    // Names of types that hold such a domain, of tables with a column of such a type, of functions that take or give one.
    private static FrozenSet<string> Leading(PostgresSession session, IEnumerable<string?> domains) => session.Lookup(
        """
        WITH RECURSIVE leads (oid) AS (
            SELECT d FROM unnest($1::oid[]) d
            UNION SELECT up.oid FROM leads CROSS JOIN LATERAL (
                SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typbasetype = leads.oid OR t.typelem = leads.oid
                UNION ALL SELECT c.reltype FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                 WHERE a.atttypid = leads.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.reltype <> 0
                UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngsubtype = leads.oid) up (oid))
        SELECT t.typname FROM pg_catalog.pg_type t JOIN leads ON leads.oid = t.oid
        UNION SELECT p.proname FROM pg_catalog.pg_proc p JOIN leads ON p.prorettype = leads.oid OR leads.oid = ANY (p.proargtypes)
        """,
        $"{{{string.Join(',', domains)}}}").Select(row => row[0]!).ToFrozenSet(StringComparer.Ordinal);

    private sealed record Traps(FrozenSet<string> Names, FrozenSet<string> Operators, bool HasCast)
    {
        public static Traps None { get; } = new([], [], false);

        public int Count => Names.Count + Operators.Count + (HasCast ? 1 : 0);
    }
}
