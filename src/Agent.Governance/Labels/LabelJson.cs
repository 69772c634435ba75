using System.Collections.Immutable;
using System.Text.Json;

namespace Agent.Governance.Labels;

/// <summary>Labels as JSON, for stores and the audit.</summary>
internal static class LabelJson
{
    public static void Write(Utf8JsonWriter writer, Label label)
    {
        writer.WriteStartObject();
        writer.WriteString("integrity", Name(label.Integrity));
        writer.WriteString("confidentiality", Name(label.Confidentiality));
        writer.WriteStartArray("sources");
        foreach (var source in label.Sources)
        {
            writer.WriteStringValue(source);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a label; anything that is not one is <see cref="Label.Missing"/>, never a pass.</summary>
    public static Label Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !TryRead<Integrity>(value, "integrity", out var integrity)
            || !TryRead<Confidentiality>(value, "confidentiality", out var confidentiality)
            || !value.TryGetProperty("sources", out var sources) || sources.ValueKind != JsonValueKind.Array)
        {
            return Label.Missing;
        }

        var names = ImmutableSortedSet.CreateBuilder<string>();
        foreach (var source in sources.EnumerateArray())
        {
            if (source.ValueKind == JsonValueKind.String)
            {
                names.Add(source.GetString()!);
            }
        }

        return new Label(integrity, confidentiality, names.ToImmutable());
    }

    public static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Reads an enumeration's name; numbers are refused, because they would pass for values that do not exist.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is { Length: > 0 } && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse(text.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    private static bool TryRead<T>(JsonElement value, string name, out T result)
        where T : struct, Enum
    {
        result = default;
        return value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && TryParse(member.GetString(), out result);
    }
}
