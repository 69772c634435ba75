using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Channels;

namespace Agent.Cli.Terminal;

/// <summary>
/// The terminal with line editing and signals switched off, so that every key comes to us: read by a thread of its own, given out as
/// <see cref="Key"/>s. The terminal is put back as it was at disposal, before a suspension, and when the process ends otherwise.
/// Unix only: Windows has no termios; there the plain line-by-line chat is used.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class RawTerminal : IDisposable
{
    private const int StdIn = 0;
    private const int StdOut = 1;
    private const int Now = 0;

    // The runtime switches keys to application mode behind our back; nobody switches them back but us.
    private const string EnableModes = "\e[?1l\e>\e[?2004h";
    private const string DisableModes = "\e[?1l\e>\e[?2004l\e[?25h";

    /// <summary>How long after an Escape a sequence's next byte may take; longer, and it was the key.</summary>
    private const int EscapeMilliseconds = 40;

    // Larger than any system's struct termios; only the system reads and writes it.
    private readonly byte[] original = new byte[256];
    private readonly byte[] raw = new byte[256];
    private readonly Channel<(Key Key, long At)> keys = Channel.CreateUnbounded<(Key, long)>();
    private readonly Stream output;
    private readonly TimeProvider time;
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Lock gate = new();
    private readonly Lock reading = new();
    private volatile bool ended;

    private RawTerminal(Stream output, TimeProvider time)
    {
        this.output = output;
        this.time = time;
    }

    /// <summary>The keys and when each was read (in <see cref="TimeProvider.GetTimestamp"/>), as they come; completes when the terminal is gone.</summary>
    public ChannelReader<(Key Key, long At)> Keys => keys.Reader;

    /// <summary>Raised when the terminal was closed, or the process is asked to end.</summary>
    public event Action? HungUp;

    /// <summary>Raised when the window changed its size, or the screen must be drawn anew after a suspension.</summary>
    public event Action? Redraw;

    public static int Width => Math.Max(20, Size() is { Columns: > 0 and var columns } ? columns : Safely(static () => Console.WindowWidth, 80));

    public static int Height => Math.Max(5, Size() is { Rows: > 0 and var rows } ? rows : Safely(static () => Console.WindowHeight, 24));

    /// <summary>Whether a person sits at a terminal that can be driven this way.</summary>
    [UnsupportedOSPlatformGuard("windows")]
    public static bool IsAvailable =>
        !OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static RawTerminal Open(Stream output, TimeProvider time)
    {
        var terminal = new RawTerminal(output, time);
        if (GetAttributes(StdIn, terminal.original) != 0)
        {
            throw new InvalidOperationException("Standard input is no terminal.");
        }

        terminal.original.CopyTo(terminal.raw, 0);
        MakeRaw(terminal.raw);
        terminal.Enter();
        terminal.signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => terminal.Redraw?.Invoke()));
        terminal.signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => terminal.Resumed()));
        terminal.signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // A closed terminal: what runs is stopped and kept, by whoever listens.
            context.Cancel = true;
            terminal.HungUp?.Invoke();
        }));
        terminal.signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => terminal.Restore(null, EventArgs.Empty)));
        AppDomain.CurrentDomain.ProcessExit += terminal.Restore;
        AppDomain.CurrentDomain.UnhandledException += terminal.Restore;
        new Thread(terminal.Read) { IsBackground = true, Name = "terminal input" }.Start();
        return terminal;
    }

    /// <summary>Writes to the screen at once; safe from any thread.</summary>
    public void Write(string text)
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            try
            {
                output.Write(System.Text.Encoding.UTF8.GetBytes(text));
                output.Flush();
            }
            catch (IOException)
            {
                // The terminal is gone; the reader of keys says so.
            }
        }
    }

    /// <summary>Suspends the process as Ctrl-Z does, with the terminal as it was; goes on when the shell resumes it.</summary>
    public void Suspend()
    {
        Leave();
        _ = Raise(Tstp);
    }

    /// <summary>Throws away what was typed and not read yet.</summary>
    public static void DropTypedAhead() => _ = Flush(StdIn, OperatingSystem.IsMacOS() ? 1 : 0);

    /// <summary>Runs something that needs the terminal as it was and its keys for itself, for example an editor.</summary>
    public T Lend<T>(Func<T> use)
    {
        lock (reading)
        {
            Leave();
            try
            {
                return use();
            }
            finally
            {
                Enter();
                Redraw?.Invoke();
            }
        }
    }

    public void Dispose()
    {
        if (ended)
        {
            return;
        }

        signals.ForEach(static signal => signal.Dispose());
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        AppDomain.CurrentDomain.UnhandledException -= Restore;
        Leave();
        ended = true;
        output.Dispose();
        keys.Writer.TryComplete();
    }

    private static int Tstp => OperatingSystem.IsMacOS() ? 18 : 20;

    private void Enter()
    {
        _ = SetAttributes(StdIn, Now, raw);
        Write(EnableModes);
    }

    private void Leave()
    {
        Write(DisableModes);
        _ = SetAttributes(StdIn, Now, original);
    }

    private void Restore(object? sender, EventArgs e)
    {
        if (!ended)
        {
            Leave();
        }
    }

    private void Resumed()
    {
        Enter();
        Redraw?.Invoke();
    }

    private void Read()
    {
        var decoder = new KeyDecoder();
        var buffer = new byte[4096];
        while (!ended)
        {
            if (decoder.IsWaiting && !IsReadable(EscapeMilliseconds))
            {
                Give(decoder.Flush());
                continue;
            }

            // Waited for without holding the keys, so that an editor can have them meanwhile.
            if (!IsReadable(Forever))
            {
                continue;
            }

            if (ended)
            {
                // The key is for whoever has the terminal now.
                return;
            }

            int count;
            lock (reading)
            {
                if (!IsReadable(0))
                {
                    continue;
                }

                count = ReadSome(buffer);
            }

            if (count <= 0)
            {
                // The terminal is gone.
                keys.Writer.TryComplete();
                return;
            }

            Give(decoder.Feed(buffer.AsSpan(0, count)));
        }
    }

    private void Give(List<Key> found)
    {
        var now = time.GetTimestamp();
        foreach (var key in found)
        {
            keys.Writer.TryWrite((key, now));
        }
    }

    private static int ReadSome(byte[] buffer)
    {
        while (true)
        {
            var count = (int)ReadBytes(StdIn, buffer, (nuint)buffer.Length);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return count;
            }
        }
    }

    private const int Interrupted = 4;
    private const int Forever = -1;

    private static WindowSize Size()
    {
        var size = default(WindowSize);
        return Control(StdOut, OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413u, ref size) == 0 ? size : default;
    }

    private static bool IsReadable(int milliseconds)
    {
        var poll = new PollRequest { FileDescriptor = StdIn, Events = 1 };
        return Poll(ref poll, 1, milliseconds) > 0;
    }

    private static int Safely(Func<int> read, int otherwise)
    {
        try
        {
            return read() is > 0 and var value ? value : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int FileDescriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Control(int descriptor, nuint request, ref WindowSize size);

    [LibraryImport("libc", EntryPoint = "tcflush")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Flush(int descriptor, int queue);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetAttributes(int descriptor, [Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetAttributes(int descriptor, int when, byte[] attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void MakeRaw([In, Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Raise(int signal);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint ReadBytes(int descriptor, [Out] byte[] buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Poll(ref PollRequest requests, uint count, int milliseconds);
}
