using System.Globalization;
using System.Text;

namespace Agent.Models.Offline.Answers;

/// <summary>Writes results for people.</summary>
internal static class Markdown
{
    /// <summary>Rows beyond this are counted, not shown.</summary>
    public const int MostRows = 100;

    public static string Table(ResultTable table)
    {
        var text = new StringBuilder();
        Line(text, table.Columns);
        Line(text, table.Columns.Select(static _ => "---"));
        foreach (var row in table.Rows.Take(MostRows))
        {
            Line(text, row.Select(static c => c ?? "(none)"));
        }

        if (table.Rows.Count > MostRows || table.IsCut)
        {
            var total = table.Total ?? (table.IsCut ? null : table.Rows.Count);
            var shown = Math.Min(MostRows, table.Rows.Count);
            text.Append(total is { } all && all > shown
                ? string.Create(CultureInfo.InvariantCulture, $"\n{shown} of {all} rows are shown.\n")
                : string.Create(CultureInfo.InvariantCulture, $"\nOnly the first {shown} rows are shown; there are more.\n"));
        }

        return text.ToString();
    }

    /// <summary>The values alone, a line for each row: what is written to a file.</summary>
    public static string Plain(ResultTable table) =>
        table.Columns.Count <= 1 || table.Rows.Count <= 1
            ? string.Join('\n', table.Rows.Select(static r => string.Join(' ', r.Select(static c => c ?? string.Empty))))
            : Table(table).TrimEnd();

    public static string Source(string database, string statement) =>
        $"Source: database {(database.Length > 0 ? $"`{database}`" : string.Empty)}\n\n```sql\n{statement}\n```";

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(static c => c.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
}
