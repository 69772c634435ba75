using Microsoft.Win32.SafeHandles;

namespace Agent.Tools.Files.Roots;

/// <summary>
/// An opened folder beneath a root. Every operation takes one name in it and never follows a link, so nothing that happens to
/// the path in the meantime can lead elsewhere.
/// </summary>
internal abstract class Folder : IDisposable
{
    private int references = 1;

    /// <summary>The folder's path from its root, <c>/</c> between names; empty for the root itself.</summary>
    public abstract string Path { get; }

    /// <summary>The names in it, without <c>.</c> and <c>..</c>, in no order.</summary>
    public abstract void List(List<Entry> entries);

    /// <summary>What a name stands for; null where there is none.</summary>
    public abstract FileStatus? Status(string name);

    /// <summary>Opens a folder in it.</summary>
    /// <exception cref="FileProblem">It is none, or may not be opened.</exception>
    public abstract Folder OpenFolder(string name);

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="FileProblem">It is none, or may not be opened.</exception>
    public abstract SafeFileHandle OpenFile(string name, out FileStatus status);

    /// <summary>Opens a regular file for one quick pass; negative where it is none or cannot be opened. Read by <see cref="Read"/>, end by <see cref="Close"/>.</summary>
    public abstract nint OpenForScan(string name, out FileStatus status);

    /// <summary>Reads on; 0 at the end, negative where it cannot be read.</summary>
    public abstract int Read(nint file, Span<byte> buffer);

    /// <summary>Ends a pass.</summary>
    public abstract void Close(nint file);

    /// <summary>Creates a file that is not there, for writing.</summary>
    public abstract SafeFileHandle CreateFile(string name);

    /// <summary>Gives an opened file mode and owner of another, as far as the system allows it.</summary>
    public abstract void CopyAttributes(SafeFileHandle file, in FileStatus from);

    /// <summary>Renames; fails where the new name is taken unless <paramref name="replace"/>.</summary>
    public abstract void Rename(string name, Folder target, string newName, bool replace);

    /// <summary>Removes a file, a link or an empty folder.</summary>
    public abstract void Remove(string name, bool folder);

    /// <summary>Makes a folder.</summary>
    public abstract void MakeFolder(string name);

    /// <summary>Where a link points.</summary>
    public abstract string ReadLink(string name);

    /// <summary>Makes a link; used only to restore one.</summary>
    public abstract void MakeLink(string name, string target);

    /// <summary>Makes renames in it last.</summary>
    public abstract void Sync();

    /// <summary>The folder for one user more; each ends with <see cref="Dispose"/>.</summary>
    public Folder Share()
    {
        Interlocked.Increment(ref references);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            CloseFolder();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract void CloseFolder();
}

/// <summary>Why something in a folder could not be done.</summary>
internal enum FileProblemKind
{
    Missing,
    Exists,
    Denied,
    Link,
    NotAFolder,
    IsAFolder,
    Special,
    NotEmpty,
    OtherDevice,
    Full,
    Other,
}

/// <summary>Something in a folder could not be done.</summary>
internal sealed class FileProblem(FileProblemKind kind, string message) : IOException(message)
{
    public FileProblemKind Kind { get; } = kind;
}
