using System.Collections.Concurrent;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Reading;

/// <summary>
/// The hashes of the files that were read through this server, so that a change made without <c>expected_hash</c> is still refused when
/// the file is not the one that was read.
/// </summary>
internal sealed class SeenFiles
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(Root, string), string> hashes = new();

    public void Remember(RootPath place, string hash)
    {
        if (hashes.Count > Most)
        {
            hashes.Clear();
        }

        hashes[(place.Root, place.Relative)] = hash;
    }

    public void Forget(RootPath place) => hashes.TryRemove((place.Root, place.Relative), out _);

    /// <summary>Refuses a change where the file is not the one that was read.</summary>
    public void Check(RootPath place, string? expected, string hash)
    {
        if (expected is not null && !Same(expected, hash))
        {
            throw new ToolException($"'{FileName.Show(place.Shown)}' has changed since it was read (its hash is {hash}); read it again and redo the change.");
        }

        if (expected is null && hashes.TryGetValue((place.Root, place.Relative), out var seen) && seen != hash)
        {
            throw new ToolException($"'{FileName.Show(place.Shown)}' has changed since it was read; read it again and redo the change.");
        }
    }

    private static bool Same(string expected, string hash) =>
        string.Equals(expected.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? expected : "sha256:" + expected, hash, StringComparison.OrdinalIgnoreCase);
}
