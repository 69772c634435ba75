using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>The files of a document on disk: those in its own folder and below, and no others, so that a document cannot read the machine.</summary>
internal sealed class SpecFolder
{
    private const long LargestFile = 128 << 20;

    private readonly Uri _first;
    private readonly string _folder;

    public SpecFolder(Uri first)
    {
        _first = first;
        _folder = Path.TrimEndingDirectorySeparator(Real(Path.GetDirectoryName(first.LocalPath)!)) + Path.DirectorySeparatorChar;
    }

    /// <summary>Reads a file.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Uri location, CancellationToken cancellationToken)
    {
        if (!location.IsFile)
        {
            throw new SpecFormatException("references of a document in a file lead to files only");
        }

        try
        {
            var path = Real(location.LocalPath);
            if (location != _first && (!path.StartsWith(_folder, StringComparison.Ordinal)
                || Path.GetExtension(path).ToLowerInvariant() is not (".json" or ".yaml" or ".yml")))
            {
                throw new SpecFormatException("only .json and .yaml files in the document's own folder and below are read");
            }

            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new SpecFormatException("the file is not there");
            }

            return file.Length <= LargestFile
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new SpecFormatException("the file is too large");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecFormatException("the file cannot be read", e);
        }
    }

    // Where a path really leads, link by link.
    private static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            FileSystemInfo info = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                real = Path.GetFullPath(target.FullName);
            }
        }

        return real;
    }
}
