using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Hosting;

/// <summary>
/// Messages over a pair of streams, one a line. A thread of its own waits for the next line, and an answer is written by the thread
/// that has it: each hand-over between threads that is saved is a tenth of a small call. Content that is ready in UTF-8 is passed
/// on and not written anew.
/// </summary>
internal sealed partial class StdioTransport : ITransport
{
    private const int FirstBufferBytes = 16 * 1024;
    private const int KeptBytes = 256 * 1024;
    private const int JoinedBytes = 64 * 1024;

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Stream input;
    private readonly Stream output;
    private readonly ILogger logger;
    private readonly Channel<JsonRpcMessage> messages = Channel.CreateUnbounded<JsonRpcMessage>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    private readonly SemaphoreSlim sending = new(1, 1);
    private ArrayBufferWriter<byte> buffer = new(4096);

    public StdioTransport(Stream input, Stream output, ILogger logger)
    {
        this.input = input;
        this.output = output;
        this.logger = logger;
        new Thread(Read) { IsBackground = true, Name = "stdin" }.Start();
    }

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => messages.Reader;

    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        var ready = ReadyContent.Take(message);
        await sending.WaitAsync(cancellationToken);
        try
        {
            // A message that has begun is ended, whoever gave up meanwhile: half a line would spoil the next.
            Write(message, ready);
        }
        finally
        {
            buffer.ResetWrittenCount();
            if (buffer.Capacity > KeptBytes)
            {
                buffer = new ArrayBufferWriter<byte>(4096);
            }

            sending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        messages.Writer.TryComplete();
        sending.Dispose();
        await output.DisposeAsync();
        await input.DisposeAsync();
    }

    private void Read()
    {
        var lines = new byte[FirstBufferBytes];
        var length = 0;
        try
        {
            int read;
            while ((read = input.Read(lines, length, lines.Length - length)) > 0)
            {
                var searched = length;
                length += read;
                var start = 0;
                int end;
                while ((end = lines.AsSpan(searched, length - searched).IndexOf((byte)'\n')) >= 0)
                {
                    end += searched;
                    Receive(lines.AsSpan(start, end - start).TrimEnd((byte)'\r'));
                    start = searched = end + 1;
                }

                lines.AsSpan(start, length - start).CopyTo(lines);
                length -= start;
                lines = Fit(lines, length);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client is gone, which is the end as well.
            LogInputLost(logger, e);
        }

        messages.Writer.TryComplete();
    }

    private static byte[] Fit(byte[] lines, int length)
    {
        var size = length == lines.Length ? lines.Length * 2 : lines.Length > KeptBytes && length < FirstBufferBytes ? FirstBufferBytes : lines.Length;
        if (size != lines.Length)
        {
            Array.Resize(ref lines, size);
        }

        return lines;
    }

    private void Receive(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        try
        {
            if (JsonSerializer.Deserialize(line, MessageType) is { } message)
            {
                messages.Writer.TryWrite(message);
            }
        }
        catch (JsonException e)
        {
            LogNoMessage(logger, e);
            sending.Wait();
            try
            {
                output.Write("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"The line is no JSON-RPC message.\"}}\n"u8);
                output.Flush();
            }
            finally
            {
                sending.Release();
            }
        }
    }

    private void Write(JsonRpcMessage message, ReadOnlySequence<byte> ready)
    {
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = MessageType.Options.Encoder, SkipValidation = true });
        var cut = -1;
        if (!ready.IsEmpty && message is JsonRpcResponse { Result: JsonObject result } response)
        {
            cut = WriteAround(writer, response, result, ready);
        }
        else
        {
            JsonSerializer.Serialize(writer, message, MessageType);
        }

        writer.Flush();
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        if (cut < 0)
        {
            output.Write(buffer.WrittenSpan);
        }
        else
        {
            output.Write(buffer.WrittenSpan[..cut]);
            foreach (var piece in ready)
            {
                output.Write(piece.Span);
            }

            output.Write(buffer.WrittenSpan[(cut + 1)..]);
        }

        output.Flush();
    }

    // Writes the answer: short ready content in its place, so that one write wakes the client once; for long content one character,
    // and tells where that is.
    private int WriteAround(Utf8JsonWriter writer, JsonRpcResponse response, JsonObject result, ReadOnlySequence<byte> ready)
    {
        var cut = -1;
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (response.Id.Id is long number)
        {
            writer.WriteNumber("id"u8, number);
        }
        else
        {
            writer.WriteString("id"u8, response.Id.ToString());
        }

        writer.WriteStartObject("result"u8);
        foreach (var (name, value) in result)
        {
            writer.WritePropertyName(name);
            if (name == "structuredContent" && ready.Length <= JoinedBytes)
            {
                writer.WriteRawValue(ready, skipInputValidation: true);
            }
            else if (name == "structuredContent")
            {
                writer.Flush();
                cut = buffer.WrittenCount;
                writer.WriteRawValue("0"u8, skipInputValidation: true);
            }
            else if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer, MessageType.Options);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        return cut;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A line from the client is no message")]
    private static partial void LogNoMessage(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The client's end of stdin is gone")]
    private static partial void LogInputLost(ILogger logger, Exception exception);
}
