using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Tools.Hosting;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>What a model is told of an operation: description and schemas.</summary>
internal sealed record OperationSchema(JsonObject Input, IReadOnlyDictionary<string, string> Renamed)
{
    /// <summary>The argument that selects parts of the answer.</summary>
    public const string Select = "_select";

    /// <summary>The argument that goes on in the answer.</summary>
    public const string Cursor = "_cursor";

    /// <summary>The argument that asks for several pages of the answer.</summary>
    public const string Pages = "_pages";

    private const int MostSize = 20_000;

    // A model reads it: an apostrophe is one character, not six.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string? _json;

    /// <summary>The schema of the arguments as JSON.</summary>
    public string InputJson => _json ??= Input.ToJsonString(Readable);

    /// <summary>The schema of an operation's arguments.</summary>
    public static OperationSchema For(ApiOperation operation)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        var share = Math.Max(300, (operation.Body is null ? MostSize : MostSize / 2) / Math.Max(1, operation.Parameters.Count));
        foreach (var parameter in operation.Parameters)
        {
            var (schema, _) = SchemaConverter.ForArgument(parameter.Schema, share);
            // Many documents say the name again, which is half of a large schema.
            Describe(schema, string.Equals(parameter.Description?.Trim(), parameter.Name, StringComparison.OrdinalIgnoreCase) ? null : parameter.Description);
            properties[parameter.Argument] = schema;
            if (parameter.Required)
            {
                required.Add((JsonNode?)parameter.Argument);
            }
        }

        if (operation.Body is { } body)
        {
            properties[body.Argument] = Body(body, renamed);
            if (body.Required)
            {
                required.Add((JsonNode?)body.Argument);
            }
        }

