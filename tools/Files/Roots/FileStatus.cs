namespace Agent.Tools.Files.Roots;

/// <summary>What a name stands for.</summary>
internal enum EntryKind
{
    /// <summary>Not told by the listing; a status tells.</summary>
    Unknown,
    File,
    Folder,
    Link,

    /// <summary>A device, a FIFO or a socket: never opened.</summary>
    Special,
}

/// <summary>A name in a folder.</summary>
internal readonly record struct Entry(string Name, EntryKind Kind);

/// <summary>What the file system says of one inode. Times are nanoseconds since 1970.</summary>
internal readonly record struct FileStatus
{
    public required EntryKind Kind { get; init; }

    public required long Size { get; init; }

    public required long ModifiedNs { get; init; }

    /// <summary>Changes with content, mode and links, and no program can set it back.</summary>
    public long ChangedNs { get; init; }

    public ulong Inode { get; init; }

    public ulong Device { get; init; }

    /// <summary>The permission bits.</summary>
    public uint Mode { get; init; }

    /// <summary>How many names the file has.</summary>
    public uint Links { get; init; }

    public uint Owner { get; init; }

    public uint Group { get; init; }

    public DateTimeOffset Modified => DateTimeOffset.UnixEpoch.AddTicks(ModifiedNs / 100);

    /// <summary>Whether both describe the same content of the same file, as far as a status can tell.</summary>
    public bool SameVersion(in FileStatus other) =>
        Inode == other.Inode && Device == other.Device && Size == other.Size && ModifiedNs == other.ModifiedNs && ChangedNs == other.ChangedNs;
}
