using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>
/// A server as a child process: one JSON-RPC message a line on its standard input and output. Ours rather than the SDK's,
/// because a server is not trusted with our memory: a line has a limit, and its standard error is kept only in part.
/// </summary>
internal sealed partial class ChildProcessTransport(ResolvedServer server, int maxMessageBytes, TimeProvider time, ILogger logger)
    : IClientTransport, ITransport
{
    private const int TailLines = 12;
    private const int MaxTailLine = 400;
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ExitMoment = TimeSpan.FromMilliseconds(500);
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };
    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Channel<JsonRpcMessage> messages =
        Channel.CreateUnbounded<JsonRpcMessage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = false });

    private readonly PendingRequests requests = new();
    [SuppressMessage("Usage", "CA2213", Justification = "Whoever waits for a semaphore that is disposed waits for ever; this one holds nothing but memory.")]
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Queue<string> tail = new();
    private Process? process;
    private Task reading = Task.CompletedTask;
    private int disposed;

    /// <inheritdoc/>
    public string Name => server.Name;

    /// <inheritdoc/>
    public string? SessionId => null;

    /// <inheritdoc/>
    public ChannelReader<JsonRpcMessage> MessageReader => messages.Reader;

    /// <summary>
    /// Answers <c>server/discover</c> here instead of passing it on, so that the client goes straight to the handshake: for a
    /// server that ends when it is asked anything before that.
    /// </summary>
    public bool SkipDiscovery { get; init; }

    /// <summary>
    /// Hears progress and log messages as they are read, because answers are given as they are read too: through the SDK's channel, they
    /// would come after the answer of their call.
    /// </summary>
    public Action<JsonRpcNotification>? Hear { get; set; }

    /// <summary>Why the connection ended, in words that finish "the server …"; null while it lives or where it just ended.</summary>
    public string? Failure { get; private set; }

    /// <summary>The last line the server wrote to its standard error, without configured values; null where it wrote none.</summary>
    public string? LastWords
    {
        get
        {
            lock (tail)
            {
                return tail.LastOrDefault(line => !string.IsNullOrWhiteSpace(line));
            }
        }
    }

    /// <inheritdoc/>
    public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(server.Command!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = server.WorkingFolder,
        };

        // npx, uvx and the like are .cmd files there, which only the command interpreter starts.
        if (OperatingSystem.IsWindows() && !server.Command!.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
        {
            start.FileName = "cmd.exe";
            start.ArgumentList.Add("/c");
            start.ArgumentList.Add(server.Command);
        }

        foreach (var argument in server.Args)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (variable, value) in server.Environment)
        {
            start.Environment[variable] = value;
        }

        var child = new Process { StartInfo = start };
        child.Start();
        process = child;
        LogStarted(server.Name, child.Id);
        reading = Task.WhenAll(OnThread("output", () => ReadMessages(child)), OnThread("errors", () => ReadErrors(child)));
        return Task.FromResult<ITransport>(this);
    }

    /// <inheritdoc/>
    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        var input = process?.StandardInput.BaseStream ?? throw new InvalidOperationException("The server was not started.");
        if (SkipDiscovery && message is JsonRpcRequest { Method: RequestMethods.ServerDiscover } discovery)
        {
            messages.Writer.TryWrite(new JsonRpcError
            {
                Id = discovery.Id,
                Error = new JsonRpcErrorDetail { Code = (int)McpErrorCode.MethodNotFound, Message = "not asked" },
            });
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Unchecked))
        {
            JsonSerializer.Serialize(writer, message, MessageType);
        }

        await WriteLineAsync(input, buffer, cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Sends a request and gives its result as it came, past the SDK's client: it would take every message through a channel and
    /// two more threads, and every result through its own types.
    /// </summary>
    /// <exception cref="McpProtocolException">The server answered with an error.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task<JsonElement> RequestAsync(string id, string method, JsonObject parameters, bool isBrief, CancellationToken cancellationToken)
    {
        var input = process?.StandardInput.BaseStream ?? throw new InvalidOperationException("The server was not started.");
        var answer = requests.Add(id, isBrief);
        try
        {
            var buffer = new ArrayBufferWriter<byte>(512);
            using (var writer = new Utf8JsonWriter(buffer, Unchecked))
            {
                writer.WriteStartObject();
                writer.WriteString("jsonrpc"u8, "2.0"u8);
                writer.WriteString("id"u8, id);
                writer.WriteString("method"u8, method);
                writer.WritePropertyName("params"u8);
                parameters.WriteTo(writer);
                writer.WriteEndObject();
            }

            await WriteLineAsync(input, buffer, cancellationToken).WaitAsync(cancellationToken);
            return await answer.WaitAsync(cancellationToken);
        }
        finally
        {
            requests.Remove(id);
        }
    }

    /// <summary>
    /// Writes a line. Half a message on the pipe would garble all that follow it, so a write that began is not cancelled by its call,
    /// only by the end of the connection: a child that does not read its input blocks the pipe, and the call goes without it.
    /// </summary>
    private async Task WriteLineAsync(Stream input, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        await sending.WaitAsync(cancellationToken);
        try
        {
            if (PipeRoom.Takes(input, buffer.WrittenCount))
            {
                input.Write(buffer.WrittenSpan);
            }
            else
            {
                await input.WriteAsync(buffer.WrittenMemory, stopping.Token);
                await input.FlushAsync(stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            throw new IOException($"The server '{server.Name}' no longer reads its input.", exception);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        if (process is { } child)
        {
            await EndAsync(child);
        }

        await stopping.CancelAsync();
        messages.Writer.TryComplete();

        // Whoever waits for the end of the connection needs every message to be taken.
        while (messages.Reader.TryRead(out _))
        {
        }

        try
        {
            await reading.WaitAsync(ExitGrace, time);
        }
        catch (TimeoutException)
        {
            // A grandchild may hold the pipe open; it is no reason to hold ours up.
        }

        process?.Dispose();
        stopping.Dispose();
    }

    /// <summary>Closes the input, which is how a stdio server is asked to go; kills what has not gone after a moment.</summary>
    private async Task EndAsync(Process child)
    {
        try
        {
            child.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        using var patience = new CancellationTokenSource(ExitGrace, time);
        try
        {
            await child.WaitForExitAsync(patience.Token);
            return;
        }
        catch (OperationCanceledException)
        {
            LogKilled(server.Name, child.Id);
        }

        try
        {
            child.Kill(entireProcessTree: true);
            using var reaping = new CancellationTokenSource(ExitGrace, time);
            await child.WaitForExitAsync(reaping.Token);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException or OperationCanceledException)
        {
            // It ended in between, or part of the tree did.
        }
    }

    /// <summary>Reads on a thread of its own: the runtime would block one of the pool for each pipe, and has few of them at the start.</summary>
    private Task OnThread(string name, Action read)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            read();
            ended.SetResult();
        }) { IsBackground = true, Name = $"{server.Name} {name}" }.Start();
        return ended.Task;
    }

    private void ReadMessages(Process child)
    {
        try
        {
            if (!Lines.Read(child.StandardOutput.BaseStream, maxMessageBytes, cut: false, Deliver))
            {
                Failure = $"sent a message of more than {maxMessageBytes / (1024 * 1024)} MB";
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the connection, however it came.
        }

        if (Failure is null && Volatile.Read(ref disposed) == 0)
        {
            Failure = DescribeExit(child);
        }

        var lost = new IOException($"The server '{server.Name}' {Failure ?? "was closed"}.");
        requests.Fail(lost);
        messages.Writer.TryComplete(Failure is null ? null : lost);
    }

    private void Deliver(ReadOnlySpan<byte> line)
    {
        try
        {
            if (requests.TryComplete(line))
            {
                return;
            }

            switch (JsonSerializer.Deserialize(line, MessageType))
            {
                case JsonRpcNotification notification when Hear is { } hear && ServerLine.IsOfACall(notification):
                    hear(notification);
                    break;
                case { } message:
                    messages.Writer.TryWrite(message);
                    break;
            }
        }
        catch (JsonException exception)
        {
            // A greeting or a stray print; the protocol goes on.
            LogNoMessage(server.Name, line.Length, exception);
        }
    }

    private static string DescribeExit(Process child)
    {
        try
        {
            return !child.WaitForExit(ExitMoment) ? "closed its output" : child.ExitCode == 0 ? "ended" : $"ended with exit code {child.ExitCode}";
        }
        catch (InvalidOperationException)
        {
            return "closed its output";
        }
    }

    private void ReadErrors(Process child)
    {
        var chunk = new char[1024];
        var line = new StringBuilder();
        try
        {
            int count;
            while ((count = child.StandardError.Read(chunk)) > 0)
            {
                foreach (var character in chunk.AsSpan(0, count))
                {
                    if (character == '\n')
                    {
                        Keep(line.ToString());
                        line.Clear();
                    }
                    else if (line.Length < MaxTailLine && !char.IsControl(character))
                    {
                        line.Append(character);
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the connection.
        }

        Keep(line.ToString());
    }

    private void Keep(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        line = server.Redact(line);
        lock (tail)
        {
            if (tail.Count == TailLines)
            {
                tail.Dequeue();
            }

            tail.Enqueue(line);
        }

        LogErrorLine(server.Name, line);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server {Server} runs as process {ProcessId}.")]
    private partial void LogStarted(string server, int processId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server {Server} (process {ProcessId}) did not end by itself and was killed.")]
    private partial void LogKilled(string server, int processId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server {Server} wrote a line of {Length} bytes that is no message.")]
    private partial void LogNoMessage(string server, long length, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Server}: {Line}")]
    private partial void LogErrorLine(string server, string line);
}
