using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Tools.Files.Roots;

/// <summary>
/// A folder by its descriptor. Folders are opened by openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS in one step, or name
/// by name with O_NOFOLLOW where the kernel has no openat2; files by openat with O_NOFOLLOW and O_NONBLOCK, and looked at only
/// after they are open.
/// </summary>
internal sealed unsafe class LinuxFolder : Folder
{
    private const int FileFlags = Libc.ReadOnly | Libc.CloseOnExec | Libc.NonBlocking | Libc.NoControllingTerminal;
    private const uint BasicStats = 0x7ff;
    private const int MaxName = 4096;

    private static bool hasOpenAt2 = true;

    private readonly int descriptor;
    private readonly ulong rootDevice;

    private LinuxFolder(int descriptor, string path, ulong rootDevice)
    {
        this.descriptor = descriptor;
        this.rootDevice = rootDevice;
        Path = path;
    }

    public override string Path { get; }

    internal int Descriptor => descriptor;

    /// <summary>Its path on this machine without links, as the kernel tells it now.</summary>
    public string RealPath
    {
        get
        {
            var buffer = stackalloc byte[MaxName];
            fixed (byte* link = System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{descriptor}\0"))
            {
                var length = Libc.ReadLink(Libc.AtFdcwd, link, buffer, MaxName);
                return length > 0 ? FileName.Decode(new ReadOnlySpan<byte>(buffer, (int)length)) : throw Problem(Path);
            }
        }
    }

    /// <summary>Opens a root by its full path; links in that path are the operator's business.</summary>
    public static LinuxFolder OpenRoot(string path)
    {
        var buffer = new byte[(path.Length * 3) + 1];
        FileName.Encode(path, buffer);
        fixed (byte* name = buffer)
        {
            var descriptor = Libc.OpenAt(Libc.AtFdcwd, name, Libc.ReadOnly | Libc.FolderOnly | Libc.CloseOnExec, 0);
            if (descriptor < 0)
            {
                throw Problem(path);
            }

            var status = StatusOf(descriptor);
            return new LinuxFolder(descriptor, string.Empty, status.Device);
        }
    }

    /// <summary>Opens a folder by its path from this one; <paramref name="relative"/> has no empty, <c>.</c> or <c>..</c> names.</summary>
    public LinuxFolder OpenPath(string relative)
    {
        if (relative.Length == 0)
        {
            // Not a duplicate, which would share the place in the listing.
            var again = Open(".", Libc.ReadOnly | Libc.FolderOnly | Libc.CloseOnExec);
            if (again < 0)
            {
                throw Problem(relative);
            }

            if (Path.Length == 0 && StatusOf(again).Links == 0)
            {
                _ = Libc.Close(again);
                throw new FileProblem(FileProblemKind.Other, "was removed after the server was started; start it again when the folder is back");
            }

            return new LinuxFolder(again, Path, rootDevice);
        }

        if (hasOpenAt2)
        {
            var length = (relative.Length * 3) + 1;
            var buffer = length <= 1024 ? stackalloc byte[length] : new byte[length];
            FileName.Encode(relative, buffer);
            fixed (byte* path = buffer)
            {
                int opened;
                do
                {
                    // EAGAIN: something above was renamed while the kernel looked; it asks to try again.
                    opened = Libc.OpenBeneath(
                        descriptor,
                        path,
                        Libc.ReadOnly | Libc.FolderOnly | Libc.NoFollow | Libc.CloseOnExec,
                        Libc.ResolveBeneath | Libc.ResolveNoSymlinks | Libc.ResolveNoMagicLinks);
                }
                while (opened < 0 && Marshal.GetLastPInvokeError() is Libc.Interrupted or Libc.TryAgain);

                if (opened >= 0)
                {
                    return Admit(opened, Join(relative));
                }

                if (Marshal.GetLastPInvokeError() != Libc.NotImplemented)
                {
                    throw Problem(relative);
                }

                hasOpenAt2 = false;
            }
        }

        var folder = this;
        foreach (var name in relative.Split('/'))
        {
            var next = (LinuxFolder)folder.OpenFolder(name);
            if (folder != this)
            {
                folder.Dispose();
            }

            folder = next;
        }

        return folder;
    }

    public override Folder OpenFolder(string name)
    {
        var opened = Open(name, Libc.ReadOnly | Libc.FolderOnly | Libc.NoFollow | Libc.CloseOnExec);
        return opened < 0 ? throw Problem(name) : Admit(opened, Join(name));
    }

    public override void List(List<Entry> entries)
    {
        const int size = 32 * 1024;
        var buffer = (byte*)NativeMemory.Alloc(size);
        try
        {
            while (true)
            {
                var read = Libc.GetEntries(descriptor, buffer, size);
                if (read < 0)
                {
                    throw Problem(Path);
                }

                if (read == 0)
                {
                    return;
                }

                // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
                for (nint at = 0; at < read;)
                {
                    var record = buffer + at;
                    at += *(ushort*)(record + 16);
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(record + 19);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        entries.Add(new Entry(FileName.Decode(name), record[18] switch
                        {
                            8 => EntryKind.File,
                            4 => EntryKind.Folder,
                            10 => EntryKind.Link,
                            0 => Status(FileName.Decode(name))?.Kind ?? EntryKind.Unknown,
                            _ => EntryKind.Special,
                        }));
                    }
                }
            }
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    public override FileStatus? Status(string name)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Encode(name, buffer);
        Libc.Statx status;
        fixed (byte* path = buffer)
        {
            if (Libc.Status(descriptor, path, Libc.AtSymlinkNofollow, BasicStats, &status) == 0)
            {
                return Convert(status);
            }
        }

        return Marshal.GetLastPInvokeError() is Libc.NoEntry or Libc.NotAFolder ? null : throw Problem(name);
    }

    public override SafeFileHandle OpenFile(string name, out FileStatus status)
    {
        var opened = Open(name, FileFlags | Libc.NoFollow);
        if (opened < 0)
        {
            throw Problem(name);
        }

        status = StatusOf(opened);
        if (status.Kind != EntryKind.File || !IsOrdinary(opened, status))
        {
            _ = Libc.Close(opened);
            throw new FileProblem(
                status.Kind == EntryKind.Folder ? FileProblemKind.IsAFolder : FileProblemKind.Special,
                status.Kind == EntryKind.Folder ? "is a folder" : "is not a regular file");
        }

        return new SafeFileHandle(opened, ownsHandle: true);
    }

    public override nint OpenForScan(string name, out FileStatus status)
    {
        status = default;
        var opened = Open(name, FileFlags | Libc.NoFollow);
        if (opened < 0)
        {
            return -1;
        }

        // What the listing called a file may be a device by now.
        if (!TryStatus(opened, out status) || status.Kind != EntryKind.File || !IsOrdinary(opened, status))
        {
            _ = Libc.Close(opened);
            return -1;
        }

        return opened;
    }

    public override int Read(nint file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            do
            {
                read = Libc.Read((int)file, start, (nuint)buffer.Length);
            }
            while (read < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            return (int)read;
        }
    }

    public override void Close(nint file) => _ = Libc.Close((int)file);

    public override SafeFileHandle CreateFile(string name)
    {
        var opened = Open(name, Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec, 0x1b6);
        return opened < 0 ? throw Problem(name) : new SafeFileHandle(opened, ownsHandle: true);
    }

    public override void CopyAttributes(SafeFileHandle file, in FileStatus from)
    {
        var target = (int)file.DangerousGetHandle();
        var own = StatusOf(target);
        if (own.Owner != from.Owner || own.Group != from.Group)
        {
            // Without the right to give files away the file stays ours, as with every editor.
            _ = Libc.SetOwner(target, from.Owner, from.Group);
        }

        if (Libc.SetMode(target, from.Mode) < 0)
        {
            throw Problem(Path);
        }
    }

    public override void Rename(string name, Folder target, string newName, bool replace)
    {
        Span<byte> first = stackalloc byte[MaxName];
        Span<byte> second = stackalloc byte[MaxName];
        Encode(name, first);
        Encode(newName, second);
        fixed (byte* from = first, to = second)
        {
            if (Libc.Rename(descriptor, from, ((LinuxFolder)target).descriptor, to, replace ? 0 : Libc.RenameNoReplace) < 0)
            {
                throw Problem(name);
            }
        }
    }

    public override void Remove(string name, bool folder)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Encode(name, buffer);
        fixed (byte* path = buffer)
        {
            if (Libc.Unlink(descriptor, path, folder ? Libc.AtRemovedir : 0) < 0)
            {
                throw Problem(name);
            }
        }
    }

