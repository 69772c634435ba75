using System.Text.Json;

namespace Agent.Governance.Guardrails;

/// <summary>Masks what is sensitive in what is written down, and in what goes on to a model.</summary>
internal sealed class Redactor
{
    private readonly SensitiveGroup? _group;
    private readonly Func<GuardrailOptions>? _options;

    /// <summary>Masks credentials and personal data, for logs and the audit.</summary>
    public Redactor()
        : this(default(SensitiveGroup?))
    {
    }

    /// <summary>Masks credentials, and personal data as the switches for logs say.</summary>
    public Redactor(Func<GuardrailOptions> options)
        : this(default(SensitiveGroup?)) => _options = options;

    private Redactor(SensitiveGroup? group) => _group = group;

    /// <summary>Masks credentials alone.</summary>
    public static Redactor Secrets { get; } = new(SensitiveGroup.Secret);

    public string Redact(string text)
    {
        var found = SensitiveData.Find(text, _group);
        if (found.Count == 0 || _options is null)
        {
            return SensitiveData.Mask(text, found);
        }

        var options = _options();
        foreach (var item in found)
        {
            if (options.InLogs(item) == GuardAction.Deny)
            {
                return $"[withheld: it holds a {item.Kind.Replace('_', ' ')}]";
            }
        }

        return SensitiveData.Mask(text, [.. found.Where(f => options.InLogs(f) != GuardAction.Allow)]);
    }

    /// <summary>The value with its texts masked, member names too; the value itself where nothing is found.</summary>
    public JsonElement Redact(JsonElement value) => Rewrite(value, Redact);

    /// <summary>The value with each text replaced; the value itself where none changes.</summary>
    public static JsonElement Rewrite(JsonElement value, Func<string, string> rewrite)
    {
        if (!Changes(value, rewrite))
        {
            return value;
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value, rewrite);
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static bool Changes(JsonElement value, Func<string, string> rewrite)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (Changes(member.Value, rewrite) || Changes(member.Name, rewrite))
                    {
                        return true;
                    }
                }

                return false;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    if (Changes(element, rewrite))
                    {
                        return true;
                    }
                }

                return false;
            case JsonValueKind.String:
                return Changes(value.GetString()!, rewrite);
            case JsonValueKind.Number:
                var number = value.GetRawText();
                return number.Length >= 13 && Changes(number, rewrite);
            default:
                return false;
        }
    }

    private static bool Changes(string text, Func<string, string> rewrite) => text.Length >= 6 && rewrite(text) != text;

    private static void Write(Utf8JsonWriter writer, JsonElement value, Func<string, string> rewrite)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name.Length >= 6 ? rewrite(member.Name) : member.Name);
                    Write(writer, member.Value, rewrite);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                {
                    Write(writer, element, rewrite);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(rewrite(value.GetString()!));
                break;
            case JsonValueKind.Number when value.GetRawText() is { Length: >= 13 } number && rewrite(number) is var masked && masked != number:
                writer.WriteStringValue(masked);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
