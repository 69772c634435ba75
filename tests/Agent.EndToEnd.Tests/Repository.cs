namespace Agent.EndToEnd.Tests;

/// <summary>Where things are in the checkout that is being tested.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string AgentLibrary { get; } = Path.Combine(
        Root, "src", "Agent.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "agent.dll");

    public static string Chinook { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", "chinook", "Chinook_Sqlite.sqlite"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run inside a checkout.");
    }
}

/// <summary>A test that needs the shared Chinook database: skipped where it is not there, failed in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChinookFactAttribute : FactAttribute
{
    public ChinookFactAttribute()
    {
        if (!File.Exists(Repository.Chinook) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "The Chinook database is not beside the checkout (../shared/data/chinook).";
        }
    }
}
