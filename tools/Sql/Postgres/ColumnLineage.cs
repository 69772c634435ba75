using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Follows guarded columns through a parse tree: through subqueries, joins, common table expressions, set operations and the views
/// that the engine has expanded. A guarded column may only pass, as it is, into the result, where it is masked or left out. Any
/// other use of it (in a condition, an order, an expression, a whole row) would tell its values and is refused.
/// </summary>
internal sealed class ColumnLineage
{
    private const int Relation = 0;
    private const int Subquery = 1;
    private const int Join = 2;
    private const int Function = 3;
    private const int TableFunction = 4;
    private const int Values = 5;
    private const int CommonTable = 6;
    private const int Result = 8;
    private const int Group = 9;
    private const int ExistsSubLink = 0;

    private readonly IReadOnlyDictionary<uint, GuardedTable> guarded;
    private readonly Dictionary<Node, IReadOnlyList<ColumnRule>> outputs = new(ReferenceEqualityComparer.Instance);

    private ColumnLineage(IReadOnlyDictionary<uint, GuardedTable> guarded) => this.guarded = guarded;

    /// <summary>The rule of each column of the result.</summary>
    /// <param name="query">The analysed statement.</param>
    /// <param name="guarded">The tables with guarded columns.</param>
    /// <exception cref="UndecidedException">A guarded column is used otherwise.</exception>
    public static IReadOnlyList<ColumnRule> Trace(Node query, IReadOnlyDictionary<uint, GuardedTable> guarded) =>
        new ColumnLineage(guarded).Analyse(query, null);

    private IReadOnlyList<ColumnRule> Analyse(Node query, Scope? outer)
    {
        if (outputs.TryGetValue(query, out var known))
        {
            return known;
        }

        var scope = new Scope(query, outer);
        foreach (var common in query.List("cteList"))
        {
            if (common.Flag("cterecursive"))
            {
                // What it reads may come by another WITH or from outside, and goes round.
                throw new UndecidedException("a recursive WITH stands beside a table with guarded columns, and what it would show of them cannot be decided");
            }

            if (common.Child("ctequery") is { } inner)
            {
                Analyse(inner, scope);
            }
        }

        foreach (var entry in query.List("rtable"))
        {
            if (entry.Signed("rtekind") == Subquery && entry.Child("subquery") is { } inner)
            {
                Analyse(inner, scope);
            }

            foreach (var field in (string[])["functions", "tablefunc", "values_lists", "tablesample"])
            {
                Forbid(entry.Fields.GetValueOrDefault(field), scope);
            }
        }

        foreach (var field in (string[])["jointree", "havingQual", "windowClause", "limitOffset", "limitCount", "returningList", "onConflict", "mergeActionList"])
        {
            Forbid(query.Fields.GetValueOrDefault(field), scope);
        }

        var arms = Arms(query.Child("setOperations")).ToArray();
        var result = new List<ColumnRule>();
        foreach (var entry in query.List("targetList"))
        {
            var rule = ColumnRule.None;
            if (arms.Length > 0)
            {
                rule = JoinArms(query, scope, arms, result.Count);
            }
            else if (entry.Child("expr") is { Name: "VAR" } variable)
            {
                rule = RuleOf(variable, scope);
            }
            else
            {
                Forbid(entry.Child("expr"), scope);
            }

            if (rule != ColumnRule.None && (entry.Flag("resjunk") || entry.Signed("ressortgroupref") != 0))
            {
                throw Undecided(entry.Word("resname") ?? "it");
            }

            if (!entry.Flag("resjunk"))
            {
                result.Add(rule);
            }
        }

        outputs[query] = result;
        return result;
    }

    // The arms of a UNION are subqueries of the same query, column by column.
    private ColumnRule JoinArms(Node query, Scope scope, (int Index, bool All)[] arms, int column)
    {
        var worst = ColumnRule.None;
        foreach (var (index, all) in arms)
        {
            var entry = query.List("rtable").ElementAt(index - 1);
            var rules = entry.Child("subquery") is { } inner ? Analyse(inner, scope) : [];
            var rule = column < rules.Count ? rules[column] : ColumnRule.None;
            if (rule != ColumnRule.None && !all)
            {
                throw Undecided($"column {column + 1}");
            }

            worst = rule > worst ? rule : worst;
        }

        return worst;
    }

    private static IEnumerable<(int Index, bool All)> Arms(Node? operation, bool all = true)
    {
        if (operation is null)
        {
            yield break;
        }

        if (operation.Name == "RANGETBLREF")
        {
            yield return (operation.Signed("rtindex"), all);
            yield break;
        }

        var every = all && operation.Flag("all");
        foreach (var arm in Arms(operation.Child("larg"), every).Concat(Arms(operation.Child("rarg"), every)))
        {
            yield return arm;
        }
    }

