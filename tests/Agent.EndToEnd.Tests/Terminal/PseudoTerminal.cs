using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>
/// A program on a pseudo-terminal of its own, as its session's controlling terminal: what a person has, without the person. Linux only,
/// over <c>posix_spawn</c> of glibc.
/// </summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const short SetSid = 0x80;
    private const short SetSignalMask = 0x08;
    private const short SetSignalDefaults = 0x04;
    private const nuint SetWindowSize = 0x5414;

    private readonly SafeFileHandle master;
    private readonly FileStream stream;
    private readonly Action<string> output;
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread reader;
    private readonly int descriptor;
    private volatile bool closing;

    private PseudoTerminal(SafeFileHandle master, int process, Action<string> output)
    {
        this.master = master;
        descriptor = (int)master.DangerousGetHandle();
        this.output = output;
        ProcessId = process;
        stream = new FileStream(master, FileAccess.ReadWrite, bufferSize: 0);
        reader = new Thread(Read) { IsBackground = true, Name = "pty" };
        reader.Start();
        new Thread(Wait) { IsBackground = true, Name = "pty wait" }.Start();
    }

    public int ProcessId { get; }

    /// <summary>How the program ended: its code, or 128 and the signal.</summary>
    public Task<int> Exit => exit.Task;

    /// <param name="program">The program, looked for in PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <param name="columns">Columns of the window.</param>
    /// <param name="rows">Rows of the window.</param>
    /// <param name="output">Receives what it writes.</param>
    public static PseudoTerminal Start(
        string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, int columns, int rows, Action<string> output)
    {
        var descriptor = Check(OpenMaster(ReadWrite | NoControllingTerminal | CloseOnExec), "posix_openpt");
        Check(Grant(descriptor), "grantpt");
        Check(Unlock(descriptor), "unlockpt");
        var name = new byte[128];
        Check(NameOf(descriptor, name, (nuint)name.Length), "ptsname_r");
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Resize(handle, columns, rows);

        // Both are larger than the system's structures.
        var actions = Marshal.AllocHGlobal(512);
        var attributes = Marshal.AllocHGlobal(1024);
        var set = new byte[128];
        try
        {
            Check(InitializeActions(actions), "posix_spawn_file_actions_init");
            Check(InitializeAttributes(attributes), "posix_spawnattr_init");
            Check(AddFolder(actions, folder), "posix_spawn_file_actions_addchdir_np");
            Check(AddOpen(actions, 0, Encoding.UTF8.GetString(name.AsSpan(0, Array.IndexOf(name, (byte)0))), ReadWrite, 0), "posix_spawn_file_actions_addopen");
            Check(AddDuplicate(actions, 0, 1), "posix_spawn_file_actions_adddup2");
            Check(AddDuplicate(actions, 0, 2), "posix_spawn_file_actions_adddup2");
            Check(SetMask(attributes, set), "posix_spawnattr_setsigmask");
            foreach (var signal in (int[])[1, 2, 3, 13, 15, 18, 20, 21, 22])
            {
                set[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
            }

            Check(SetDefaults(attributes, set), "posix_spawnattr_setsigdefault");
            Check(SetFlags(attributes, SetSid | SetSignalMask | SetSignalDefaults), "posix_spawnattr_setflags");
            string?[] argv = [program, .. arguments, null];
            string?[] envp = [.. environment.Select(static pair => $"{pair.Key}={pair.Value}"), null];
            Check(Spawn(out var process, program, actions, attributes, argv, envp), "posix_spawnp");
            return new PseudoTerminal(handle, process, output);
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(attributes);
        }
    }

    public void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));

    public void Resize(int columns, int rows) => Resize(master, columns, rows);

    /// <summary>Sends a signal to the program.</summary>
    public void Signal(int signal) => _ = Kill(ProcessId, signal);

    /// <summary>Closes the terminal, as a closed window or a lost connection does.</summary>
    public void HangUp()
    {
        closing = true;
        reader.Join();
        stream.Dispose();
        master.Dispose();
    }

    public void Dispose()
    {
        if (!exit.Task.IsCompleted)
        {
            // The session's other processes hold the terminal or our pipes; they end with both.
            _ = Kill(ProcessId, 9);
        }

        HangUp();
    }

    private static void Resize(SafeFileHandle handle, int columns, int rows)
    {
        var size = new WindowSize { Rows = (ushort)rows, Columns = (ushort)columns };
        Check(Control(handle, SetWindowSize, ref size), "ioctl TIOCSWINSZ");
    }

    private void Read()
    {
        var bytes = new byte[8192];
        var characters = new char[8192];
        try
        {
            while (!closing)
            {
                // Never caught inside a read: a terminal that is read cannot be closed.
                var poll = new PollRequest { FileDescriptor = descriptor, Events = 1 };
                if (Poll(ref poll, 1, 50) <= 0)
                {
                    continue;
                }

                var count = stream.Read(bytes);
                if (count <= 0)
                {
                    return;
                }

                var length = decoder.GetChars(bytes.AsSpan(0, count), characters, flush: false);
                output(new string(characters, 0, length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody holds the other end any more, or we hung up.
        }
    }

    private void Wait()
    {
        int status;
        while (WaitFor(ProcessId, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4)
            {
                exit.TrySetResult(-1);
                return;
            }
        }

        // What it wrote last is on its way still.
        reader.Join(TimeSpan.FromSeconds(1));
        exit.TrySetResult((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
    }

    private static int Check(int result, string call) =>
        result < 0 || (result > 0 && call.StartsWith("posix_spawn", StringComparison.Ordinal))
            ? throw new InvalidOperationException($"{call} failed: {(result < 0 ? Marshal.GetLastPInvokeError() : result)}")
            : result;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int FileDescriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest requests, uint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(int descriptor, [Out] byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle descriptor, nuint request, ref WindowSize size);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(nint actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(nint actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddFolder(nint actions, string folder);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitializeAttributes(nint attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(nint attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(nint attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(nint attributes, [In] byte[] set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(nint attributes, [In] byte[] set);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int process, string program, nint actions, nint attributes, [In] string?[] arguments, [In] string?[] environment);
}
