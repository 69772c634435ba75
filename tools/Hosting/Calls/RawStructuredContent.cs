using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>
/// Carries structured content that is ready in UTF-8 past the object model: a result of a million bytes would otherwise be parsed
/// and written twice on its way to the pipe. The tool's answer travels as usual with a placeholder; just before the message is
/// sent, the ready bytes take its place.
/// </summary>
internal static class RawStructuredContent
{
    private const string Member = "structuredContent";

    private static readonly AsyncLocal<Slot?> Current = new();
    private static readonly JsonTypeInfo<Bytes> TypeInfo =
        JsonMetadataServices.CreateValueInfo<Bytes>(new JsonSerializerOptions(), new BytesConverter());

    /// <summary>Installs the two ends of the way.</summary>
    public static void Install(McpServerOptions options)
    {
        options.Filters.Message.IncomingFilters.Add(next => async (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is not JsonRpcRequest { Method: RequestMethods.ToolsCall })
            {
                await next(context, cancellationToken);
                return;
            }

            using var slot = new Slot();
            Current.Value = slot;
            await next(context, cancellationToken);
        });
        options.Filters.Message.OutgoingFilters.Add(next => (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result } && Current.Value?.Take() is { } bytes)
            {
                result[Member] = JsonValue.Create(bytes, TypeInfo);
            }

            return next(context, cancellationToken);
        });
    }

    /// <summary>Hands bytes over for the answer of the call that is under way.</summary>
    /// <returns>Whether there is such a call; without one the bytes stay the caller's.</returns>
    public static bool TryHandOver(ReadOnlyMemory<byte> utf8, IDisposable? owner)
    {
        if (Current.Value is not { } slot)
        {
            return false;
        }

        slot.Put(utf8, owner);
        return true;
    }

    private sealed class Slot : IDisposable
    {
        private Bytes? bytes;
        private IDisposable? owner;

        public void Put(ReadOnlyMemory<byte> utf8, IDisposable? lender)
        {
            owner?.Dispose();
            (bytes, owner) = (new Bytes(utf8), lender);
        }

        // Only the answer has it, not what is said to the client before.
        public Bytes? Take() => Interlocked.Exchange(ref bytes, null);

        // The answer is sent, or never will be.
        public void Dispose() => owner?.Dispose();
    }

    private sealed record Bytes(ReadOnlyMemory<byte> Utf8);

    private sealed class BytesConverter : JsonConverter<Bytes>
    {
        public override Bytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Bytes value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
