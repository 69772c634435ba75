namespace Agent.Tools.Files.Roots;

/// <summary>
/// The order of paths in every result: name by name, each by its UTF-16 code units, so that what a folder holds stands together. A cursor is a place
/// in this order, which is why it stays good while files come and go.
/// </summary>
internal sealed class PathOrder : IComparer<string>
{
    public static PathOrder Instance { get; } = new();

    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length - y.Length;
        }

        return Rank(x[common]) - Rank(y[common]);
    }

    /// <summary>Whether a path is the folder or lies in it.</summary>
    public static bool IsWithin(ReadOnlySpan<char> path, ReadOnlySpan<char> folder) =>
        folder.Length == 0 || (path.StartsWith(folder) && (path.Length == folder.Length || path[folder.Length] == '/'));

    int IComparer<string>.Compare(string? x, string? y) => Compare(x, y);

    private static int Rank(char c) => c == '/' ? -1 : c;
}
