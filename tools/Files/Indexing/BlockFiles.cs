using System.Numerics;

namespace Agent.Tools.Files.Indexing;

/// <summary>Which files have text in which blocks, in as little memory as that takes: it is kept as long as the index.</summary>
internal sealed class BlockFiles
{
    private readonly string[] paths;

    // The files of block i are files[starts[i]..starts[i + 1]], as places in paths.
    private readonly int[] starts;
    private readonly int[] files;

    public BlockFiles(IndexCatalog catalog)
    {
        paths = [.. catalog.Files.Select(file => file.Path)];
        starts = new int[(catalog.Segments.Count * IndexFile.SegmentBlocks) + 1];
        foreach (var block in catalog.Files.SelectMany(BlocksOf))
        {
            starts[block + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        files = new int[starts[^1]];
        var next = starts.AsSpan(0, starts.Length - 1).ToArray();
        for (var file = 0; file < paths.Length; file++)
        {
            foreach (var block in BlocksOf(catalog.Files[file]))
            {
                files[next[block]++] = file;
            }
        }
    }

    /// <summary>The paths of the files in some blocks, in path order, each once.</summary>
    /// <param name="blocks">A bit for each block.</param>
    /// <param name="but">Paths that are left out.</param>
    public List<string> FilesOf(uint[] blocks, HashSet<string> but)
    {
        var found = new ulong[(paths.Length + 63) / 64];
        for (var word = 0; word < blocks.Length; word++)
        {
            for (var bits = blocks[word]; bits != 0; bits &= bits - 1)
            {
                var block = (word * IndexFile.GroupBlocks) + BitOperations.TrailingZeroCount(bits);
                foreach (var file in files.AsSpan(starts[block]..starts[block + 1]))
                {
                    found[file / 64] |= 1UL << (file % 64);
                }
            }
        }

        var result = new List<string>();
        for (var word = 0; word < found.Length; word++)
        {
            for (var bits = found[word]; bits != 0; bits &= bits - 1)
            {
                var path = paths[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                if (!but.Contains(path))
                {
                    result.Add(path);
                }
            }
        }

        return result;
    }

    private static IEnumerable<int> BlocksOf(IndexedFile file) =>
        file.Blocks is null ? [] : file.Blocks.SelectMany(run => Enumerable.Range(run.First, run.Count));
}
