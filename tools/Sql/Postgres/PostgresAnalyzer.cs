using System.Collections.Frozen;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Has the server analyse a statement and reads what it found: for the time of one transaction, the server prints the rewritten
/// parse tree of what it parses to this client (<c>debug_print_rewritten</c>), with every function, operator, table and column
/// resolved and every view expanded. Nothing is planned or run, so no function is called to find out what it is.
/// </summary>
internal sealed class PostgresAnalyzer
{
    private const int RolePasswordBit = 18;
    private const int WholeRowBit = 7;
    private const uint RoleCatalog = 1260;

    private static readonly FrozenSet<string> NeverRun = new[]
    {
        "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE", "EXECUTE", "DEALLOCATE", "DECLARE",
        "FETCH", "MOVE", "CLOSE", "SET", "RESET", "DISCARD", "LISTEN", "UNLISTEN", "NOTIFY", "LOAD", "COPY", "DO", "CALL", "CHECKPOINT",
        "LOCK", "VACUUM", "GRANT", "REVOKE", "REASSIGN", "SECURITY", "EXPLAIN",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> AdministeredThings = new[]
    {
        "ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "EXTENSION", "SERVER", "SUBSCRIPTION", "PUBLICATION", "SYSTEM", "LANGUAGE",
        "FOREIGN", "EVENT", "ACCESS", "OWNED", "TRANSFORM", "LARGE", "OPERATOR", "CAST",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SampleCatalogs = new[]
    {
        "pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ColumnRules rules;
    private readonly TimeProvider time;
    private readonly FunctionGuard functions;

    public PostgresAnalyzer(ColumnRules rules, TimeProvider time)
    {
        this.rules = rules;
        this.time = time;
        functions = new FunctionGuard(time);
    }

    public FunctionGuard Functions => functions;

    /// <summary>Parses a statement on a session and tells what it is.</summary>
    /// <exception cref="EngineException">The server cannot parse it.</exception>
    public PostgresStatement Analyse(PostgresSession session, string sql, bool writing)
    {
        var trees = new List<string>();
        var opened = session.Connection.TransactionState == 'I';
        if (opened)
        {
            session.Run("BEGIN READ ONLY");
        }

        try
        {
            var tokens = SqlTokenizer.Read(sql, postgres: true);
            if (tokens.Count == 0)
            {
                throw new EngineException("42601", "there is no statement in it");
            }

            if (functions.Traps.CheckParsing(session, tokens) is { } trap)
            {
                return new PostgresStatement(string.Empty, [], [], [], Refused(StatementClass.Administration, SqlTokenizer.LeadingWords(tokens, 1).FirstOrDefault() ?? string.Empty, trap));
            }

            var (name, columns, types, parameterTypes) = ParseAndListen(session, sql, trees);
            var analysis = Judge(session, sql, tokens, trees, columns.Count, writing);
            return new PostgresStatement(name, columns, types, parameterTypes, analysis);
        }
        finally
        {
            if (opened && !session.Connection.Broken)
            {
                session.Run("ROLLBACK");
            }
        }
    }

    private static (string Name, IReadOnlyList<Results.ResultColumn> Columns, uint[] Types, uint[] ParameterTypes) ParseAndListen(
        PostgresSession session, string sql, List<string> trees)
    {
        session.Run(session.MuteLog + "SET LOCAL debug_pretty_print = off; SET LOCAL debug_print_rewritten = on; SET LOCAL client_min_messages = log");
        session.Connection.OnNotice = fields =>
        {
            if (fields.GetValueOrDefault('M')?.StartsWith("rewritten parse tree", StringComparison.Ordinal) == true)
            {
                trees.Add(fields.GetValueOrDefault('D', string.Empty));
            }
        };
        try
        {
            return session.Parse(sql);
        }
        finally
        {
            session.Connection.OnNotice = null;
            if (session.Connection.TransactionState == 'T')
            {
                session.Run("SET LOCAL debug_print_rewritten = off; SET LOCAL client_min_messages = notice");
            }
        }
    }

    private StatementAnalysis Judge(PostgresSession session, string sql, List<SqlToken> tokens, List<string> trees, int columnCount, bool writing)
    {
        var words = SqlTokenizer.LeadingWords(tokens, 5);
        var verb = words.FirstOrDefault() ?? string.Empty;
        ParseTree tree;
        try
        {
            if (trees.Count != 1)
            {
                return Refused(StatementClass.Administration, verb, "the server did not tell what the statement is, so it is not run");
            }

            tree = ParseTree.Read(trees[0]);
        }
        catch (FormatException e)
        {
            return Refused(StatementClass.Administration, verb, $"what the server told of the statement cannot be read ({e.Message}), so it is not run");
        }

        return tree.Class is { } found
            ? JudgeQuery(session, tree, found, verb, columnCount, writing)
            : JudgeUtility(session, sql, tokens, words, verb);
    }

    private StatementAnalysis JudgeQuery(
        PostgresSession session, ParseTree tree, StatementClass found, string verb, int columnCount, bool writing)
    {
        var relations = Relations(session, tree.Reads.Concat(tree.Writes));
        var facts = new StatementFacts(
            found,
            verb,
            [.. tree.Reads.Except(tree.Writes).Select(Name).Order(StringComparer.Ordinal)],
            [.. tree.Writes.Select(Name).Order(StringComparer.Ordinal)]) { EveryRow = tree.EveryRow };
        string? refusal = null;
        IReadOnlyList<ColumnRule>? columns = null;
        try
        {
            refusal = functions.Check(session, tree.Functions, tree.Operators, writing || found == StatementClass.Write)
                ?? functions.CheckTypes(session, tree.Types, writing || found == StatementClass.Write)
                ?? RefuseRelations(tree, relations);
            if (refusal is null && rules.Any)
            {
                RefuseOwnFunctions(session, tree);
                columns = rules.GuardColumns ? Guard(session, tree, relations, found, columnCount) : null;
                RefuseGathering(session, tree, facts);
            }
        }
        catch (Exception e) when (e is UndecidedException or FormatException)
        {
            refusal = e.Message;
        }

        return new StatementAnalysis(facts with { Refusal = refusal }, columns, tree.Functions, time.GetTimestamp());

        string Name(uint oid) => relations.TryGetValue(oid, out var relation) ? relation.ShownName : oid.ToString();
    }

    private StatementAnalysis JudgeUtility(PostgresSession session, string sql, List<SqlToken> tokens, string[] words, string verb)
    {
        if (verb == "SHOW" && tokens.TrueForAll(token => token.IsName || token.IsSymbol('.') || token.IsSymbol(';')))
        {
            return new StatementAnalysis(new StatementFacts(StatementClass.Read, verb, [], []), null, new HashSet<uint>(), time.GetTimestamp());
        }

        if (verb == "EXPLAIN")
        {
            return Refused(StatementClass.Read, verb, "EXPLAIN is the tool explain: give it the statement alone");
        }

        if (NeverRun.Contains(verb))
        {
            return Refused(StatementClass.Administration, verb, $"{verb} is not run from here");
        }

        if (words.Skip(1).Take(4).Any(AdministeredThings.Contains) || (words.Length > 1 && words[0] == "ALTER" && words[1] == "DEFAULT"))
        {
            return Refused(StatementClass.Administration, verb, $"{string.Join(' ', words.Take(3))} is administration and is not run from here");
        }

        var found = verb == "TRUNCATE" ? StatementClass.Write : StatementClass.Schema;
        var refusal = RefuseBodies(session, sql, tokens);
        var facts = new StatementFacts(found, verb, [], NamedTables(session, tokens)) { Refusal = refusal, EveryRow = verb == "TRUNCATE" };
        return new StatementAnalysis(facts, null, new HashSet<uint>(), time.GetTimestamp());
    }

    // A utility statement is not analysed until it runs; every name in it that is a function's counts as a call, in the bodies
    // of functions too.
    private string? RefuseBodies(PostgresSession session, string sql, List<SqlToken> tokens)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].IsWord("LANGUAGE") && !(tokens[i + 1].IsWord("SQL") || tokens[i + 1].IsWord("plpgsql") || tokens[i + 1].Value is "sql" or "plpgsql"))
            {
                return $"a function in {tokens[i + 1].Value} is not made from here, since what it does cannot be decided";
            }
        }

