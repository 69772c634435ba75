using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>A call of a model's turn, made fit for every provider's history, and what is wrong with it where it cannot run.</summary>
/// <param name="Call">The call as the pipeline takes it.</param>
/// <param name="Content">The call as it stands in the history.</param>
/// <param name="Tool">The offered tool it names; null where it names none.</param>
/// <param name="Problem">Why it does not run, for the model; null where it does.</param>
internal sealed record RequestedCall(ToolCall Call, FunctionCallContent Content, ToolDefinition? Tool, string? Problem)
{
    private const int MaxIdLength = 40;

    /// <summary>Whether the problem is that the arguments break the tool's schema.</summary>
    public bool BreaksSchema { get; init; }

    /// <summary>Reads a call. Ids become unique and legal, names legal, arguments an object, whatever arrived.</summary>
    public static RequestedCall Read(FunctionCallContent content, Func<string, ToolDefinition?> offered, Func<string, bool> isNewId, Func<string> newId, Func<string, string> nearest)
    {
        var id = IsLegalId(content.CallId) && isNewId(content.CallId) ? content.CallId : newId();
        var name = content.Name ?? string.Empty;
        var tool = offered(name);
        var raw = content.AdditionalProperties is { } more && more.TryGetValue(ModelKeys.RawArguments, out var value) ? value?.ToString() : null;
        string? problem = null;
        if (content.Exception is not null || raw is not null)
        {
            problem = $"The arguments were not one whole JSON object, so nothing ran. {Sentence(content.Exception?.Message)}Send the call again, shorter if it was cut off.";
        }

        JsonElement arguments;
        try
        {
            arguments = raw is null ? ToElement(content.Arguments) : JsonSerializer.SerializeToElement(raw, AIJsonUtilities.DefaultOptions);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            arguments = JsonElement.Parse("{}");
            problem ??= "The arguments could not be read as JSON, so nothing ran.";
        }

        if (tool is null)
        {
            problem = nearest(name);
        }

        var call = new ToolCall
        {
            Id = id,
            Name = tool?.Id.ModelName ?? name,
            Arguments = arguments,
            ReadFromText = ModelKeys.IsReadFromText(content),
        };
        return new RequestedCall(call, ToContent(call, content), tool, problem);
    }

    private static FunctionCallContent ToContent(ToolCall call, FunctionCallContent from)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (call.Arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in call.Arguments.EnumerateObject())
            {
                arguments[property.Name] = property.Value;
            }
        }

        // What a provider put beside the call (a signature it wants back) stays; the text of a broken call does not.
        var more = from.AdditionalProperties?.Clone();
        more?.Remove(ModelKeys.RawArguments);
        return new FunctionCallContent(call.Id, LegalName(call.Name), arguments) { AdditionalProperties = more is { Count: > 0 } ? more : null };
    }

    private static JsonElement ToElement(IDictionary<string, object?>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments ?? new Dictionary<string, object?>(0))
            {
                writer.WritePropertyName(name);
                switch (value)
                {
                    case null:
                        writer.WriteNullValue();
                        break;
                    case JsonElement { ValueKind: JsonValueKind.Undefined }:
                        writer.WriteNullValue();
                        break;
                    case JsonElement element:
                        element.WriteTo(writer);
                        break;
                    case string text:
                        writer.WriteStringValue(text);
                        break;
                    default:
                        JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
                        break;
                }
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static bool IsLegalId(string? id) =>
        id is { Length: > 0 and <= MaxIdLength } && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string LegalName(string name)
    {
        var legal = string.Concat(name.Take(ToolId.MaxModelNameLength).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return legal.Length == 0 ? "unnamed" : legal;
    }

    private static string Sentence(string? message) =>
        string.IsNullOrWhiteSpace(message) ? string.Empty : message.TrimEnd().TrimEnd('.') + ". ";
}
