using System.Runtime.InteropServices;
using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Indexing;

/// <summary>
/// Knows what changed in a tree since it was watched. The kernel queues a change before the program that made it goes on, so what is read from
/// the queue now tells every change made until now; no waiting for a notification is needed.
/// </summary>
internal sealed unsafe class TreeWatch : IDisposable
{
    private const uint Modify = 0x2;
    private const uint Attributes = 0x4;
    private const uint CloseWrite = 0x8;
    private const uint MovedFrom = 0x40;
    private const uint MovedTo = 0x80;
    private const uint Create = 0x100;
    private const uint Delete = 0x200;
    private const uint Overflow = 0x4000;
    private const uint OnlyFolders = 0x01000000;
    private const uint DoNotFollow = 0x02000000;
    private const uint IsFolder = 0x40000000;
    private const uint Mask = Modify | Attributes | CloseWrite | MovedFrom | MovedTo | Create | Delete | OnlyFolders | DoNotFollow;

    private readonly Lock gate = new();
    private readonly Dictionary<int, string> folders = [];
    private readonly HashSet<string> changedFiles = new(StringComparer.Ordinal);
    private readonly HashSet<string> newTrees = new(StringComparer.Ordinal);
    private readonly byte[] buffer = new byte[64 * 1024];
    private int handle;

    public TreeWatch()
    {
        handle = Libc.WatchInit(Libc.NonBlocking | Libc.CloseOnExec);
        IsLost = handle < 0;
    }

    /// <summary>Whether changes may have been missed: too many at once, or more folders than the kernel watches.</summary>
    public bool IsLost { get; private set; }

    /// <summary>How many changes are remembered.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return changedFiles.Count + (50 * newTrees.Count);
            }
        }
    }

    /// <summary>Watches a folder, before it is listed.</summary>
    /// <param name="parent">The folder that holds it, or the folder itself where <paramref name="name"/> is empty.</param>
    /// <param name="name">Its name.</param>
    /// <param name="path">Its path from the root.</param>
    public void Add(Folder parent, string name, string path)
    {
        var place = $"/proc/self/fd/{((LinuxFolder)parent).Descriptor}/{(name.Length == 0 ? "." : name)}";
        var bytes = new byte[(place.Length * 3) + 1];
        FileName.Encode(place, bytes);
        fixed (byte* start = bytes)
        {
            lock (gate)
            {
                if (handle < 0)
                {
                    return;
                }

                var watch = Libc.WatchAdd(handle, start, Mask);
                if (watch >= 0)
                {
                    folders[watch] = path;
                }
                else if (Marshal.GetLastPInvokeError() == Libc.NoEntry)
                {
                    // Gone already; its parent's queue says so.
                    newTrees.Add(path);
                }
                else
                {
                    IsLost = true;
                }
            }
        }
    }

    /// <summary>What changed since the watch began: files, and folders that are new with all they hold.</summary>
    /// <returns>False where changes may have been missed.</returns>
    public bool TryRead(List<string> files, List<string> trees)
    {
        lock (gate)
        {
            Drain();
            files.AddRange(changedFiles);
            trees.AddRange(newTrees);
            return !IsLost;
        }
    }

    /// <summary>Empties the kernel's queue into our memory, so that it does not overflow.</summary>
    public void Drain()
    {
        lock (gate)
        {
            fixed (byte* start = buffer)
            {
                while (handle >= 0)
                {
                    var read = Libc.Read(handle, start, (nuint)buffer.Length);
                    if (read <= 0)
                    {
                        if (read < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
                        {
                            continue;
                        }

                        return;
                    }

                    // struct inotify_event: watch 4, mask 4, cookie 4, length 4, name.
                    for (nint at = 0; at < read;)
                    {
                        var record = start + at;
                        var length = *(uint*)(record + 12);
                        Note(*(int*)record, *(uint*)(record + 4), length == 0 ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(record + 16));
                        at += 16 + (nint)length;
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (handle >= 0)
            {
                _ = Libc.Close(handle);
                handle = -1;
            }

            IsLost = true;
        }
    }

    private void Note(int watch, uint mask, ReadOnlySpan<byte> name)
    {
        if ((mask & Overflow) != 0)
        {
            IsLost = true;
            return;
        }

        if (name.IsEmpty || !folders.TryGetValue(watch, out var folder) || (mask & (Delete | MovedFrom)) != 0)
        {
            // What is gone is found to be gone when it is opened.
            return;
        }

        var path = folder.Length == 0 ? FileName.Decode(name) : $"{folder}/{FileName.Decode(name)}";
        if ((mask & IsFolder) == 0)
        {
            changedFiles.Add(path);
        }
        else if ((mask & (Create | MovedTo | Attributes)) != 0)
        {
            newTrees.Add(path);
        }
    }
}
