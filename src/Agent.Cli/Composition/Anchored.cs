namespace Agent.Cli.Composition;

/// <summary>What names a database or an API, with its path in full, so that it means the same from every working folder.</summary>
internal static class Anchored
{
    private const string Sqlite = "sqlite:";

    /// <summary><c>sqlite:PATH</c> with the path in full; any other connection as it is.</summary>
    public static string Database(string value, string folder) =>
        value.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase) ? Sqlite + Path.GetFullPath(value[Sqlite.Length..], folder) : value;

    /// <summary>A file with its path in full; an address as it is.</summary>
    public static string Api(string value, string folder) =>
        value.Contains("://", StringComparison.Ordinal) ? value : Path.GetFullPath(value, folder);
}