        if (operation.IsSafe)
        {
            properties[Select] = new JsonObject { ["type"] = "string", ["description"] = "JSONPath of what to show of the answer, as $.items[*].name." };
            properties[Cursor] = new JsonObject { ["type"] = "string", ["description"] = "next_cursor of the answer before." };
            properties[Pages] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 20 };
        }

        var input = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            input["required"] = required;
        }

        input["additionalProperties"] = false;
        return new OperationSchema(input, renamed);
    }

    /// <summary>
    /// Refuses a value that its parameter cannot have, which many services answer with an empty list instead of an error. Only what
    /// a document cannot well be wrong about: a word that is none of an enumeration in whatever case, a text that is too long or stands for a number.
    /// </summary>
    /// <exception cref="ToolException">There is one.</exception>
    public void Check(ToolArguments arguments)
    {
        foreach (var (name, schema) in Input["properties"]!.AsObject())
        {
            if (arguments.Find(name) is not { ValueKind: JsonValueKind.String } value || schema is not JsonObject rules)
            {
                continue;
            }

            var text = value.GetString()!;
            if (rules["enum"] is JsonArray words && !words.Any(word => string.Equals(word?.ToString(), text, StringComparison.OrdinalIgnoreCase)))
            {
                throw arguments.Wrong(name, "one of " + string.Join(", ", words.Select(word => word?.ToString() ?? "null")));
            }

            if (rules["maxLength"] is JsonValue most && most.TryGetValue<int>(out var length) && text.Length > length)
            {
                throw arguments.Wrong(name, $"at most {length} characters long");
            }

            if (rules["type"] is JsonValue type && type.TryGetValue<string>(out var kind) && kind is "integer" or "number"
                && !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                throw arguments.Wrong(name, kind == "integer" ? "a whole number" : "a number");
            }
        }
    }

    /// <summary>The schema of an operation's answer.</summary>
    public static JsonObject Output(ApiOperation operation)
    {
        var body = operation.Result is null ? [] : SchemaConverter.ForResult(operation.Result, 6000);
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["url"] = new JsonObject { ["type"] = "string" },
                ["status"] = new JsonObject { ["type"] = "integer" },
                ["content_type"] = new JsonObject { ["type"] = "string" },
                // Services break their own documents: the shape is told, and whatever comes instead is allowed.
                ["body"] = body.Count == 0 ? body : new JsonObject { ["anyOf"] = new JsonArray(body, new JsonObject()) },
                ["cut"] = new JsonObject
                {
                    ["type"] = "array",
                    ["description"] = "What was shortened.",
                    ["items"] = new JsonObject { ["type"] = "string" },
                },
                ["total"] = new JsonObject { ["type"] = new JsonArray("integer", "null") },
                ["truncated"] = new JsonObject { ["type"] = "boolean" },
                ["next_cursor"] = new JsonObject { ["type"] = new JsonArray("string", "null") },
            },
        };
    }

    /// <summary>What an operation does, in at most <paramref name="length"/> characters, with its method and path.</summary>
    public static string Description(ApiOperation operation, string api, int length = 500)
    {
        var text = Words(operation, length);
        var path = operation.Path.Length <= 150 ? operation.Path : operation.Path[..150] + "…";
        var line = $"{operation.Method} {path} of {api}{(operation.Deprecated ? ", deprecated" : string.Empty)}.";
        return text.Length == 0 ? line : text[^1] is '.' or '…' or '!' or '?' ? $"{text} ({line[..^1]})" : $"{text}. ({line[..^1]})";
    }

    /// <summary>What an operation does, in its document's words.</summary>
    public static string Words(ApiOperation operation, int length)
    {
        var summary = Prose.Short(operation.Summary ?? string.Empty, 200);
        var more = Prose.Short(operation.Description ?? string.Empty, length - summary.Length);
        return summary.Length == 0 || more.StartsWith(summary, StringComparison.OrdinalIgnoreCase) ? more
            : more.Length == 0 ? summary
            : summary.EndsWith('.') ? $"{summary} {more}" : $"{summary}. {more}";
    }

    private static void Describe(JsonObject schema, string? description)
    {
        if (description is not null && Prose.Short(description, 240) is { Length: > 0 } text)
        {
            schema["description"] = text;
        }
    }

    private static JsonObject Body(ApiBody body, Dictionary<string, string> renamed)
    {
        if (body.Fields.Count > 0)
        {
            return Fields(body, renamed);
        }

        if (!body.IsJson && !body.IsForm && !body.IsMultipart)
        {
            var how = MediaTypes.IsText(body.ContentType) ? "as text" : "in base64";
            return new JsonObject { ["type"] = "string", ["description"] = $"The body, {MediaTypes.Bare(body.ContentType)}, {how}." };
        }

        var (schema, names) = SchemaConverter.ForArgument(body.Schema);
        foreach (var (legal, wire) in names)
        {
            renamed[legal] = wire;
        }

        if (body.IsMultipart && schema["properties"] is JsonObject properties)
        {
            foreach (var name in properties.Select(p => p.Key).ToList())
            {
                if (BinaryParts.Is(body, names.GetValueOrDefault(name, name)))
                {
                    properties[name] = BinaryParts.Schema(properties[name]?["description"]?.ToString());
                }
            }
        }

        if (!schema.ContainsKey("description"))
        {
            Describe(schema, body.Description);
        }

        return schema;
    }

    private static JsonObject Fields(ApiBody body, Dictionary<string, string> renamed)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in body.Fields)
        {
            var name = ParameterReader.Argument(field.Name, "field", taken);
            if (name != field.Name)
            {
                renamed[name] = field.Name;
            }

            var description = field.Description is null ? null : Prose.Short(field.Description, 240);
            var schema = BinaryParts.Is(body, field.Name) ? BinaryParts.Schema(description) : SchemaConverter.ForArgument(field.Schema, 2000).Schema;
            Describe(schema, description);
            properties[name] = schema;
            if (field.Required)
            {
                required.Add((JsonNode?)name);
            }
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            result["required"] = required;
        }

        return result;
    }
}
