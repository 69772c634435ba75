using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>The clauses of one SELECT, as they are written, without those of subqueries.</summary>
internal sealed partial record SelectParts
{
    private static readonly string[] Clauses = ["FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"];

    /// <summary>Whether equal rows are shown once.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>What is shown.</summary>
    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>The tables with their joins.</summary>
    public required string From { get; init; }

    /// <summary>The conditions; empty for none, as are all that follow.</summary>
    public string Where { get; init; } = string.Empty;

    public IReadOnlyList<string> Groups { get; init; } = [];

    public string Having { get; init; } = string.Empty;

    public IReadOnlyList<string> Orders { get; init; } = [];

    public string Limit { get; init; } = string.Empty;

    /// <summary>Whether everything that is shown is computed over rows.</summary>
    public bool OnlyComputes => Items.All(static i => AggregatePattern().IsMatch(i));

    /// <summary>Reads a statement.</summary>
    /// <returns>Its clauses; null where it is not one plain SELECT.</returns>
    public static SelectParts? Read(string statement)
    {
        var start = SelectPattern().Match(statement);
        if (!start.Success)
        {
            return null;
        }

        var texts = new string[Clauses.Length + 1];
        var (clause, from, depth) = (0, start.Length, 0);
        for (var i = start.Length; i <= statement.Length; i++)
        {
            if (i == statement.Length)
            {
                texts[clause] = statement[from..].Trim();
                break;
            }

            if (statement[i] is '\'' or '"')
            {
                i = Math.Max(i, statement.IndexOf(statement[i], i + 1));
            }
            else if (statement[i] is '(' or ')')
            {
                depth += statement[i] == '(' ? 1 : -1;
            }
            else if (depth == 0 && (i == 0 || !IsName(statement[i - 1])))
            {
                if (SetPattern().IsMatch(statement.AsSpan(i)))
                {
                    return null;
                }

                var next = Array.FindIndex(Clauses, c => statement.AsSpan(i).StartsWith(c, StringComparison.OrdinalIgnoreCase) && (i + c.Length == statement.Length || !IsName(statement[i + c.Length])));
                if (next >= clause && next >= 0)
                {
                    texts[clause] = statement[from..i].Trim();
                    clause = next + 1;
                    from = i + Clauses[next].Length;
                }
            }
        }

        return string.IsNullOrEmpty(texts[1]) ? null : new SelectParts
        {
            IsDistinct = start.Groups["distinct"].Success,
            Items = Split(texts[0]),
            From = texts[1],
            Where = texts[2] ?? string.Empty,
            Groups = Split(texts[3]),
            Having = texts[4] ?? string.Empty,
            Orders = Split(texts[5]),
            Limit = texts[6] ?? string.Empty,
        };
    }

    /// <summary>The statement.</summary>
    public override string ToString()
    {
        var statement = new StringBuilder(IsDistinct ? "SELECT DISTINCT " : "SELECT ").AppendJoin(", ", Items);
        foreach (var (word, text) in Clauses.Zip((string[])[From, Where, string.Join(", ", Groups), Having, string.Join(", ", Orders), Limit]))
        {
            if (text.Length > 0)
            {
                statement.Append(' ').Append(word).Append(' ').Append(text);
            }
        }

        return statement.ToString();
    }

    /// <summary>The parts between the commas that stand in no parentheses and no text.</summary>
    private static List<string> Split(string? text)
    {
        var parts = new List<string>();
        var (from, depth) = (0, 0);
        for (var i = 0; i < (text?.Length ?? 0); i++)
        {
            switch (text![i])
            {
                case '\'' or '"':
                    i = Math.Max(i, text.IndexOf(text[i], i + 1));
                    break;
                case '(' or ')':
                    depth += text[i] == '(' ? 1 : -1;
                    break;
                case ',' when depth == 0:
                    parts.Add(text[from..i].Trim());
                    from = i + 1;
                    break;
            }
        }

        if (text?.Length > from)
        {
            parts.Add(text[from..].Trim());
        }

        return parts;
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"';

    [GeneratedRegex(@"^\s*SELECT\s+(?<distinct>DISTINCT\s+)?", RegexOptions.IgnoreCase)]
    private static partial Regex SelectPattern();

    [GeneratedRegex(@"^(?:UNION|INTERSECT|EXCEPT)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SetPattern();

    [GeneratedRegex(@"^(?:COUNT|SUM|AVG|MIN|MAX)\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex AggregatePattern();
}
