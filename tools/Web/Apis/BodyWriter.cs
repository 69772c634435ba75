using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>Writes request bodies: JSON, forms, multipart, or text as it is.</summary>
internal static class BodyWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a body.</summary>
    public static (ReadOnlyMemory<byte>? Body, string? ContentType) Write(
        ApiBody body, ToolArguments arguments, IReadOnlyDictionary<string, string> renamed)
    {
        if (arguments.Find(body.Argument) is not { } value)
        {
            return body.Required
                ? throw new ToolException($"The argument '{body.Argument}' is missing; the operation needs it as its body.") { IsOfArguments = true }
                : default;
        }

        if (body.IsJson)
        {
            return (Json(Unquoted(body, value), renamed), body.ContentType);
        }

        if (body.IsForm)
        {
            return (Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : Form(body, value, renamed)), body.ContentType);
        }

        if (body.IsMultipart)
        {
            return Multipart(body, value, renamed);
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return (Json(value, renamed), body.ContentType);
        }

        var text = value.GetString()!;
        if (MediaTypes.IsText(body.ContentType))
        {
            return (Encoding.UTF8.GetBytes(text), body.ContentType);
        }

        return (Base64(text) ?? throw new ToolException($"The argument '{body.Argument}' must be the body's bytes in base64."), body.ContentType);
    }

    // Small models write JSON into a string where an object is wanted.
    private static JsonElement Unquoted(ApiBody body, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && body.Schema is not null
            && SchemaConverter.ForArgument(body.Schema, 2000).Schema["type"]?.ToString() is "object" or "array")
        {
            try
            {
                return JsonElement.Parse(value.GetString()!);
            }
            catch (JsonException e)
            {
                throw new ToolException($"The argument '{body.Argument}' must be JSON as its schema says, not a text.", e);
            }
        }

        return value;
    }

    private static ReadOnlyMemory<byte> Json(JsonElement value, IReadOnlyDictionary<string, string> renamed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            Copy(writer, value, renamed);
        }

        return buffer.WrittenMemory;
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement value, IReadOnlyDictionary<string, string> renamed)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(renamed.GetValueOrDefault(member.Name, member.Name));
                    Copy(writer, member.Value, renamed);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(writer, item, renamed);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Form(ApiBody body, JsonElement value, IReadOnlyDictionary<string, string> renamed)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var (name, member) in Members(body, value, renamed))
        {
            if (body.Fields.FirstOrDefault(f => f.Name == name) is { } field)
            {
                pairs.AddRange(ParameterWriter.InQuery(field, member));
                continue;
            }

            var encoding = body.Encoding?.Get(name);
            var style = encoding?.Text("style");
            if (encoding?.Text("contentType") is { } type && MediaTypes.IsJson(type))
            {
                pairs.Add((Uri.EscapeDataString(name), Uri.EscapeDataString(member.GetRawText())));
            }
            else if (member.ValueKind == JsonValueKind.Object || style == "deepObject")
            {
                pairs.AddRange(ParameterWriter.Brackets(name, member));
            }
            else if (member.ValueKind == JsonValueKind.Array && member.EnumerateArray().Any(i => i.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
            {
                pairs.AddRange(ParameterWriter.Brackets(name, member));
            }
            else
            {
                pairs.AddRange(ParameterWriter.InQuery(
                    new ApiParameter
                    {
                        Name = name,
                        Argument = name,
                        Place = ParameterPlace.Query,
                        Schema = null,
                        Explode = encoding?.Flag("explode") ?? true,
                        Style = style switch
                        {
                            "spaceDelimited" => ParameterStyle.SpaceDelimited,
                            "pipeDelimited" => ParameterStyle.PipeDelimited,
                            _ => ParameterStyle.Form,
                        },
                    },
                    member));
            }
        }

        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value.Replace("%20", "+", StringComparison.Ordinal)}"));
    }

    private static (ReadOnlyMemory<byte>? Body, string? ContentType) Multipart(ApiBody body, JsonElement value, IReadOnlyDictionary<string, string> renamed)
    {
        // The same call makes the same bytes, so that a preview shows what will be sent.
        var boundary = "part-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value.GetRawText())).AsSpan(0, 12));
        using var buffer = new MemoryStream();
        foreach (var (name, member) in Members(body, value, renamed))
        {
            var items = member.ValueKind == JsonValueKind.Array ? member.EnumerateArray().ToArray() : [member];
            foreach (var item in items)
            {
                var (bytes, type, file) = Part(body, name, item);
                var disposition = new ContentDispositionHeaderValue("form-data") { Name = Quoted(name), FileName = file is null ? null : Quoted(file) };
                buffer.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: {disposition}\r\n{(type is null ? string.Empty : $"Content-Type: {type}\r\n")}\r\n"));
                buffer.Write(bytes);
                buffer.Write("\r\n"u8);
            }
        }

        buffer.Write(Encoding.UTF8.GetBytes($"--{boundary}--\r\n"));
        return (buffer.ToArray(), $"{MediaTypes.Bare(body.ContentType)}; boundary={boundary}");
    }

    // A file is {"filename", "text" or "base64", "content_type"}; a string where a file is wanted is its text.
    private static (byte[] Bytes, string? Type, string? File) Part(ApiBody body, string name, JsonElement item)
    {
        var type = body.Encoding?.Get(name)?.Text("contentType")?.Split(',')[0].Trim();
        var isFile = BinaryParts.Is(body, name);
        if (item.ValueKind == JsonValueKind.Object && isFile)
        {
            var given = new ToolArguments(item);
            var content = given.OptionalText("base64") is { } base64
                ? Base64(base64) ?? throw new ToolException($"The file '{name}' has no proper base64.")
                : Encoding.UTF8.GetBytes(given.OptionalText("text") ?? throw new ToolException($"The file '{name}' needs 'text' or 'base64'."));
            return (content, Line(given.OptionalText("content_type")) ?? type ?? "application/octet-stream", Line(given.OptionalText("filename")) ?? name);
        }

        if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return (Encoding.UTF8.GetBytes(item.GetRawText()), type ?? "application/json", null);
        }

        return (Encoding.UTF8.GetBytes(ParameterWriter.Text(item)), isFile ? type ?? "application/octet-stream" : type, isFile ? name : null);
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(ApiBody body, JsonElement value, IReadOnlyDictionary<string, string> renamed)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ToolException($"The argument '{body.Argument}' must be an object whose members are the form's fields.");
        }

        return value.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null).Select(m => (renamed.GetValueOrDefault(m.Name, m.Name), m.Value));
    }

    private static string Quoted(string text) =>
        $"\"{Line(text)!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal)}\"";

    private static string? Line(string? text) => text is null || !text.Any(char.IsControl)
        ? text
        : throw new ToolException("Names and types of parts must be on one line.");

    private static byte[]? Base64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
