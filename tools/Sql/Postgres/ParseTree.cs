using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What a parse tree says of a statement.</summary>
internal sealed class ParseTree
{
    // CmdType of nodes.h; MERGE came in 15 and moved UTILITY.
    private const int SelectCommand = 1;
    private const int UpdateCommand = 2;
    private const int InsertCommand = 3;
    private const int DeleteCommand = 4;
    private const int MergeOrUtility = 5;

    public required IReadOnlyList<Node> Queries { get; init; }

    /// <summary>Functions that it calls, by oid.</summary>
    public required IReadOnlySet<uint> Functions { get; init; }

    /// <summary>Operators that it uses, by oid.</summary>
    public required IReadOnlySet<uint> Operators { get; init; }

    /// <summary>Domains that it casts to, by oid; their checks run with it.</summary>
    public required IReadOnlySet<uint> Domains { get; init; }

    /// <summary>Tables and views, by oid.</summary>
    public required IReadOnlySet<uint> Reads { get; init; }

    /// <summary>Tables that it changes, by oid.</summary>
    public required IReadOnlySet<uint> Writes { get; init; }

    /// <summary>What it does; null where the engine has not analysed it (a utility statement).</summary>
    public required StatementClass? Class { get; init; }

    /// <exception cref="FormatException">It is no parse tree.</exception>
    public static ParseTree Read(string text)
    {
        var value = NodeTreeReader.Read(text);
        var roots = value switch
        {
            Node node => [node],
            List<object?> list => Flatten(list).ToList(),
            _ => throw new FormatException("no node tree"),
        };
        var functions = new HashSet<uint>();
        var operators = new HashSet<uint>();
        var reads = new HashSet<uint>();
        var writes = new HashSet<uint>();
        var domains = new HashSet<uint>();
        var found = StatementClass.Read;
        var utility = false;
        foreach (var node in roots.SelectMany(root => root.All()))
        {
            Collect(node, functions, operators);
            if (node.Name is "RTE" or "RANGETBLENTRY" && node.Number("relid") is var relation and not 0)
            {
                reads.Add(relation);
            }

            if (node.Name == "COERCETODOMAIN")
            {
                domains.Add(node.Number("resulttype"));
            }

            if (node.Name != "QUERY")
            {
                continue;
            }

            var command = node.Signed("commandType");
            var target = node.Signed("resultRelation");
            if (target > 0 && node.List("rtable").ElementAtOrDefault(target - 1)?.Number("relid") is { } written and not 0)
            {
                writes.Add(written);
            }

            if (command is UpdateCommand or InsertCommand or DeleteCommand || (command == MergeOrUtility && target > 0) || node.List("rowMarks").Any())
            {
                found = StatementClass.Write;
            }
            else if (command != SelectCommand)
            {
                utility = true;
            }
        }

        return new ParseTree
        {
            Queries = [.. roots.Where(root => root.Name == "QUERY")],
            Functions = functions,
            Operators = operators,
            Domains = domains,
            Reads = reads,
            Writes = writes,
            Class = utility || roots.Count == 0 ? null : found,
        };
    }

    private static IEnumerable<Node> Flatten(List<object?> list)
    {
        foreach (var item in list)
        {
            switch (item)
            {
                case Node node:
                    yield return node;
                    break;
                case List<object?> inner:
                    foreach (var node in Flatten(inner))
                    {
                        yield return node;
                    }

                    break;
            }
        }
    }

    private static void Collect(Node node, HashSet<uint> functions, HashSet<uint> operators)
    {
        foreach (var field in (ReadOnlySpan<string>)["funcid", "aggfnoid", "winfnoid", "opfuncid", "hashfuncid", "tsmhandler"])
        {
            if (node.Number(field) is var oid and not 0)
            {
                functions.Add(oid);
            }
        }

        if (node.Number("opno") is var symbol and not 0)
        {
            operators.Add(symbol);
        }

        foreach (var one in node.Name == "ROWCOMPAREEXPR" ? node.Numbers("opnos") : [])
        {
            operators.Add((uint)one);
        }
    }
}
