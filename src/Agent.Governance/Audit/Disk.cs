using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Audit;

/// <summary>The few writes that the log's crash safety rests on, in one place so that tests can fail or kill at each.</summary>
internal partial class Disk
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether data is forced to the disk; only a benchmark switches it off.</summary>
    public bool Durable { get; init; } = true;

    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public virtual void Flush(SafeFileHandle file)
    {
        if (Durable)
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    public virtual void Truncate(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public virtual void FlushFolder(string path)
    {
        if (Durable && !OperatingSystem.IsWindows())
        {
            SyncFolder(path);
        }
    }

    /// <summary>Replaces a file so that after a crash it is either the old or the new one: temporary file, fsync, rename, fsync of the folder.</summary>
    public void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".tmp";
        using (var file = Open(temporary, FileMode.Create))
        {
            Write(file, bytes, 0);
            Flush(file);
        }

        Rename(temporary, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public static SafeFileHandle Open(string path, FileMode mode)
    {
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsWindows() && mode is not FileMode.Open)
        {
            File.SetUnixFileMode(file, Private);
        }

        return file;
    }

    public static void CreatePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        }
    }

    private static void SyncFolder(string path)
    {
        // .NET opens no folders, and a rename is only durable once its folder is.
        var descriptor = NativeOpen(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open the folder {path} to flush it (error {Marshal.GetLastPInvokeError()}).");
        }

        var failed = NativeFsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = NativeClose(descriptor);
        if (failed)
        {
            throw new IOException($"Cannot flush the folder {path} (error {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeFsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeClose(int descriptor);
}
