using System.Globalization;
using System.Text;

namespace Agent.Tools.Sql.Statements;

/// <summary>
/// Takes a statement apart as SQLite and PostgreSQL do: nested comments, dollar quotes, <c>E''</c> and <c>U&amp;""</c> escapes,
/// names in <c>""</c>, <c>``</c> and <c>[]</c>. It serves messages and the class of statements that an engine does not analyse;
/// what a reading statement may do is decided by the engine.
/// </summary>
internal static class SqlTokenizer
{
    public static List<SqlToken> Read(string sql, bool postgres)
    {
        var tokens = new List<SqlToken>();
        var i = 0;
        while (i < sql.Length)
        {
            var c = sql[i];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' || (!postgres && c == '\uFEFF'))
            {
                // Only these: to both engines every other blank of Unicode is part of a name.
                i++;
            }
            else if (c == '-' && Peek(sql, i + 1) == '-')
            {
                // A carriage return ends a comment in PostgreSQL, so that a statement may stand where a reader sees none.
                i = (postgres ? sql.AsSpan(i).IndexOfAny('\n', '\r') : sql.AsSpan(i).IndexOf('\n')) is var end and >= 0 ? i + end + 1 : sql.Length;
            }
            else if (c == '/' && Peek(sql, i + 1) == '*')
            {
                i = SkipComment(sql, i, nested: postgres);
            }
            else
            {
                var token = ReadToken(sql, i, postgres);
                tokens.Add(token);
                i = token.End;
            }
        }

        return tokens;
    }

    /// <summary>
    /// Cuts a script at the semicolons that stand outside of everything. Each piece goes to the engine as one statement, so a wrong
    /// cut is a syntax error and never two statements in one.
    /// </summary>
    public static IReadOnlyList<string> Split(string sql, bool postgres)
    {
        var statements = new List<string>();
        var start = 0;
        var empty = true;
        var depth = 0;
        foreach (var token in Read(sql, postgres))
        {
            // The bodies of triggers and of SQL-standard functions hold statements of their own.
            if (!empty && (token.IsWord("BEGIN") || (depth > 0 && token.IsWord("CASE"))))
            {
                depth++;
            }
            else if (depth > 0 && token.IsWord("END"))
            {
                depth--;
            }

            if (!token.IsSymbol(';') || depth > 0)
            {
                empty = false;
                continue;
            }

            if (!empty)
            {
                statements.Add(sql[start..token.Start].Trim());
            }

            (start, empty) = (token.End, true);
        }

        if (!empty)
        {
            statements.Add(sql[start..].Trim());
        }

        return statements;
    }

    /// <summary>The first words of a statement, in capitals, for example <c>CREATE</c>, <c>TABLE</c>.</summary>
    public static string[] LeadingWords(IReadOnlyList<SqlToken> tokens, int count) =>
        [.. tokens.SkipWhile(token => token.IsSymbol('(')).TakeWhile(token => token.Kind == SqlTokenKind.Word).Take(count).Select(token => token.Value.ToUpperInvariant())];

    /// <summary>Whether a statement that SQLite has prepared updates or deletes without a condition of its own.</summary>
    public static bool ChangesEveryRow(IReadOnlyList<SqlToken> tokens)
    {
        var depth = 0;
        var changes = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += tokens[i].IsSymbol('(') ? 1 : tokens[i].IsSymbol(')') ? -1 : 0;
            if (depth > 0)
            {
                continue;
            }

            if (tokens[i].IsWord("INSERT") || tokens[i].IsWord("REPLACE") || (changes && tokens[i].IsWord("WHERE")))
            {
                return false;
            }

            changes |= tokens[i].IsWord("UPDATE") || tokens[i].IsWord("DELETE");
        }

