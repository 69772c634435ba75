namespace Agent.Tools.Sql.Tests;

/// <summary>Files that tests work on.</summary>
internal static class TestData
{
    private static readonly string Chinook = Find();

    public static bool HasChinook => Directory.Exists(Chinook);

    public static bool IsCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    public static string ChinookSqlite => Path.Combine(Chinook, "Chinook_Sqlite.sqlite");

    public static string ChinookPostgres => Path.Combine(Chinook, "Chinook_PostgreSql.sql");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", "chinook"));
            }
        }

        return "/none";
    }
}
