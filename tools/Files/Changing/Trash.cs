using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>What lies in the trash.</summary>
/// <param name="Root">The full path of the root it was in.</param>
/// <param name="Path">Its path from there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Deleted">When it was deleted or replaced.</param>
/// <param name="Replaced">True for what a file held before it was written anew; false for what was deleted.</param>
internal sealed record TrashInfo(string Root, string Path, EntryKind Kind, DateTimeOffset Deleted, bool Replaced = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrashInfo))]
internal sealed partial class TrashJson : JsonSerializerContext;

/// <summary>
/// Where deleted files, and what files held before they were rewritten, go: <c>trash/ID</c> in the state folder, with <c>info.json</c> and the file itself as <c>item</c>. What is
/// too old or too much goes for good (<see cref="TrashSweep"/>).
/// </summary>
internal sealed class Trash(string stateFolder, TrashSweep sweep, TimeProvider time)
{
    private const string Item = "item";

    /// <summary>The note beside each item; without it nothing can be restored.</summary>
    public const string Info = "info.json";

    private const string IdTime = "yyyyMMdd-HHmmss";

    /// <summary>Completes when what had to go by now is gone.</summary>
    public Task Swept => sweep.Running;

    private string Home { get; } = HomeOf(stateFolder);

    /// <summary>The trash of a state folder.</summary>
    public static string HomeOf(string stateFolder) => System.IO.Path.Combine(stateFolder, "trash");

    /// <summary>When something came into the trash; null where the name is no id of ours.</summary>
    public static DateTimeOffset? TimeOf(string id) =>
        id.Length > IdTime.Length
        && DateTimeOffset.TryParseExact(id.AsSpan(0, IdTime.Length), IdTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var put)
            ? put
            : null;

    /// <summary>Moves a file, a link or a folder with all it holds to the trash.</summary>
    /// <returns>The id to restore it by.</returns>
    public string Put(Folder folder, RootPath place, EntryKind kind, CancellationToken cancellationToken)
    {
        var (id, home) = Begin(place, kind, replaced: false);
        using var target = LinuxFolder.OpenRoot(home);
        Transfer.Move(folder, place.Name, target, Item, kind, cancellationToken);
        target.Sync();
        folder.Sync();
        sweep.Request();
        return id;
    }

    /// <summary>Keeps what a file held before it is written anew.</summary>
    /// <returns>The id to restore it by.</returns>
    public string Keep(RootPath place, FileContent old)
    {
        var (id, home) = Begin(place, EntryKind.File, replaced: true);
        using var target = LinuxFolder.OpenRoot(home);
        using var file = target.CreateFile(Item);
        RandomAccess.Write(file, old.Bytes, 0);
        target.CopyAttributes(file, old.Status);
        RandomAccess.FlushToDisk(file);
        target.Sync();
        sweep.Request();
        return id;
    }

    /// <summary>What a kept file holds.</summary>
    public FileContent Open(string id, TrashInfo info, CancellationToken cancellationToken)
    {
        using var source = LinuxFolder.OpenRoot(System.IO.Path.Combine(Home, id));
        return FileContent.Read(source, Item, info.Path, cancellationToken);
    }

    /// <summary>Takes an entry out of the trash for good.</summary>
    public void Remove(string id) => Directory.Delete(System.IO.Path.Combine(Home, id), recursive: true);

    /// <summary>What lies under an id.</summary>
    /// <exception cref="ToolException">Nothing does.</exception>
    public TrashInfo Get(string id)
    {
        if (id.Length == 0 || id.Any(c => !char.IsAsciiHexDigitLower(c) && c != '-') || Read(id) is not { } info)
        {
            throw new ToolException("Nothing in the trash has that trash_id; restore_file with the path alone restores what was deleted last from there.");
        }

        return info;
    }

    /// <summary>The id of what was deleted last from a place; null where nothing was.</summary>
    public string? FindLast(RootPath place) => !Directory.Exists(Home)
        ? null
        : Directory.EnumerateDirectories(Home)
            .Select(System.IO.Path.GetFileName)
            .OrderByDescending(id => id, StringComparer.Ordinal)
            .FirstOrDefault(id => Read(id!) is { Replaced: false } info && info.Path == place.Relative && info.Root == place.Root.FullPath);

    /// <summary>Puts what lies under an id at a place where nothing is.</summary>
    public void Restore(string id, TrashInfo info, Folder folder, string name, CancellationToken cancellationToken)
    {
        var home = System.IO.Path.Combine(Home, id);
        using (var source = LinuxFolder.OpenRoot(home))
        {
            Transfer.Move(source, Item, folder, name, info.Kind, cancellationToken);
        }

        folder.Sync();
        Remove(id);
    }

    private (string Id, string Home) Begin(RootPath place, EntryKind kind, bool replaced)
    {
        var now = time.GetUtcNow();
        var id = now.ToString(IdTime, CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        var home = System.IO.Path.Combine(Home, id);
        PrivateFolder.Create(home);
        using var stream = new FileStream(System.IO.Path.Combine(home, Info), PrivateFolder.NewFile);
        JsonSerializer.Serialize(stream, new TrashInfo(place.Root.FullPath, place.Relative, kind, now, replaced), TrashJson.Default.TrashInfo);
        stream.Flush(flushToDisk: true);
        return (id, home);
    }

    private TrashInfo? Read(string id)
    {
        try
        {
            var home = System.IO.Path.Combine(Home, id);
            using var stream = File.OpenRead(System.IO.Path.Combine(home, Info));

            // A crash can leave the note of something that was never moved.
            return Path.Exists(System.IO.Path.Combine(home, Item)) || new FileInfo(System.IO.Path.Combine(home, Item)).LinkTarget is not null
                ? JsonSerializer.Deserialize(stream, TrashJson.Default.TrashInfo)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
