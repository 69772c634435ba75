namespace Agent.Tools.Web.OpenApi;

/// <summary>Brings the bytes of a file of a document.</summary>
/// <param name="location">Which file.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>Its bytes.</returns>
/// <exception cref="SpecFormatException">It may not be read or cannot be; the message says why.</exception>
internal delegate ValueTask<ReadOnlyMemory<byte>> SpecSource(Uri location, CancellationToken cancellationToken);

/// <summary>Loads a document with the files it refers to, and reads it.</summary>
internal static class SpecLoader
{
    private const int MostFiles = 500;
    private const long MostBytes = 128L << 20;

    /// <summary>Loads and reads a document.</summary>
    /// <param name="location">Its first file.</param>
    /// <param name="source">Brings files; decides which may be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="SpecFormatException">It yields nothing at all.</exception>
    public static async ValueTask<ApiDescription> LoadAsync(Uri location, SpecSource source, CancellationToken cancellationToken)
    {
        var files = new Dictionary<Uri, SpecFile>();
        var problems = new List<string>();
        var bytes = await source(location, cancellationToken);
        long total = bytes.Length;
        var open = new Queue<Uri>();
        var first = Add(location, bytes);
        while (open.TryDequeue(out var next))
        {
            if (files.ContainsKey(next))
            {
                continue;
            }

            if (files.Count == MostFiles || total > MostBytes)
            {
                problems.Add("The document refers to more files than are read; the rest is missing.");
                break;
            }

            try
            {
                var content = await source(next, cancellationToken);
                total += content.Length;
                Add(next, content);
            }
            catch (SpecFormatException e)
            {
                problems.Add($"{Name(next)}, which the document refers to, was left out: {e.Message}.");
            }
        }

        return ApiReader.Read(first, problems);

        SpecFile Add(Uri at, ReadOnlyMemory<byte> content)
        {
            var (root, outward) = SpecText.Parse(content);
            foreach (var target in outward.Select(reference => SpecFile.Target(at, reference)).OfType<Uri>().Where(target => target != at))
            {
                open.Enqueue(target);
            }

            return files[at] = new SpecFile(at, root, files);
        }
    }

    private static string Name(Uri location) => location.IsFile ? Path.GetFileName(location.LocalPath) : location.GetLeftPart(UriPartial.Path);
}
