using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Json;

namespace Agent.Cli.Questions;

/// <summary>What kind of answer a field takes.</summary>
internal enum FieldKind
{
    Text,
    Number,
    Integer,
    YesOrNo,

    /// <summary>One of the choices.</summary>
    Choice,

    /// <summary>Any of the choices, separated by commas.</summary>
    Choices,
}

/// <summary>One of the values a field may have.</summary>
/// <param name="Value">What is sent.</param>
/// <param name="Title">What a person reads.</param>
internal sealed record FormChoice(string Value, string Title);

/// <summary>One field of a <see cref="ServerForm"/>: what it is called, and how a typed answer becomes its value.</summary>
internal sealed class FormField
{
    private readonly JsonSchema schema;
    private readonly string? format;

    private FormField(string name, JsonElement definition, bool required)
    {
        Name = name;
        Required = required;
        Title = TextOf(definition, "title") ?? name;
        Description = TextOf(definition, "description");
        format = TextOf(definition, "format");
        schema = JsonSchema.Parse(definition);
        (Kind, Options) = KindOf(definition);
        Default = DefaultOf(definition, Kind);
    }

    public string Name { get; }

    public string Title { get; }

    public string? Description { get; }

    public FieldKind Kind { get; }

    public IReadOnlyList<FormChoice> Options { get; }

    public bool Required { get; }

    /// <summary>What the server proposes, as a person would type it; empty for nothing.</summary>
    public string Default { get; }

    /// <summary>What may be typed, in a few words.</summary>
    public string Hint => (Kind switch
    {
        FieldKind.Number => "a number",
        FieldKind.Integer => "a whole number",
        FieldKind.YesOrNo => "yes or no",
        FieldKind.Choice => "one of " + Listed,
        FieldKind.Choices => "any of " + Listed + ", with commas",
        _ => format switch { "email" => "an e-mail address", "uri" => "an address", "date" => "a date, YYYY-MM-DD", "date-time" => "a date and time, ISO 8601", _ => "text" },
    }) + (Required ? string.Empty : "; may be left out");

    private string Listed => string.Join(", ", Options.Select(static option => option.Title == option.Value ? option.Value : $"{option.Value} ({option.Title})"));

    /// <summary>Reads one member of a form's <c>properties</c>.</summary>
    /// <exception cref="FormatException">It is nothing that a person could be asked for.</exception>
    public static FormField Read(string name, JsonElement definition, bool required) => definition.ValueKind == JsonValueKind.Object
        ? new FormField(name, definition, required)
        : throw new FormatException($"'{name}' is no field");

    /// <summary>Turns what was typed into the field's value.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="value">The value; null where the field is left out.</param>
    /// <returns>Why it cannot be taken; null where it can.</returns>
    public string? Parse(string typed, out JsonNode? value)
    {
        value = null;
        var text = typed.Trim();
        if (text.Length == 0)
        {
            return Required ? "An answer is needed here." : null;
        }

        value = Kind switch
        {
            FieldKind.Number => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null,
            FieldKind.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole) : null,
            FieldKind.YesOrNo => text.ToLowerInvariant() switch { "y" or "yes" or "true" => JsonValue.Create(true), "n" or "no" or "false" => JsonValue.Create(false), _ => null },
            FieldKind.Choice => Find(text) is { } chosen ? JsonValue.Create(chosen) : null,
            FieldKind.Choices => FindAll(text),
            _ => HasFormat(text) ? JsonValue.Create(text) : null,
        };
        if (value is null)
        {
            return $"This takes {Hint}.";
        }

        return schema.Validate(JsonSerializer.SerializeToElement(value, CliJson.Default.JsonNode)) is [var error, ..] ? $"{Title} {error}." : null;
    }

    private string? Find(string text) =>
        (Options.FirstOrDefault(option => option.Value == text)
            ?? Options.FirstOrDefault(option => option.Value.Equals(text, StringComparison.OrdinalIgnoreCase) || option.Title.Equals(text, StringComparison.OrdinalIgnoreCase)))?.Value;

    private JsonArray? FindAll(string text)
    {
        var found = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Find).ToList();
        return found.Contains(null) ? null : [.. found.Distinct(StringComparer.Ordinal).Select(static one => (JsonNode?)one)];
    }

    private bool HasFormat(string text) => format switch
    {
        "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 && !text.Contains(' ', StringComparison.Ordinal),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _),
        _ => true,
    };

    private static (FieldKind Kind, IReadOnlyList<FormChoice> Options) KindOf(JsonElement definition)
    {
        switch (TextOf(definition, "type"))
        {
            case "number":
                return (FieldKind.Number, []);
            case "integer":
                return (FieldKind.Integer, []);
            case "boolean":
                return (FieldKind.YesOrNo, []);
            case "string":
                var options = OptionsOf(definition, "oneOf");
                return (options.Count > 0 ? FieldKind.Choice : FieldKind.Text, options);
            case "array" when definition.TryGetProperty("items", out var items) && OptionsOf(items, "anyOf") is { Count: > 0 } several:
                return (FieldKind.Choices, several);
            case var other:
                throw new FormatException($"it wants a field of type {other ?? "unknown"}");
        }
    }

    /// <summary>The choices in each of the ways that the protocol's versions have written them.</summary>
    private static List<FormChoice> OptionsOf(JsonElement definition, string titled)
    {
        if (definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(titled, out var list) && list.ValueKind == JsonValueKind.Array)
        {
            return [.. list.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object && TextOf(one, "const") is not null).Select(static one => new FormChoice(TextOf(one, "const")!, TextOf(one, "title") ?? TextOf(one, "const")!))];
        }

        if (definition.ValueKind != JsonValueKind.Object || !definition.TryGetProperty("enum", out var values) || values.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var names = definition.TryGetProperty("enumNames", out var titles) && titles.ValueKind == JsonValueKind.Array ? titles : default;
        return [.. values.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select((one, index) => new FormChoice(
            one.GetString()!,
            names.ValueKind == JsonValueKind.Array && index < names.GetArrayLength() && names[index].ValueKind == JsonValueKind.String ? names[index].GetString()! : one.GetString()!))];
    }

    private static string DefaultOf(JsonElement definition, FieldKind kind) => !definition.TryGetProperty("default", out var value) ? string.Empty : (kind, value.ValueKind) switch
    {
        (FieldKind.YesOrNo, JsonValueKind.True) => "yes",
        (FieldKind.YesOrNo, JsonValueKind.False) => "no",
        (FieldKind.Number or FieldKind.Integer, JsonValueKind.Number) => value.GetRawText(),
        (FieldKind.Choices, JsonValueKind.Array) => string.Join(", ", value.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString())),
        (FieldKind.Text or FieldKind.Choice, JsonValueKind.String) => value.GetString()!,
        _ => string.Empty,
    };

    private static string? TextOf(JsonElement value, string member) =>
        value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
