using System.Text;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Tools;

/// <summary>Draws what an <c>execute</c> would change, for the screen of the person who is asked.</summary>
internal static class PreviewText
{
    private const int MaxCell = 40;

    public static string Render(
        string database,
        DatabaseSchema schema,
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements,
        ExecutePreview preview)
    {
        var text = new StringBuilder();
        for (var i = 0; i < preview.Outcomes.Count; i++)
        {
            var outcome = preview.Outcomes[i];
            text.Append($"{outcome.Facts.ClassName} statement in {database}: {outcome.Facts.Verb}");
            if (outcome.Facts.Writes.Count > 0)
            {
                text.Append(' ').AppendJoin(", ", outcome.Facts.Writes);
            }

            var emptied = outcome.Facts.Verb is "TRUNCATE" or "DROP";
            text.AppendLine(outcome.RowsAffected is { } rows && !emptied ? $", {rows} {(rows == 1 ? "row" : "rows")} would change" : string.Empty);
            foreach (var table in emptied ? outcome.Facts.Writes.Select(schema.Find).OfType<TableInfo>() : [])
            {
                text.AppendLine($"{table.FullName} holds {(table.Rows is { } held ? $"about {held}" : "an unknown number of")} rows, which would go");
            }
        }

        foreach (var change in preview.Changes)
        {
            Draw(text, change);
        }

        if (preview.Outcomes.Count > 0 && preview.Changes.Count == 0 && preview.Outcomes.All(outcome => outcome.RowsAffected is null or 0 && outcome.Facts.Verb is not ("TRUNCATE" or "DROP")))
        {
            text.AppendLine("No row would change.");
        }

        if (preview.Untried is { } reason)
        {
            text.Append("Not tried in full: ").Append(reason).AppendLine(".");
        }

        text.Append(preview.Outcomes.Count == statements.Count && preview.Outcomes.Count > 0 ? "Tried in a transaction that was rolled back; nothing was changed." : "Nothing was changed.");
        return text.ToString();
    }

    private static void Draw(StringBuilder text, TableChanges change)
    {
        var counts = new[] { (change.Inserted, "new"), (change.Updated, "changed"), (change.Deleted, "deleted") }
            .Where(pair => pair.Item1 > 0)
            .Select(pair => $"{pair.Item1} {pair.Item2}");
        text.AppendLine().Append(change.Table).Append(": ").AppendJoin(", ", counts).AppendLine();
        if (change.Rows.Count == 0)
        {
            return;
        }

        var widths = change.Columns.Select(column => Math.Min(column.Length, MaxCell)).ToArray();
        foreach (var row in change.Rows.SelectMany(row => new[] { row.Before, row.After }).OfType<IReadOnlyList<string?>>())
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], Cell(row[i]).Length);
            }
        }

        Line(text, ' ', change.Columns, widths);
        foreach (var row in change.Rows)
        {
            if (row.Before is { } before)
            {
                Line(text, '-', before, widths);
            }

            if (row.After is { } after)
            {
                Line(text, '+', after, widths);
            }
        }

        var total = change.Inserted + change.Updated + change.Deleted;
        if (total > change.Rows.Count)
        {
            text.AppendLine($"  … {total - change.Rows.Count} more rows of {total}");
        }
    }

    private static void Line(StringBuilder text, char mark, IReadOnlyList<string?> values, int[] widths)
    {
        text.Append(mark).Append(' ');
        for (var i = 0; i < widths.Length; i++)
        {
            text.Append(Cell(values[i]).PadRight(widths[i])).Append(i == widths.Length - 1 ? string.Empty : " | ");
        }

        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }

        text.AppendLine();
    }

    private static string Cell(string? value)
    {
        var flat = value?.ReplaceLineEndings(" ").Replace('\t', ' ') ?? "NULL";
        return flat.Length <= MaxCell ? flat : string.Concat(flat.AsSpan(0, MaxCell - 1), "…");
    }
}