        if (tokens.Exists(token => token.Kind == SqlTokenKind.Text && SqlTokenizer.Read(token.Value, postgres: true).Exists(inner => inner.IsWord("EXECUTE"))))
        {
            return "it holds a body that runs statements made as text, so what it does cannot be decided";
        }

        if (rules.GuardColumns && !tokens.TrueForAll(token => !token.IsWord("AS") && !token.IsWord("INTO")))
        {
            return "the operator guards columns of this database, and what such a statement would copy from them cannot be decided";
        }

        return functions.CheckText(session, sql, writing: true)
            ?? tokens.Where(token => token.Kind == SqlTokenKind.Text).Select(token => functions.CheckText(session, token.Value, writing: true)).FirstOrDefault(reason => reason is not null);
    }

    private static List<string> NamedTables(PostgresSession session, List<SqlToken> tokens)
    {
        var names = tokens.Where(token => token.IsName)
            .Select(token => token.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        return [.. session.Lookup(
            "SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(c.oid) AND c.relnamespace <> 'pg_catalog'::regnamespace ORDER BY 1",
            $"{{{string.Join(',', names)}}}").Select(row => row[0]!)];
    }

    private string? RefuseRelations(ParseTree tree, Dictionary<uint, RelationFacts> relations)
    {
        foreach (var relation in relations.Values)
        {
            if (RelationGuard.Secret.Contains(relation.FullName))
            {
                return $"{relation.FullName} holds secrets of the server";
            }

            if (relation.HasForeign)
            {
                return $"{relation.FullName} {(relation.Kind == 'f' ? "is a foreign table" : "has a part that is a foreign table")}, which reaches files or other servers";
            }

            if (rules.GuardColumns && SampleCatalogs.Contains(relation.FullName))
            {
                return $"{relation.FullName} holds samples of columns that the operator guards";
            }
        }

        var password = tree.Queries.SelectMany(query => query.All()).Any(node =>
            node.Number("relid") == RoleCatalog && node.Numbers("selectedCols").Any(bit => bit is RolePasswordBit or WholeRowBit));
        return password ? "pg_authid holds the passwords of roles" : null;
    }

    private IReadOnlyList<ColumnRule>? Guard(
        PostgresSession session, ParseTree tree, Dictionary<uint, RelationFacts> relations, StatementClass found, int columnCount)
    {
        var guarded = GuardedTables(session, relations);
        foreach (var relation in relations.Values.Where(relation => relation.Kind == 'm'))
        {
            RefuseCopy(session, relation);
        }

        if (guarded.Count == 0)
        {
            return null;
        }

        if (found != StatementClass.Read)
        {
            throw new UndecidedException($"rules of the operator hide or mask columns of {guarded.Values.First().Name}, so it is not changed from here");
        }

        if (tree.Queries.Count != 1)
        {
            throw new UndecidedException("the statement becomes several by a rule, and the operator guards columns");
        }

        var traced = ColumnLineage.Trace(tree.Queries[0], guarded);
        return traced.Count == columnCount
            ? traced.Any(rule => rule != ColumnRule.None) ? traced : null
            : throw new UndecidedException("the columns of the result could not be followed");
    }

    // What a function of the database reads does not stand in the statement's tree.
    private static void RefuseOwnFunctions(PostgresSession session, ParseTree tree)
    {
        if (tree.Functions.Any(oid => oid >= 16384) && session.Lookup(
            "SELECT 1 FROM pg_catalog.pg_proc p WHERE p.oid = ANY ($1::oid[]) AND p.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') LIMIT 1",
            $"{{{string.Join(',', tree.Functions)}}}").Count > 0)
        {
            throw new UndecidedException("the operator guards tables of this database, and what a function defined in it would show of them cannot be decided");
        }
    }

    // A limit of rows that one value could pass is none.
    private void RefuseGathering(PostgresSession session, ParseTree tree, StatementFacts facts)
    {
        if (rules.RowLimit(facts.Reads) is null)
        {
            return;
        }

        if (tree.GathersRows || tree.Queries.SelectMany(query => query.All()).Any(node => node.Flag("cterecursive")) || session.Lookup(
            """
            SELECT 1 FROM pg_catalog.pg_proc p WHERE p.oid = ANY ($1::oid[])
               AND p.proname IN ('array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'json_object_agg', 'jsonb_object_agg', 'json_agg_strict', 'jsonb_agg_strict',
                                 'json_object_agg_unique', 'jsonb_object_agg_unique', 'json_object_agg_strict', 'jsonb_object_agg_strict', 'xmlagg', 'range_agg', 'hstore') LIMIT 1
            """,
            $"{{{string.Join(',', tree.Functions)}}}").Count > 0)
        {
            throw new UndecidedException("the operator limits how many rows of a table are seen, and gathering them into one value would pass the limit; select the rows, or count and sum them");
        }
    }

    // A materialized view holds a copy, whose columns no longer say where they came from; what it was made of may be views again.
    private void RefuseCopy(PostgresSession session, RelationFacts copy)
    {
        var seen = new HashSet<uint> { copy.Oid };
        var open = new Queue<uint>(seen);
        while (open.TryDequeue(out var oid))
        {
            var sources = session.Lookup("SELECT ev_action::text FROM pg_catalog.pg_rewrite WHERE ev_class = $1::oid", oid.ToString())
                .SelectMany(row => ParseTree.Read(row[0]!).Reads).Where(seen.Add).ToArray();
            var inner = Relations(session, sources);
            if (GuardedTables(session, inner).Count > 0)
            {
                throw new UndecidedException($"{copy.ShownName} is a copy of a table with guarded columns");
            }

            foreach (var view in inner.Values.Where(relation => relation.Kind is 'v' or 'm'))
            {
                open.Enqueue(view.Oid);
            }
        }
    }

    private Dictionary<uint, GuardedTable> GuardedTables(PostgresSession session, Dictionary<uint, RelationFacts> relations)
    {
        var guarded = new Dictionary<uint, GuardedTable>();
        var named = relations.Values.Where(relation => relation.Kind is 'r' or 'p' or 'm' or 'f' or 'v' && !relation.FullName.StartsWith("pg_catalog.", StringComparison.Ordinal)).ToArray();
        if (named.Length == 0)
        {
            return guarded;
        }

        foreach (var group in session.Lookup(
            "SELECT attrelid, attnum, attname FROM pg_catalog.pg_attribute WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped",
            $"{{{string.Join(',', named.Select(relation => relation.Oid))}}}").GroupBy(row => uint.Parse(row[0]!)))
        {
            var relation = relations[group.Key];
            var columns = group.ToDictionary(row => int.Parse(row[1]!), row => row[2]!);
            var found = columns
                .Select(column => (column.Key, Rule: relation.Names.Max(name => rules.Find(name.Schema, name.Table, column.Value))))
                .Where(pair => pair.Rule != ColumnRule.None)
                .ToDictionary(pair => pair.Key, pair => pair.Rule);
            if (found.Count > 0)
            {
                guarded[group.Key] = new GuardedTable(relation.ShownName, found, columns);
            }
        }

        return guarded;
    }

    private static Dictionary<uint, RelationFacts> Relations(PostgresSession session, IEnumerable<uint> oids)
    {
        var list = oids.Distinct().ToArray();
        if (list.Length == 0)
        {
            return [];
        }

        // With the tables it inherits from, whose rules it has; and with those that inherit from it, which a read of it reads too.
        return session.Lookup(
            """
            WITH RECURSIVE up (relid, relative) AS (
                SELECT r, r FROM unnest($1::oid[]) r
                UNION SELECT up.relid, i.inhparent FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.relative),
            down (relid, relative) AS (
                SELECT r, r FROM unnest($1::oid[]) r
                UNION SELECT down.relid, i.inhrelid FROM down JOIN pg_catalog.pg_inherits i ON i.inhparent = down.relative)
            SELECT kin.relid, kin.relative, n.nspname, c.relname, c.relkind, pg_catalog.pg_table_is_visible(c.oid), kin.below
              FROM (SELECT relid, relative, false AS below FROM up UNION ALL SELECT relid, relative, true FROM down WHERE relid <> relative) kin
              JOIN pg_catalog.pg_class c ON c.oid = kin.relative JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            """,
            $"{{{string.Join(',', list)}}}")
            .GroupBy(row => uint.Parse(row[0]!))
            .ToDictionary(group => group.Key, group =>
            {
                var own = group.First(row => row[1] == row[0]);
                return new RelationFacts(
                    group.Key,
                    $"{own[2]}.{own[3]}",
                    own[5] == "t" ? own[3]! : $"{own[2]}.{own[3]}",
                    own[4]![0],
                    group.Any(row => row[4] == "f" && (row == own || row[6] == "t")),
                    [.. group.Select(row => (row[2]!, row[3]!))]);
            });
    }

    private StatementAnalysis Refused(StatementClass found, string verb, string reason) =>
        new(new StatementFacts(found, verb, [], []) { Refusal = reason }, null, new HashSet<uint>(), time.GetTimestamp());

    private sealed record RelationFacts(
        uint Oid, string FullName, string ShownName, char Kind, bool HasForeign, IReadOnlyList<(string Schema, string Table)> Names);
}