        return changes;
    }

    private static SqlToken ReadToken(string sql, int start, bool postgres)
    {
        var c = sql[start];
        if (c == '\'')
        {
            return ReadQuoted(sql, start, start, '\'', SqlTokenKind.Text);
        }

        if (c is '"' || (!postgres && c == '`'))
        {
            return ReadQuoted(sql, start, start, c, SqlTokenKind.QuotedName);
        }

        if (c == '[' && !postgres)
        {
            var close = sql.IndexOf(']', start);
            var end = close < 0 ? sql.Length : close + 1;
            return new SqlToken(SqlTokenKind.QuotedName, sql[(start + 1)..(close < 0 ? end : close)], start, end);
        }

        if (postgres && ReadPrefixed(sql, start) is { } prefixed)
        {
            return prefixed;
        }

        if (c == '$')
        {
            return ReadDollar(sql, start, postgres);
        }

        if (IsNameStart(c))
        {
            var end = start + 1;
            while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end]) || sql[end] == '$'))
            {
                end++;
            }

            return new SqlToken(SqlTokenKind.Word, sql[start..end], start, end);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(sql, start + 1))))
        {
            var end = start + 1;
            while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '.' or '_'
                || (sql[end] is '+' or '-' && sql[end - 1] is 'e' or 'E')))
            {
                end++;
            }

            return new SqlToken(SqlTokenKind.Number, sql[start..end], start, end);
        }

        if (c is '?' or ':' or '@' && !postgres)
        {
            var end = start + 1;
            while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end])))
            {
                end++;
            }

            return end > start + 1 || c == '?'
                ? new SqlToken(SqlTokenKind.Parameter, sql[start..end], start, end)
                : new SqlToken(SqlTokenKind.Symbol, c.ToString(), start, end);
        }

        return new SqlToken(SqlTokenKind.Symbol, c.ToString(), start, start + 1);
    }

    // E'...' has backslash escapes, U&'...' and U&"..." have \XXXX; B, X and N strings are plain.
    private static SqlToken? ReadPrefixed(string sql, int start)
    {
        var c = char.ToUpperInvariant(sql[start]);
        if (c == 'E' && Peek(sql, start + 1) == '\'')
        {
            var i = start + 2;
            while (i < sql.Length && (sql[i] != '\'' || Peek(sql, i + 1) == '\''))
            {
                i += sql[i] == '\\' || sql[i] == '\'' ? 2 : 1;
            }

            var end = Math.Min(i + 1, sql.Length);
            return new SqlToken(SqlTokenKind.Text, sql[Math.Min(start + 2, end)..Math.Min(i, sql.Length)], start, end);
        }

        if (c is 'B' or 'X' or 'N' && Peek(sql, start + 1) == '\'')
        {
            return ReadQuoted(sql, start, start + 1, '\'', SqlTokenKind.Text);
        }

        if (c == 'U' && Peek(sql, start + 1) == '&' && Peek(sql, start + 2) is '"' or '\'')
        {
            var quoted = ReadQuoted(sql, start, start + 2, sql[start + 2], sql[start + 2] == '"' ? SqlTokenKind.QuotedName : SqlTokenKind.Text);
            return quoted with { Value = DecodeUnicode(quoted.Value) };
        }

        return null;
    }

    private static string DecodeUnicode(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\')
            {
                text.Append(value[i]);
                continue;
            }

            var long6 = Peek(value, i + 1) == '+';
            var (at, length) = long6 ? (i + 2, 6) : (i + 1, 4);
            if (at + length <= value.Length
                && int.TryParse(value.AsSpan(at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && Rune.TryCreate(code, out var rune))
            {
                text.Append(rune.ToString());
                i = at + length - 1;
            }
            else
            {
                text.Append(value[i]);
            }
        }

        return text.ToString();
    }

    private static SqlToken ReadDollar(string sql, int start, bool postgres)
    {
        var end = start + 1;
        while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end])))
        {
            end++;
        }

        if (postgres && Peek(sql, end) == '$' && (end == start + 1 || !char.IsAsciiDigit(sql[start + 1])))
        {
            var tag = sql[start..(end + 1)];
            var close = sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
            return close < 0
                ? new SqlToken(SqlTokenKind.Text, sql[(end + 1)..], start, sql.Length)
                : new SqlToken(SqlTokenKind.Text, sql[(end + 1)..close], start, close + tag.Length);
        }

        return end > start + 1
            ? new SqlToken(SqlTokenKind.Parameter, sql[start..end], start, end)
            : new SqlToken(SqlTokenKind.Symbol, "$", start, end);
    }

    private static SqlToken ReadQuoted(string sql, int start, int open, char quote, SqlTokenKind kind)
    {
        var value = new StringBuilder();
        var i = open + 1;
        while (i < sql.Length)
        {
            if (sql[i] == quote)
            {
                if (Peek(sql, i + 1) != quote)
                {
                    return new SqlToken(kind, value.ToString(), start, i + 1);
                }

                i++;
            }

            value.Append(sql[i++]);
        }

        return new SqlToken(kind, value.ToString(), start, sql.Length);
    }

    private static int SkipComment(string sql, int start, bool nested)
    {
        var depth = 1;
        var i = start + 2;
        while (i < sql.Length && depth > 0)
        {
            if (sql[i] == '*' && Peek(sql, i + 1) == '/')
            {
                depth--;
                i += 2;
            }
            else if (nested && sql[i] == '/' && Peek(sql, i + 1) == '*')
            {
                depth++;
                i += 2;
            }
            else
            {
                i++;
            }
        }

        return i;
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_' || c >= '\u0080';

    private static char Peek(string sql, int at) => at < sql.Length ? sql[at] : '\0';
}
