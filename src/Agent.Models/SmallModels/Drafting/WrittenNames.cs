using System.Text.RegularExpressions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>Finds the tables and columns of a schema in a statement that was written with their names.</summary>
/// <param name="schema">The schema.</param>
/// <param name="sql">Names in the database's dialect.</param>
internal sealed partial class WrittenNames(Schema schema, SqlText sql)
{
    /// <summary>Every table's name as a part of a pattern, the longest first.</summary>
    public string AnyTable { get; } = string.Join('|', schema.Tables.Select(sql.Table).OrderByDescending(static n => n.Length).Select(Regex.Escape));

    /// <summary>The table that a text is the name of; null where it is more, or something else.</summary>
    public Table? Table(string text) => schema.Tables.FirstOrDefault(t => string.Equals(sql.Table(t), text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The column that a text is the name of, with its table; null where it is more, or something else.</summary>
    public Column? Column(string text) => schema.Columns.FirstOrDefault(c => string.Equals(sql.Column(c), text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The tables of a FROM clause.</summary>
    public IReadOnlySet<Table> Tables(string from) =>
        Regex.Matches(from, $@"(?<![\w.""])(?:{AnyTable})(?![\w.""])", RegexOptions.IgnoreCase).Select(m => Table(m.Value)).OfType<Table>().Concat(Used(from)).ToHashSet();

    /// <summary>The tables whose columns are used in a text.</summary>
    public IEnumerable<Table> Used(string text) =>
        Regex.Matches(WithoutTexts(text), $@"(?<![\w.""])(?<table>{AnyTable})\.", RegexOptions.IgnoreCase).Select(m => Table(m.Groups["table"].Value)).OfType<Table>().Distinct();

    /// <summary>Whether a table's name stands in a text.</summary>
    public bool Holds(string text, Table table) => HoldsWord(text, sql.Table(table));

    /// <summary>Whether a column's name stands in a text, with its table or without.</summary>
    public bool Holds(string text, Column column) => HoldsWord(text, sql.Name(column.Name));

    /// <summary>Whether a word stands in a text, and not as a part of another.</summary>
    public static bool HoldsWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !IsName(text[at - 1])) && (at + word.Length == text.Length || !IsName(text[at + word.Length])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A statement with its texts left empty: what stands in them names nothing.</summary>
    public static string WithoutTexts(string statement) => LiteralPattern().Replace(statement, "''");

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex LiteralPattern();
}
