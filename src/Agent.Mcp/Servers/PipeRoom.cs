using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Agent.Mcp.Servers;

/// <summary>
/// Says whether a short message goes into a pipe at once. Where it does, the thread that has the message writes it; the runtime's
/// asynchronous write would hand it to a thread of the pool, which costs a small call more than the writing.
/// </summary>
internal static partial class PipeRoom
{
    /// <summary>POSIX: a pipe that is ready for writing takes this much without blocking (PIPE_BUF).</summary>
    private const int Assured = 4096;

    private const short Writable = 4;

    /// <summary>Whether a message of that many bytes can be written without waiting for the reader.</summary>
    public static bool Takes(Stream stream, int bytes)
    {
        if (bytes > Assured || stream is not PipeStream pipe || OperatingSystem.IsWindows())
        {
            return false;
        }

        var handle = pipe.SafePipeHandle;
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            var asked = new Asked { Descriptor = (int)handle.DangerousGetHandle(), Events = Writable };
            return Poll(ref asked, 1, 0) == 1 && asked.Found == Writable;
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref Asked asked, nuint count, int timeout);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Asked
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
