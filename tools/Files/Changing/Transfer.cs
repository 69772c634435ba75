using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Changing;

/// <summary>Moves things between opened folders: by renaming, or between file systems by copying all before anything is removed.</summary>
internal static class Transfer
{
    public static void Move(Folder from, string name, Folder to, string newName, EntryKind kind, CancellationToken cancellationToken)
    {
        try
        {
            from.Rename(name, to, newName, replace: false);
        }
        catch (FileProblem e) when (e.Kind == FileProblemKind.OtherDevice)
        {
            try
            {
                Copy(from, name, to, newName, kind, cancellationToken);
            }
            catch
            {
                TryRemove(to, newName, kind);
                throw;
            }

            Remove(from, name, kind);
        }
    }

    private static void Copy(Folder from, string name, Folder to, string newName, EntryKind kind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (kind)
        {
            case EntryKind.Link:
                to.MakeLink(newName, from.ReadLink(name));
                break;
            case EntryKind.Folder:
                to.MakeFolder(newName);
                using (var source = from.OpenFolder(name))
                using (var target = to.OpenFolder(newName))
                {
                    var entries = new List<Entry>();
                    source.List(entries);
                    foreach (var entry in entries)
                    {
                        Copy(source, entry.Name, target, entry.Name, entry.Kind, cancellationToken);
                    }

                    target.Sync();
                }

                break;
            default:
                CopyFile(from, name, to, newName, cancellationToken);
                break;
        }
    }

    private static void CopyFile(Folder from, string name, Folder to, string newName, CancellationToken cancellationToken)
    {
        using var source = from.OpenFile(name, out var status);
        using var target = to.CreateFile(newName);
        var buffer = new byte[128 * 1024];
        long at = 0;
        for (int read; (read = RandomAccess.Read(source, buffer, at)) > 0; at += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(target, buffer.AsSpan(0, read), at);
        }

        to.CopyAttributes(target, status);
        RandomAccess.FlushToDisk(target);
    }

    private static void Remove(Folder folder, string name, EntryKind kind)
    {
        if (kind == EntryKind.Folder)
        {
            using var inner = folder.OpenFolder(name);
            var entries = new List<Entry>();
            inner.List(entries);
            foreach (var entry in entries)
            {
                Remove(inner, entry.Name, entry.Kind);
            }
        }

        folder.Remove(name, kind == EntryKind.Folder);
    }

    private static void TryRemove(Folder folder, string name, EntryKind kind)
    {
        try
        {
            Remove(folder, name, kind);
        }
        catch (FileProblem)
        {
            // The first error is the one to be told.
        }
    }
}
