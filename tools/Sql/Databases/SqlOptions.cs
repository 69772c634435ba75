using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Databases;

/// <summary>Where a database is, and the operator's rules for it.</summary>
/// <param name="Connection"><c>sqlite:PATH</c>, <c>postgres:CONNECTION</c> or <c>postgres:env:VARIABLE</c>; never shown.</param>
/// <param name="Rules">Columns that are hidden or masked, and row limits.</param>
internal sealed record DatabaseSource(string Connection, ColumnRules Rules);

/// <summary>How the server was set up.</summary>
internal sealed record SqlOptions
{
    public required IReadOnlyDictionary<string, DatabaseSource> Databases { get; init; }

    /// <summary>Rows of a result unless the call says otherwise.</summary>
    public int DefaultRows { get; init; } = 100;

    /// <summary>Rows of a result at most.</summary>
    public int MaxRows { get; init; } = 50_000;

    /// <summary>Bytes of a result at most.</summary>
    public long MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a statement may take unless the call says otherwise.</summary>
    public TimeSpan DefaultTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may take at most.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the trial of an <c>execute</c> may take.</summary>
    public TimeSpan PreviewTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to one PostgreSQL database for reads at most.</summary>
    public int PoolSize { get; init; } = 8;

    /// <summary>Reads the flags and the section <c>sql</c> of the configuration file.</summary>
    /// <exception cref="ToolException">The section does not fit.</exception>
    public static SqlOptions Read(ServerOptions server)
    {
        SqlSection section;
        try
        {
            section = server.Configuration is { } json ? json.Deserialize(SqlSectionContext.Default.SqlSection) ?? new() : new();
        }
        catch (JsonException e)
        {
            throw new ToolException($"The section 'sql' of the configuration does not fit at {e.Path}: see docs/sql.md.", e);
        }

        var databases = new Dictionary<string, DatabaseSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in section.Databases)
        {
            if (value.Source is { } source)
            {
                databases[name] = new DatabaseSource(source, Rules(name, section));
            }
        }

        foreach (var source in server.Databases)
        {
            databases[source.Name] = new DatabaseSource(source.Value, Rules(source.Name, section));
        }

        var defaults = new SqlOptions { Databases = databases };
        return defaults with
        {
            DefaultRows = Within("rows", section.Rows, defaults.DefaultRows, 1, 1_000_000),
            MaxRows = Within("maxRows", section.MaxRows, defaults.MaxRows, 1, 1_000_000),
            MaxBytes = Within("maxBytes", section.MaxBytes, (int)defaults.MaxBytes, 1024, 256 * 1024 * 1024),
            DefaultTime = TimeSpan.FromSeconds(Within("timeoutSeconds", section.TimeoutSeconds, (int)defaults.DefaultTime.TotalSeconds, 1, 3600)),
            MaxTime = TimeSpan.FromSeconds(Within("maxTimeoutSeconds", section.MaxTimeoutSeconds, (int)defaults.MaxTime.TotalSeconds, 1, 3600)),
            PreviewTime = TimeSpan.FromSeconds(Within("previewSeconds", section.PreviewSeconds, (int)defaults.PreviewTime.TotalSeconds, 1, 3600)),
            PoolSize = Within("poolSize", section.PoolSize, defaults.PoolSize, 1, 100),
        };
    }

    private static ColumnRules Rules(string name, SqlSection section) =>
        section.Databases.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase)).Value is { } rules
            ? new ColumnRules(rules.Hide, rules.Mask, rules.RowLimits)
            : ColumnRules.None;

    private static int Within(string name, int? value, int fallback, int least, int most) =>
        value is null ? fallback
        : value >= least && value <= most ? value.Value
        : throw new ToolException($"The setting sql.{name} must be from {least} to {most}.");
}

/// <summary>The section <c>sql</c> of the configuration file, as it is written. What is left out keeps its default, so nothing here is init-only.</summary>
internal sealed class SqlSection
{
    public Dictionary<string, DatabaseSection> Databases { get; set; } = [];

    public int? Rows { get; set; }

    public int? MaxRows { get; set; }

    public int? MaxBytes { get; set; }

    public int? TimeoutSeconds { get; set; }

    public int? MaxTimeoutSeconds { get; set; }

    public int? PreviewSeconds { get; set; }

    public int? PoolSize { get; set; }
}

/// <summary>One database in the configuration file.</summary>
internal sealed class DatabaseSection
{
    public string? Source { get; set; }

    public IReadOnlyList<string> Hide { get; set; } = [];

    public IReadOnlyList<string> Mask { get; set; } = [];

    public Dictionary<string, int> RowLimits { get; set; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(SqlSection))]
[JsonSerializable(typeof(string))]
internal sealed partial class SqlSectionContext : JsonSerializerContext;
