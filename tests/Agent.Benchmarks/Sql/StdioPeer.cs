using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Benchmarks.Sql;

/// <summary>One MCP server over stdio and a client as thin as can be, so that what is measured is the server.</summary>
internal sealed class StdioPeer : IDisposable
{
    private readonly Process process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> waiting = new();
    private readonly Lock writing = new();
    private int ids;

    public StdioPeer(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        Name = name;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        new Thread(Read) { IsBackground = true }.Start();
    }

    public string Name { get; }

    /// <summary>Bytes that the server and its children hold in memory.</summary>
    public double MegabytesResident => Tree(process.Id).Sum(Resident) / 1024.0;

    public async Task StartAsync()
    {
        await RequestAsync("initialize", """{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"benchmark","version":"1"}}""");
        Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }

    public async Task<byte[]> CallAsync(string tool, string arguments)
    {
        var answer = await RequestAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");
        return answer.AsSpan().IndexOf("\"isError\":true"u8) < 0 && answer.AsSpan().IndexOf("\"error\":{"u8) < 0
            ? answer
            : throw new InvalidOperationException($"{Name}: {Encoding.UTF8.GetString(answer)}");
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private Task<byte[]> RequestAsync(string method, string parameters)
    {
        var id = Interlocked.Increment(ref ids);

        // The thread that reads an answer goes on with what waited for it: a client of one thread, as the peers are.
        var done = new TaskCompletionSource<byte[]>();
        waiting[id] = done;
        Send($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        return done.Task;
    }

    private void Send(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message + '\n');
        lock (writing)
        {
            process.StandardInput.BaseStream.Write(bytes);
            process.StandardInput.BaseStream.Flush();
        }
    }

    private void Read()
    {
        var stream = process.StandardOutput.BaseStream;
        var buffer = new byte[1 << 20];
        var length = 0;
        var searched = 0;
        int read;
        while ((read = stream.Read(buffer, length, buffer.Length - length)) > 0)
        {
            length += read;
            var start = 0;
            int end;
            while ((end = buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n')) >= 0)
            {
                end += searched;
                Deliver(buffer.AsSpan(start, end - start));
                start = searched = end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            searched = length;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        foreach (var (id, _) in waiting)
        {
            if (waiting.TryRemove(id, out var done))
            {
                done.SetException(new InvalidOperationException($"{Name} has ended."));
            }
        }
    }

    // The id stands before the result in some servers and after it in others.
    private void Deliver(ReadOnlySpan<byte> line)
    {
        if (TryReadId(line, out var id) && waiting.TryRemove(id, out var done))
        {
            done.SetResult(line.ToArray());
        }
    }

    private static bool TryReadId(ReadOnlySpan<byte> line, out int id)
    {
        id = 0;
        var at = line[..Math.Min(line.Length, 60)].IndexOf("\"id\":"u8);
        if (at < 0)
        {
            at = line.LastIndexOf("\"id\":"u8);
        }

        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(line[(at + 5)..], out id, out _);
    }

    private static IEnumerable<int> Tree(int root)
    {
        yield return root;
        var children = $"/proc/{root}/task/{root}/children";
        var text = File.Exists(children) ? File.ReadAllText(children) : string.Empty;
        foreach (var child in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var id in Tree(int.Parse(child, CultureInfo.InvariantCulture)))
            {
                yield return id;
            }
        }
    }

    private static long Resident(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
