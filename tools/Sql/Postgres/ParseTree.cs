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

    // SubLinkType of primnodes.h.
    private const int ArraySubLink = 6;
    private const uint FirstNormalOid = 16384;

    public required IReadOnlyList<Node> Queries { get; init; }

    /// <summary>Functions that it calls, by oid.</summary>
    public required IReadOnlySet<uint> Functions { get; init; }

    /// <summary>Operators that it uses, by oid.</summary>
    public required IReadOnlySet<uint> Operators { get; init; }

    /// <summary>Types of somebody's making that values are turned into, by oid; the checks of domains in them run with it.</summary>
    public required IReadOnlySet<uint> Types { get; init; }

    /// <summary>Whether it updates or deletes without a condition.</summary>
    public required bool EveryRow { get; init; }

    /// <summary>Whether a subquery is gathered into an array, and with it all its rows into one value.</summary>
    public required bool GathersRows { get; init; }

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
        var types = new HashSet<uint>();
        var gathers = false;
        var everyRow = false;
        var found = StatementClass.Read;
        var utility = false;
        foreach (var node in roots.SelectMany(root => root.All()))
        {
            Collect(node, functions, operators);
            if (node.Name is "RTE" or "RANGETBLENTRY" && node.Number("relid") is var relation and not 0)
            {
                reads.Add(relation);
            }

            CollectTypes(node, types);
            gathers |= node.Name == "SUBLINK" && node.Signed("subLinkType") is ArraySubLink;
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

            everyRow |= command is UpdateCommand or DeleteCommand && node.Child("jointree")?.Fields.GetValueOrDefault("quals") is null;
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
            Types = types,
            EveryRow = everyRow,
            GathersRows = gathers,
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

    // Wherever a value is made from text or from another type: by a cast, from a constant or a placeholder, by a function that
    // fills a row. Columns that are only read are not among them.
    private static void CollectTypes(Node node, HashSet<uint> types)
    {
        foreach (var field in (ReadOnlySpan<string>)["resulttype", "consttype", "funcresulttype", "paramtype"])
        {
            Add(node.Number(field));
        }

        foreach (var type in node.Numbers("funccoltypes").Concat(node.Name == "TABLEFUNC" ? node.Numbers("coltypes") : []))
        {
            Add((uint)type);
        }

        void Add(uint type)
        {
            if (type >= FirstNormalOid)
            {
                types.Add(type);
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