    public override void MakeFolder(string name)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Encode(name, buffer);
        fixed (byte* path = buffer)
        {
            if (Libc.MakeFolder(descriptor, path, 0x1ff) < 0)
            {
                throw Problem(name);
            }
        }
    }

    public override string ReadLink(string name)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Encode(name, buffer);
        Span<byte> target = stackalloc byte[MaxName];
        fixed (byte* path = buffer, to = target)
        {
            var length = Libc.ReadLink(descriptor, path, to, MaxName);
            return length < 0 ? throw Problem(name) : FileName.Decode(target[..(int)length]);
        }
    }

    public override void MakeLink(string name, string target)
    {
        Span<byte> first = stackalloc byte[MaxName];
        Span<byte> second = stackalloc byte[MaxName];
        Encode(target, first);
        Encode(name, second);
        fixed (byte* to = first, path = second)
        {
            if (Libc.MakeLink(to, descriptor, path) < 0)
            {
                throw Problem(name);
            }
        }
    }

    public override void Sync()
    {
        if (Libc.Sync(descriptor) < 0 && Marshal.GetLastPInvokeError() != Libc.InvalidArgument)
        {
            throw Problem(Path);
        }
    }

    protected override void CloseFolder() => _ = Libc.Close(descriptor);

    private int Open(string name, int flags, uint mode = 0)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Encode(name, buffer);
        fixed (byte* path = buffer)
        {
            int opened;
            do
            {
                opened = Libc.OpenAt(descriptor, path, flags, mode);
            }
            while (opened < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            return opened;
        }
    }

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}/{name}";

    // A mount beneath the root may be another disk, but not a window into the kernel.
    private LinuxFolder Admit(int opened, string path)
    {
        var status = StatusOf(opened);
        if (!IsOrdinary(opened, status))
        {
            _ = Libc.Close(opened);
            throw new FileProblem(FileProblemKind.Special, "belongs to the kernel, not to the files of a person");
        }

        return new LinuxFolder(opened, path, rootDevice);
    }

    /// <summary>Whether other machines, or programs that stand for a disk, keep the files.</summary>
    public bool IsRemote
    {
        get
        {
            // Magic numbers of linux/magic.h: nfs, smb, cifs, smb2, fuse, 9p, afs, ceph; of lustre, gpfs, vboxsf.
            var buffer = stackalloc byte[512];
            return Libc.FileSystem(descriptor, buffer) == 0 && *(uint*)buffer is
                (0x6969 or 0x517b or 0xff534d42 or 0xfe534d42 or 0x65735546 or 0x01021997 or 0x5346414f or 0x00c36400 or 0x0bd00bd0 or 0x47504653 or 0x786f4256);
        }
    }

    private bool IsOrdinary(int opened, in FileStatus status)
    {
        if (status.Device == rootDevice)
        {
            return true;
        }

        var buffer = stackalloc byte[512];
        // Magic numbers of linux/magic.h: proc, sysfs, devpts, debugfs, tracefs, securityfs, cgroup, cgroup2, bpf, mqueue.
        return Libc.FileSystem(opened, buffer) == 0 && *(uint*)buffer is not
            (0x9fa0 or 0x62656572 or 0x1cd1 or 0x64626720 or 0x74726163 or 0x73636673 or 0x27e0eb or 0x63677270 or 0xcafe4a11 or 0x19800202);
    }

    private static void Encode(string name, Span<byte> buffer)
    {
        if ((name.Length * 3) + 1 > buffer.Length)
        {
            throw new FileProblem(FileProblemKind.Other, "has a name that is too long");
        }

        FileName.Encode(name, buffer);
    }

    private static FileStatus StatusOf(int opened) => TryStatus(opened, out var status) ? status : throw Problem(string.Empty);

    private static bool TryStatus(int opened, out FileStatus status)
    {
        Libc.Statx read;
        byte empty = 0;
        var known = Libc.Status(opened, &empty, Libc.AtEmptyPath, BasicStats, &read) == 0;
        status = known ? Convert(read) : default;
        return known;
    }

    private static FileStatus Convert(in Libc.Statx status) => new()
    {
        Kind = (status.Mode & 0xf000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xa000 => EntryKind.Link,
            _ => EntryKind.Special,
        },
        Size = (long)status.Size,
        ModifiedNs = (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds,
        ChangedNs = (status.ChangedSeconds * 1_000_000_000) + status.ChangedNanoseconds,
        Inode = status.Inode,
        Device = ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
        Mode = status.Mode & 0xfffu,
        Links = status.Links,
        Owner = status.Uid,
        Group = status.Gid,
    };

    private static FileProblem Problem(string name)
    {
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Libc.NoEntry => new FileProblem(FileProblemKind.Missing, "does not exist"),
            Libc.Exists => new FileProblem(FileProblemKind.Exists, "exists already"),
            Libc.AccessDenied or 1 => new FileProblem(FileProblemKind.Denied, "may not be opened or changed by this user"),
            Libc.ReadOnlyFileSystem => new FileProblem(FileProblemKind.Denied, "lies on a file system that is read-only"),
            Libc.TooManyLinks or Libc.CrossDevice when error == Libc.TooManyLinks => new FileProblem(FileProblemKind.Link, "is or passes through a symbolic link, which is not followed"),
            Libc.CrossDevice => new FileProblem(FileProblemKind.OtherDevice, "lies on another file system"),
            Libc.NotAFolder => new FileProblem(FileProblemKind.NotAFolder, "is not a folder"),
            Libc.IsAFolder => new FileProblem(FileProblemKind.IsAFolder, "is a folder"),
            6 => new FileProblem(FileProblemKind.Special, "is not a regular file"),
            Libc.NotEmpty => new FileProblem(FileProblemKind.NotEmpty, "is a folder that is not empty"),
            Libc.NoSpace => new FileProblem(FileProblemKind.Full, "does not fit on the disk"),
            Libc.NameTooLong => new FileProblem(FileProblemKind.Other, "has a name that is too long"),
            _ => new FileProblem(FileProblemKind.Other, $"cannot be used: {Marshal.GetPInvokeErrorMessage(error)} ({System.IO.Path.GetFileName(name)})"),
        };
    }
}
