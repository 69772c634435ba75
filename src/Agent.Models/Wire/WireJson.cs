using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Models.Wire;

/// <summary>Writes what all the protocols share.</summary>
internal static class WireJson
{
    /// <summary>Escapes only what JSON demands: bodies go to servers, never into a page, and every escape costs tokens.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly JsonElement NoParameters = JsonReading.TryParse("""{"type":"object","properties":{}}""")!.Value;

    /// <summary>The arguments of a call as a JSON object. A call whose arguments could not be read has none.</summary>
    public static string Arguments(FunctionCallContent call)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder }))
        {
            WriteArguments(json, call);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the arguments of a call as a JSON object.</summary>
    public static void WriteArguments(Utf8JsonWriter json, FunctionCallContent call)
    {
        json.WriteStartObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a schema of arguments; providers want an object that has <c>properties</c>.</summary>
    public static void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || schema.EnumerateObject().All(p => p.Name == "$schema"))
        {
            NoParameters.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var property in schema.EnumerateObject())
        {
            // The dialect's address is a dozen tokens that say nothing to a model.
            if (property.Name != "$schema")
            {
                property.WriteTo(json);
            }
        }

        if (!schema.TryGetProperty("type", out _))
        {
            json.WriteString("type", "object");
        }

        if (!schema.TryGetProperty("properties", out _))
        {
            json.WriteStartObject("properties");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes <c>tools</c> as OpenAI has them, and Ollama after it.</summary>
    public static void WriteFunctions(Utf8JsonWriter json, IEnumerable<AIFunctionDeclaration> tools)
    {
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            WriteSchema(json, tool.JsonSchema);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What a tool answered, as the text a model reads.</summary>
    public static string ResultText(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is { } exception ? "Error: " + exception.Message : string.Empty,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        JsonElement element => element.GetRawText(),
        AIContent content => TextOf(content),
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(TextOf)),
        var other => JsonSerializer.Serialize(other, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))),
    };

    /// <summary>A content as text; what is no text is named, never dropped silently.</summary>
    public static string TextOf(AIContent content) => content switch
    {
        TextContent text => text.Text,
        DataContent data when data.HasTopLevelMediaType("text") => Encoding.UTF8.GetString(data.Data.Span),
        DataContent data => $"[{data.Name ?? "attachment"}: {data.MediaType}, not shown to this model]",
        UriContent uri => $"[{uri.Uri}: {uri.MediaType}]",
        _ => string.Empty,
    };

    /// <summary>Writes a number as short as it was given: 0.2 and not 0.20000000298.</summary>
    public static void Number(Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(json);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                JsonSerializer.Serialize(json, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
                break;
        }
    }
}
