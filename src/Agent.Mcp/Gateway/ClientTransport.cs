using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>
/// The client on a pair of streams, one message a line. Ours rather than the SDK's, for the time that a call takes: a thread waits
/// for the next line, and an answer is written by the thread that has it. A line has a limit here too.
/// </summary>
internal sealed partial class ClientTransport : ITransport
{
    private const int MaxMessageBytes = 32 * 1024 * 1024;
    private const int KeptBytes = 256 * 1024;

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Stream input;
    private readonly Stream output;
    private readonly ILogger logger;
    private readonly int maxMessageBytes;
    private readonly Channel<JsonRpcMessage> messages = Channel.CreateUnbounded<JsonRpcMessage>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    [SuppressMessage("Usage", "CA2213", Justification = "Whoever waits for a semaphore that is disposed waits for ever; this one holds nothing but memory.")]
    private readonly SemaphoreSlim sending = new(1, 1);
    private ArrayBufferWriter<byte> buffer = new(4096);
    private volatile bool closed;

    public ClientTransport(Stream input, Stream output, ILogger logger, int maxMessageBytes = MaxMessageBytes)
    {
        this.input = input;
        this.output = output;
        this.logger = logger;
        this.maxMessageBytes = maxMessageBytes;
        new Thread(Read) { IsBackground = true, Name = "client" }.Start();
    }

    /// <inheritdoc/>
    public string? SessionId => null;

    /// <inheritdoc/>
    public ChannelReader<JsonRpcMessage> MessageReader => messages.Reader;

    /// <inheritdoc/>
    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            if (closed)
            {
                return;
            }

            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = MessageType.Options.Encoder, SkipValidation = true }))
            {
                JsonSerializer.Serialize(writer, message, MessageType);
            }

            // A message that has begun is ended, whoever gave up meanwhile: half a line would spoil the next.
            Write();
        }
        catch (Exception exception) when (exception is ObjectDisposedException or UnauthorizedAccessException)
        {
            throw new IOException("The client no longer reads.", exception);
        }
        finally
        {
            Reset();
            sending.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        messages.Writer.TryComplete();
        await output.DisposeAsync();
        await input.DisposeAsync();
    }

    private void Read()
    {
        try
        {
            Lines.Read(input, maxMessageBytes, cut: true, Receive);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The client is gone, which is the end as well.
            LogLost(exception);
        }

        messages.Writer.TryComplete();
    }

    private void Receive(ReadOnlySpan<byte> line)
    {
        JsonRpcMessage? message = null;
        try
        {
            message = JsonSerializer.Deserialize(line, MessageType);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            LogNoMessage(line.Length, exception);
        }

        if (message is not null)
        {
            messages.Writer.TryWrite(message);
        }
        else
        {
            Refuse(line);
        }
    }

    /// <summary>A line that is no message is answered, under its id where one can be read, so that nobody waits for it in vain.</summary>
    private void Refuse(ReadOnlySpan<byte> line)
    {
        sending.Wait();
        try
        {
            if (closed)
            {
                return;
            }

            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                writer.WriteString("jsonrpc"u8, "2.0"u8);
                writer.WritePropertyName("id"u8);
                WriteId(writer, line);
                writer.WriteStartObject("error"u8);
                writer.WriteNumber("code"u8, (int)McpErrorCode.ParseError);
                writer.WriteString("message"u8, line.Length >= maxMessageBytes
                    ? $"The line is longer than {maxMessageBytes} bytes."
                    : "The line is not one JSON-RPC message.");
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            Write();
        }
        finally
        {
            Reset();
            sending.Release();
        }
    }

    private static void WriteId(Utf8JsonWriter writer, ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 100_000 });
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isId = reader.ValueTextEquals("id"u8);
                    reader.Read();
                    if (isId && reader.TokenType == JsonTokenType.String)
                    {
                        writer.WriteStringValue(reader.GetString());
                        return;
                    }

                    if (isId && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
                    {
                        writer.WriteNumberValue(number);
                        return;
                    }

                    reader.Skip();
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It broke off before an id came.
        }

        writer.WriteNullValue();
    }

    private void Write()
    {
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        output.Write(buffer.WrittenSpan);
        output.Flush();
    }

    private void Reset()
    {
        buffer.ResetWrittenCount();
        if (buffer.Capacity > KeptBytes)
        {
            buffer = new ArrayBufferWriter<byte>(4096);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A line of {Length} bytes from the client is no message.")]
    private partial void LogNoMessage(int length, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The client's end is gone.")]
    private partial void LogLost(Exception exception);
}