    /// <summary>Throws where a guarded column is used anywhere below.</summary>
    private void Forbid(object? value, Scope scope)
    {
        switch (value)
        {
            case List<object?> list:
                foreach (var item in list)
                {
                    Forbid(item, scope);
                }

                break;

            case Node { Name: "VAR" } variable when RuleOf(variable, scope) != ColumnRule.None:
                throw Undecided(NameOf(variable, scope));

            case Node { Name: "SUBLINK" } link:
                Forbid(link.Fields.GetValueOrDefault("testexpr"), scope);
                if (link.Child("subselect") is { } inner && Analyse(inner, scope).Any(rule => rule != ColumnRule.None) && link.Signed("subLinkType") != ExistsSubLink)
                {
                    throw Undecided("it");
                }

                break;

            case Node { Name: "QUERY" } query:
                if (Analyse(query, scope).Any(rule => rule != ColumnRule.None))
                {
                    throw Undecided("it");
                }

                break;

            case Node node:
                foreach (var field in node.Fields.Values)
                {
                    Forbid(field, scope);
                }

                break;
        }
    }

    private ColumnRule RuleOf(Node variable, Scope scope)
    {
        var at = scope;
        for (var up = variable.Signed("varlevelsup"); up > 0; up--)
        {
            at = at.Outer ?? throw new UndecidedException("a column could not be followed to its table");
        }

        var entry = at.Query.List("rtable").ElementAtOrDefault(variable.Signed("varno") - 1)
            ?? throw new UndecidedException("a column could not be followed to its table");
        var column = variable.Signed("varattno");
        switch (entry.Signed("rtekind"))
        {
            case Relation:
                return !guarded.TryGetValue(entry.Number("relid"), out var table) ? ColumnRule.None
                    : column == 0 ? throw Undecided("the whole row of " + table.Name)
                    : table.Rules.GetValueOrDefault(column);

            case Subquery when entry.Child("subquery") is { } inner:
                return Pick(Analyse(inner, at), column);

            case Join:
                var columns = entry.Fields.GetValueOrDefault("joinaliasvars") as List<object?> ?? [];
                if (column == 0)
                {
                    Forbid(columns, at);
                    return ColumnRule.None;
                }

                if (columns.ElementAtOrDefault(column - 1) is Node { Name: "VAR" } alias)
                {
                    return RuleOf(alias, at);
                }

                Forbid(columns.ElementAtOrDefault(column - 1), at);
                return ColumnRule.None;

            case CommonTable:
                var owner = at;
                for (var up = entry.Signed("ctelevelsup"); up > 0; up--)
                {
                    owner = owner.Outer ?? throw new UndecidedException("a WITH could not be followed");
                }

                var common = owner.Query.List("cteList").FirstOrDefault(cte => cte.Word("ctename") == entry.Word("ctename"))
                    ?? throw new UndecidedException("a WITH could not be followed");
                return common.Child("ctequery") is { } query ? Pick(Analyse(query, owner), column) : throw new UndecidedException("a WITH could not be followed");

            case Group:
                // From PostgreSQL 18 on, columns of a grouped query pass through the list of what it groups by.
                Forbid((entry.Fields.GetValueOrDefault("groupexprs") as List<object?>)?.ElementAtOrDefault(column - 1), at);
                return ColumnRule.None;

            case Function or TableFunction or Values or Result:
                // Made of expressions, in which guarded columns are forbidden.
                return ColumnRule.None;

            default:
                throw new UndecidedException("a column could not be followed to its table");
        }
    }

    private static ColumnRule Pick(IReadOnlyList<ColumnRule> rules, int column) =>
        column > 0 ? rules.ElementAtOrDefault(column - 1)
        : column == 0 && rules.Any(rule => rule != ColumnRule.None) ? throw Undecided("the whole row")
        : ColumnRule.None;

    private string NameOf(Node variable, Scope scope)
    {
        var entry = scope.Query.List("rtable").ElementAtOrDefault(variable.Signed("varno") - 1);
        return variable.Signed("varlevelsup") == 0 && entry is not null && guarded.TryGetValue(entry.Number("relid"), out var table)
            ? $"{table.Name}.{table.Columns.GetValueOrDefault(variable.Signed("varattno"), "it")}"
            : "it";
    }

    private static UndecidedException Undecided(string what) =>
        new($"the operator guards a column, and {(what == "it" ? "it" : what)} is used in an expression, a condition, an order or a whole row; select it plainly or leave it out");

    private sealed record Scope(Node Query, Scope? Outer);
}

/// <summary>A table with guarded columns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rules">The rule of a column, by its number; only of guarded ones.</param>
/// <param name="Columns">The name of a column, by its number.</param>
internal sealed record GuardedTable(string Name, IReadOnlyDictionary<int, ColumnRule> Rules, IReadOnlyDictionary<int, string> Columns);

/// <summary>What a statement would show of a guarded column cannot be decided.</summary>
internal sealed class UndecidedException(string message) : Exception(message);
