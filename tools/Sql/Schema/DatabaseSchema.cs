namespace Agent.Tools.Sql.Schema;

/// <summary>A column.</summary>
internal sealed record ColumnInfo(string Name, string Type, bool Nullable)
{
    public string? Default { get; init; }

    public string? Comment { get; init; }

    /// <summary>Whether a rule masks its values.</summary>
    public bool Masked { get; init; }
}

/// <summary>A reference to the key of another table.</summary>
internal sealed record ForeignKey(IReadOnlyList<string> Columns, string TargetTable, IReadOnlyList<string> TargetColumns);

/// <summary>An index.</summary>
internal sealed record IndexInfo(string Name, IReadOnlyList<string> Columns, bool Unique);

/// <summary>A table or view.</summary>
internal sealed record TableInfo(string Name, string Kind, IReadOnlyList<ColumnInfo> Columns)
{
    /// <summary>Its schema; null where the engine has none, or it is the default one.</summary>
    public string? Schema { get; init; }

    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    public IReadOnlyList<ForeignKey> ForeignKeys { get; init; } = [];

    public IReadOnlyList<IndexInfo> Indexes { get; init; } = [];

    /// <summary>About how many rows it has; null where that is not known cheaply.</summary>
    public long? Rows { get; init; }

    public string? Comment { get; init; }

    /// <summary>The name as statements write it: with the schema where that is not the default one.</summary>
    public string FullName => Schema is null ? Name : $"{Schema}.{Name}";

    public bool IsNamed(string name) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(FullName, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The tables and views of a database, by name.</summary>
internal sealed record DatabaseSchema(IReadOnlyList<TableInfo> Tables)
{
    public TableInfo? Find(string name) =>
        Tables.FirstOrDefault(table => string.Equals(table.FullName, name, StringComparison.OrdinalIgnoreCase))
        ?? Tables.FirstOrDefault(table => table.IsNamed(name));
}
