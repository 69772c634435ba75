namespace Agent.Governance.Tests.Support;

/// <summary>The data beside the repository: skipped visibly where it is missing, a failure in CI.</summary>
internal static class SharedData
{
    public static string? Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                var path = Path.GetFullPath(Path.Combine([folder.FullName, "..", "shared", "data", .. parts]));
                return File.Exists(path) || Directory.Exists(path) ? path : null;
            }
        }

        return null;
    }
}

/// <summary>A test that needs data beside the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(params string[] parts)
    {
        Parts = parts;
        if (SharedData.Find(parts) is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"../shared/data/{string.Join('/', parts)} is missing";
        }
    }

    public string[] Parts { get; }
}
