namespace Agent.Governance.Policy;

/// <summary>
/// The tables and views that a statement names: what stands behind FROM (each of a list), JOIN, USING, INTO, UPDATE, TABLE, VIEW and
/// RENAME TO. It would rather name too many than miss one, because labels and denials hang on them.
/// </summary>
internal static class SqlTables
{
    /// <summary>Words between such a keyword and the name.</summary>
    private static readonly HashSet<string> Between = new(StringComparer.OrdinalIgnoreCase)
    {
        "if", "not", "exists", "only", "lateral", "or", "replace", "ignore", "abort", "fail", "rollback", "temp", "temporary", "unlogged", "concurrently",
    };

    /// <summary>Words that end a list behind FROM.</summary>
    private static readonly HashSet<string> Ends = new(StringComparer.OrdinalIgnoreCase)
    {
        "where", "group", "order", "having", "limit", "offset", "fetch", "union", "intersect", "except", "window", "returning", "set", "values", "select", "for", "on", "do",
    };

    public static void Collect(IReadOnlyList<string> words, ISet<string> tables)
    {
        // One entry for each open bracket: whether a list of tables is being read there.
        var lists = new Stack<bool>([false]);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i].ToUpperInvariant();
            switch (word)
            {
                case "(":
                    // A bracket in a list of tables may hold tables: FROM (a, b).
                    lists.Push(lists.Peek());
                    if (lists.Peek())
                    {
                        i = Name(words, i + 1, tables);
                    }

                    break;
                case ")":
                    if (lists.Count > 1)
                    {
                        lists.Pop();
                    }

                    break;
                case "," when lists.Peek():
                    i = Name(words, i + 1, tables);
                    break;
                case "FROM" or "USING":
                    Begin(true);
                    i = Name(words, i + 1, tables);
                    break;
                case "JOIN" or "INTO" or "UPDATE" or "TABLE" or "VIEW":
                    i = Name(words, i + 1, tables);
                    break;
                case "TO" when i > 0 && words[i - 1].Equals("rename", StringComparison.OrdinalIgnoreCase):
                    i = Name(words, i + 1, tables);
                    break;
                default:
                    if (Ends.Contains(word))
                    {
                        Begin(false);
                    }

                    break;
            }
        }

        void Begin(bool list)
        {
            lists.Pop();
            lists.Push(list);
        }
    }

    /// <summary>Takes the name that begins at a word, without the schemas before it.</summary>
    /// <returns>The last word that was taken.</returns>
    private static int Name(IReadOnlyList<string> words, int at, ISet<string> tables)
    {
        while (at < words.Count && Between.Contains(words[at]))
        {
            at++;
        }

        if (at >= words.Count || !IsName(words[at]) || words[at].Equals("select", StringComparison.OrdinalIgnoreCase))
        {
            return at - 1;
        }

        while (at + 2 < words.Count && words[at + 1] == "." && IsName(words[at + 2]))
        {
            at += 2;
        }

        tables.Add(words[at].Trim('"', '`', '[', ']'));
        return at;
    }

    private static bool IsName(string word) => word.Length > 0 && (char.IsLetter(word[0]) || word[0] is '_' or '"' or '`' or '[');
}
