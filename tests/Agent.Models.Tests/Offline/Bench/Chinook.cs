namespace Agent.Models.Tests.Offline.Bench;

/// <summary>The Chinook sample database, which lies beside the repository.</summary>
internal static class Chinook
{
    public static string? Path { get; } = Find();

    /// <summary>Why a test that needs it is skipped; null where it is not: it is there, or this is CI, where the test then fails.</summary>
    public static string? Skip => Path is null && Environment.GetEnvironmentVariable("CI") is not "true" ? "../shared/data/chinook is missing" : null;

    public static SqliteTools Open() =>
        new SqliteTools().AddFile("chinook", Path ?? throw new FileNotFoundException("../shared/data/chinook/Chinook_Sqlite.sqlite is missing"));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = System.IO.Path.Combine(folder.FullName, "..", "shared", "data", "chinook", "Chinook_Sqlite.sqlite");
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Agent.sln")))
            {
                return File.Exists(file) ? System.IO.Path.GetFullPath(file) : null;
            }
        }

        return null;
    }
}
