using System.Text;

namespace Agent.Tools.Sql.Schema;

/// <summary>Draws tables for a model: every word counts.</summary>
internal static class SchemaText
{
    /// <summary>A table's name, with the number of its columns.</summary>
    public static void Name(StringBuilder text, TableInfo table)
    {
        text.Append(table.FullName).Append('(').Append(table.Columns.Count).Append(')');
        AppendRows(text, table);
        text.Append('\n');
    }

    /// <summary>One line for a table: name, rows, columns, keys.</summary>
    public static void Compact(StringBuilder text, TableInfo table)
    {
        text.Append(table.FullName);
        if (table.Kind != "table")
        {
            text.Append(' ').Append(table.Kind);
        }

        text.Append('(');
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = table.Columns[i];
            text.Append(i == 0 ? string.Empty : ", ").Append(column.Name);
            if (table.PrimaryKey.Contains(column.Name))
            {
                text.Append(" PK");
            }

            if (Reference(table, column.Name) is { } target)
            {
                text.Append(" → ").Append(target);
            }
        }

        text.Append(')');
        AppendRows(text, table);
        text.Append('\n');
    }

    /// <summary>A table with a line for each column.</summary>
    public static void Full(StringBuilder text, TableInfo table)
    {
        text.Append(table.Kind).Append(' ').Append(table.FullName);
        AppendRows(text, table);
        if (table.Comment is { } about)
        {
            text.Append(" -- ").Append(about.ReplaceLineEndings(" "));
        }

        text.Append('\n');
        foreach (var column in table.Columns)
        {
            text.Append("  ").Append(column.Name).Append(' ').Append(column.Type);
            if (table.PrimaryKey.Contains(column.Name))
            {
                text.Append(" PK");
            }
            else if (!column.Nullable)
            {
                text.Append(" not null");
            }

            if (column.Default is { } value)
            {
                text.Append(" default ").Append(value);
            }

            if (Reference(table, column.Name) is { } target)
            {
                text.Append(" → ").Append(target);
            }

            if (column.Masked)
            {
                text.Append(" (masked)");
            }

            if (column.Comment is { } comment)
            {
                text.Append(" -- ").Append(comment.ReplaceLineEndings(" "));
            }

            text.Append('\n');
        }

        foreach (var key in table.ForeignKeys.Where(key => key.Columns.Count > 1))
        {
            text.Append($"  foreign key ({string.Join(", ", key.Columns)}) → {key.TargetTable}({string.Join(", ", key.TargetColumns)})\n");
        }

        foreach (var index in table.Indexes)
        {
            text.Append($"  {(index.Unique ? "unique index" : "index")} {index.Name} ({string.Join(", ", index.Columns)})\n");
        }
    }

    /// <summary>What a column refers to, by a key of its own.</summary>
    public static string? Reference(TableInfo table, string column) =>
        table.ForeignKeys.FirstOrDefault(key => key.Columns.Count == 1 && key.Columns[0] == column) is { } found
            ? found.TargetColumns.Count > 0 ? $"{found.TargetTable}.{found.TargetColumns[0]}" : found.TargetTable
            : null;

    private static void AppendRows(StringBuilder text, TableInfo table)
    {
        if (table.Rows is { } rows)
        {
            text.Append(" ~").Append(rows).Append(" rows");
        }
    }
}
