namespace Agent.Governance.Policy;

/// <summary>What an SQL text does, from best to worst.</summary>
internal enum SqlClass
{
    /// <summary>Only reads.</summary>
    Read,

    /// <summary>Changes rows.</summary>
    Write,

    /// <summary>Changes or removes tables, or rows without a condition; or something this reader does not know.</summary>
    Destructive,

    /// <summary>Changes tables, views, indexes or functions, as the engine says; a rule for what is destructive covers it too.</summary>
    Schema,

    /// <summary>
    /// Changes the server, its users or sessions, or what a statement must not reach, as the engine says; or what could not be
    /// learned. A rule for what is destructive covers it too.
    /// </summary>
    Administration,
}

/// <summary>
/// What an SQL text does and which tables it names: as the engine says, where the server can be asked (<c>EngineStatements</c>);
/// else read from its words alone. That is no parser of a dialect: what it does not know counts as
/// <see cref="SqlClass.Destructive"/>, and the server behind it refuses writes on its own.
/// </summary>
/// <param name="Class">What it does.</param>
/// <param name="Tables">The tables it names.</param>
/// <param name="IsKnown">Whether each statement begins with a word of SQL; a misspelt one is the engine's to refuse, in its words.</param>
internal sealed record SqlStatement(SqlClass Class, IReadOnlyList<string> Tables, bool IsKnown = true)
{
    private static readonly HashSet<string> Readers = new(StringComparer.OrdinalIgnoreCase) { "select", "with", "values", "explain", "show", "describe", "desc", "table", "pragma" };
    private static readonly HashSet<string> Writers = new(StringComparer.OrdinalIgnoreCase) { "insert", "update", "delete", "merge", "replace", "upsert" };
    private static readonly HashSet<string> Changers = new(StringComparer.OrdinalIgnoreCase)
    {
        "alter", "analyze", "attach", "call", "checkpoint", "close", "cluster", "comment", "copy", "create", "deallocate", "declare", "detach", "discard", "do", "drop",
        "execute", "fetch", "grant", "import", "listen", "load", "lock", "move", "notify", "prepare", "reassign", "refresh", "reindex", "reset", "revoke", "security",
        "set", "truncate", "unlisten", "vacuum",
    };

    private static readonly HashSet<string> Control = new(StringComparer.OrdinalIgnoreCase) { "begin", "commit", "rollback", "savepoint", "release", "start", "end" };

    private static readonly System.Buffers.SearchValues<char> TagCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

    /// <summary>Whether the engine said so.</summary>
    public bool ByEngine { get; init; }

    /// <summary>Whether the engine was to say so and did not.</summary>
    public bool IsUnlearned { get; init; }

    public static SqlStatement Parse(string text)
    {
        var tables = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var worst = SqlClass.Read;
        var any = false;
        var known = true;
        var current = new List<string>();
        foreach (var token in Tokens(text).Append(";"))
        {
            if (token != ";")
            {
                current.Add(token);
                continue;
            }

            if (current.Count > 0)
            {
                any = true;
                known &= Readers.Contains(current[0]) || Writers.Contains(current[0]) || Control.Contains(current[0]) || Changers.Contains(current[0]);
                worst = (SqlClass)Math.Max((int)worst, (int)Classify(current, tables));
                current.Clear();
            }
        }

        return new SqlStatement(any ? worst : SqlClass.Destructive, [.. tables], known);
    }

    private static SqlClass Classify(List<string> words, SortedSet<string> tables)
    {
        SqlTables.Collect(words, tables);

        // A write may hide behind WITH or EXPLAIN ANALYZE: the worst word anywhere decides.
        var first = words[0];
        var writes = words.Exists(Writers.Contains) && !(first.Equals("select", StringComparison.OrdinalIgnoreCase) && !words.Exists(w => w.ToUpperInvariant() is "INTO"));
        if (Readers.Contains(first))
        {
            var assigns = first.Equals("pragma", StringComparison.OrdinalIgnoreCase) && words.Contains("=");
            var selectInto = first.Equals("select", StringComparison.OrdinalIgnoreCase) && words.Exists(w => w.Equals("into", StringComparison.OrdinalIgnoreCase));
            return assigns || selectInto ? SqlClass.Destructive : writes ? Unconditional(words) : SqlClass.Read;
        }

        return Writers.Contains(first) ? Unconditional(words) : Control.Contains(first) ? SqlClass.Write : SqlClass.Destructive;
    }

    private static SqlClass Unconditional(List<string> words)
    {
        var changesAll = words.Exists(w => w.ToUpperInvariant() is "UPDATE" or "DELETE") && !words.Exists(w => w.Equals("where", StringComparison.OrdinalIgnoreCase))
            && !words.Exists(w => w.Equals("insert", StringComparison.OrdinalIgnoreCase));
        return changesAll ? SqlClass.Destructive : SqlClass.Write;
    }

    /// <summary>Words, quoted names and single signs, without comments and the inside of string literals.</summary>
    private static IEnumerable<string> Tokens(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c == '-' && i + 1 < text.Length && text[i + 1] == '-')
            {
                i = text.IndexOf('\n', i) is var end && end < 0 ? text.Length : end + 1;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                i = text.IndexOf("*/", i + 2, StringComparison.Ordinal) is var end && end < 0 ? text.Length : end + 2;
            }
            else if (c == '\'')
            {
                i = Close(text, i, '\'');
                yield return "'";
            }
            else if (c is '"' or '`' or '[')
            {
                var end = Close(text, i, c == '[' ? ']' : c);
                yield return text[i..end];
                i = end;
            }
            else if (c == '$' && Dollar(text, i) is { } after)
            {
                i = after;
                yield return "'";
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var end = i + 1;
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '$'))
                {
                    end++;
                }

                yield return text[i..end];
                i = end;
            }
            else
            {
                i++;
                if (!char.IsWhiteSpace(c))
                {
                    yield return c.ToString();
                }
            }
        }
    }

    private static int Close(string text, int open, char quote)
    {
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                if (i + 1 < text.Length && text[i + 1] == quote)
                {
                    i++;
                    continue;
                }

                return i + 1;
            }
        }

        return text.Length;
    }

    /// <summary>The end of a dollar-quoted string of PostgreSQL; null where none begins here.</summary>
    private static int? Dollar(string text, int start)
    {
        var tag = text.IndexOf('$', start + 1);
        if (tag < 0 || text.AsSpan(start + 1, tag - start - 1).ContainsAnyExcept(TagCharacters))
        {
            return null;
        }

        var mark = text[start..(tag + 1)];
        var end = text.IndexOf(mark, tag + 1, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + mark.Length;
    }
}
