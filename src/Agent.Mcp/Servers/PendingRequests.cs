using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>Requests of ours that wait for their response, found by an id that no other sender on the connection uses.</summary>
internal sealed class PendingRequests
{
    /// <summary>How every id of ours begins.</summary>
    public const string Prefix = "agent-";

    private const int ShortBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> waiting = new(StringComparer.Ordinal);
    private Exception? lost;

    /// <summary>Begins to wait.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="isBrief">
    /// Whether what follows the answer is done in an instant: then the thread that reads the answer goes on with it, where nobody else
    /// waits for that thread and the answer is short. To wake another costs more than a small call.
    /// </param>
    public Task<JsonElement> Add(string id, bool isBrief)
    {
        var answer = new TaskCompletionSource<JsonElement>(isBrief ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        if (Volatile.Read(ref lost) is { } exception)
        {
            Later(() => answer.TrySetException(exception));
        }

        return answer.Task;
    }

    public void Remove(string id) => waiting.TryRemove(id, out _);

    /// <summary>Ends them all: the connection is gone.</summary>
    public void Fail(Exception exception)
    {
        Volatile.Write(ref lost, exception);
        foreach (var answer in waiting.Values)
        {
            Later(() => answer.TrySetException(exception));
        }
    }

    /// <summary>Takes a message that is a response to one of ours.</summary>
    /// <param name="line">The message.</param>
    /// <returns>False where it is something else.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public bool TryComplete(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        string? id = null;
        Utf8JsonReader result = default, error = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                continue;
            }

            if (reader.ValueTextEquals("method"u8))
            {
                return false;
            }

            if (reader.ValueTextEquals("result"u8))
            {
                result = reader;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                error = reader;
            }

            reader.Skip();
        }

        if (id is null || !waiting.TryGetValue(id, out var answer))
        {
            return false;
        }

        if (error.TokenType != JsonTokenType.None)
        {
            var said = Value(ref error);
            var code = said.Member("code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : (int)McpErrorCode.InternalError;
            var message = said.Text("message") ?? "an error without words";
            Exception failure = code == (int)McpErrorCode.MissingRequiredClientCapability
                && said.Member("data")?.Member("requiredCapabilities") is { ValueKind: JsonValueKind.Object } required
                && required.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities))) is ClientCapabilities capabilities
                    ? new MissingRequiredClientCapabilityException(capabilities, message)
                    : new McpProtocolException(message, (McpErrorCode)code);
            Later(() => answer.TrySetException(failure));
        }
        else if (result.TokenType != JsonTokenType.None)
        {
            var value = Value(ref result);
            if (waiting.Count == 1 && line.Length <= ShortBytes)
            {
                answer.TrySetResult(value);
            }
            else
            {
                Later(() => answer.TrySetResult(value));
            }
        }
        else
        {
            Later(() => answer.TrySetException(new McpException("it answered with neither a result nor an error.")));
        }

        return true;
    }

    private static void Later(Action set) => ThreadPool.UnsafeQueueUserWorkItem(static set => set(), set, preferLocal: false);

    private static JsonElement Value(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonElement.ParseValue(ref reader);
    }
}
