using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Agent.Cli;

/// <summary>JSON of the command itself.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static readonly CliJson ForPeople = new(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly CliJson ForLines = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>JSON on one line, letters as they are. For screens; it is not safe inside HTML.</summary>
    public static string OneLine(JsonElement value) => JsonSerializer.Serialize(value, ForLines.JsonElement);

    /// <summary>JSON as a person reads it: indented, letters as they are. For screens; it is not safe inside HTML.</summary>
    public static string Readable(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? string.Empty : JsonSerializer.Serialize(value, ForPeople.JsonElement);
}
