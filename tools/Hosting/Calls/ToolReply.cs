using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Hosting;

/// <summary>
/// The answer to a call. The structured part is canonical and follows the tool's output schema; the text is a compact
/// rendering for models, not the same JSON again.
/// </summary>
public sealed class ToolReply
{
    private static readonly JsonWriterOptions CompactJson = new()
    {
        // The bytes go into a JSON document on a pipe, never into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonElement Placeholder = JsonElement.Parse("{}");

    private readonly List<ContentBlock> content = [];
    private JsonElement? structured;
    private ReadOnlySequence<byte> ready;
    private IDisposable? owner;

    private ToolReply()
    {
    }

    /// <summary>The structured part; null where there is none.</summary>
    public JsonElement? StructuredContent => structured ??= ready.IsEmpty ? null : JsonElement.Parse(ready.ToArray());

    /// <summary>Whether the call failed.</summary>
    public bool IsError { get; private init; }

    /// <summary>The text blocks, joined by line breaks.</summary>
    public string TextContent => string.Join('\n', content.OfType<TextContentBlock>().Select(block => block.Text));

    /// <summary>Text alone.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Text(string text) => Create(text, null, false);

    /// <summary>A structured answer with its compact rendering.</summary>
    /// <param name="text">The rendering.</param>
    /// <param name="write">Writes the members of the structured object; its braces are written already.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Structured(string text, Action<Utf8JsonWriter> write) => Create(text, Write(write), false);

    /// <summary>A structured answer whose rendering is made in the same pass.</summary>
    /// <param name="text">The rendering; read after <paramref name="write"/> has run.</param>
    /// <param name="write">Writes the members of the structured object; its braces are written already.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Structured(StringBuilder text, Action<Utf8JsonWriter> write)
    {
        var utf8 = new ReadOnlySequence<byte>(WriteBytes(write).WrittenMemory);
        return Ready(text.ToString(), utf8, owner: null);
    }

    /// <summary>A structured answer from ready bytes.</summary>
    /// <param name="text">The rendering.</param>
    /// <param name="utf8">A JSON object in UTF-8; copied.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Structured(string text, ReadOnlySpan<byte> utf8) => Create(text, JsonElement.Parse(utf8), false);

    /// <summary>A structured answer from ready bytes that are sent as they are, for results of many rows.</summary>
    /// <param name="text">The rendering.</param>
    /// <param name="utf8">A JSON object in UTF-8 on one line, valid: it is not looked at again.</param>
    /// <param name="owner">What lent the bytes; disposed when the answer is sent, and with the answer where it is not.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Ready(string text, ReadOnlySequence<byte> utf8, IDisposable? owner)
    {
        var reply = Create(text, null, false);
        (reply.ready, reply.owner) = (utf8, owner);
        return reply;
    }

    /// <summary>What a call would do, found without doing it.</summary>
    /// <param name="kind"><c>diff</c>, <c>rows</c>, <c>http</c> or <c>text</c>.</param>
    /// <param name="text">The preview, for a monospaced screen.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Preview(string kind, string text) => Structured(text, writer =>
    {
        writer.WriteStartObject("preview"u8);
        writer.WriteString("kind"u8, kind);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    });

    /// <summary>A failed call.</summary>
    /// <param name="sentence">One sentence with the next step.</param>
    /// <returns>The answer.</returns>
    public static ToolReply Error(string sentence) => Create(sentence, null, true);

    /// <summary>Adds an image.</summary>
    /// <param name="data">Its bytes.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <returns>This answer.</returns>
    public ToolReply WithImage(ReadOnlyMemory<byte> data, string mediaType)
    {
        content.Add(ImageContentBlock.FromBytes(data, mediaType));
        return this;
    }

    internal CallToolResult ToResult()
    {
        var handedOver = !ready.IsEmpty && ReadyContent.TryHandOver(ready, owner);
        var result = new CallToolResult
        {
            Content = content,
            StructuredContent = handedOver ? Placeholder : StructuredContent,
            IsError = IsError ? true : null,
        };
        if (!handedOver)
        {
            owner?.Dispose();
        }

        return result;
    }

    private static JsonElement Write(Action<Utf8JsonWriter> write) => JsonElement.Parse(WriteBytes(write).WrittenSpan);

    private static ArrayBufferWriter<byte> WriteBytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, CompactJson))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer;
    }

    private static ToolReply Create(string text, JsonElement? structured, bool isError)
    {
        var reply = new ToolReply { structured = structured, IsError = isError };
        reply.content.Add(new TextContentBlock { Text = text });
        return reply;
    }
}
