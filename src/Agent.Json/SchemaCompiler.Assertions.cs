using System.Numerics;
using System.Text.Json;

namespace Agent.Json;

/// <content>The keywords that look at one value alone.</content>
internal sealed partial class SchemaCompiler
{
    private static void AddAssertions(JsonElement schema, List<Keyword> keywords, string pointer)
    {
        AddType(schema, keywords, pointer);
        AddValues(schema, keywords);
        AddNumbers(schema, keywords);
        AddSizes(schema, keywords);

        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            var properties = schema.TryGetProperty("properties", out var known) && known.ValueKind == JsonValueKind.Object ? known : default;
            keywords.Add(new RequiredKeyword(Texts(required), name => Describe(properties, name)));
        }

        if (TryGetText(schema, "pattern", out var text))
        {
            var pattern = SchemaPattern.Compile(text);
            keywords.Add(new ConditionKeyword(
                value => value.ValueKind != JsonValueKind.String || SchemaPattern.IsMatch(pattern, value.GetString()!),
                _ => $"must match the pattern {text}"));
        }
    }

    private static string? Describe(JsonElement properties, string name)
    {
        if (properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty(name, out var property) || property.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var type = TryGetText(property, "type", out var word) ? word : null;
        var description = TryGetText(property, "description", out var words) ? words.Split('\n')[0] : null;
        return (type, description) switch
        {
            (null, null) => null,
            (null, _) => description,
            (_, null) => type,
            _ => $"{type}: {(description.Length > 80 ? description[..79] + "…" : description.TrimEnd('.'))}",
        };
    }

    private static void AddType(JsonElement schema, List<Keyword> keywords, string pointer)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return;
        }

        var names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => Texts(type),
            _ => throw new FormatException($"The schema's type at \"{pointer}\" is neither a word nor a list of words."),
        };
        foreach (var name in names)
        {
            if (name is not ("null" or "boolean" or "object" or "array" or "number" or "string" or "integer"))
            {
                throw new FormatException($"The schema's type \"{name}\" at \"{pointer}\" is not one of null, boolean, object, array, number, string, integer.");
            }
        }

        keywords.Add(new ConditionKeyword(
            value => names.Exists(name => Is(value, name)),
            value => $"must be {string.Join(" or ", names.Select(WithArticle))}, not {WithArticle(NameOf(value))}"));
    }

    private static bool Is(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && IsInteger(value)),
        _ => false,
    };

    private static bool IsInteger(JsonElement value) =>
        value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && double.IsFinite(number) && Math.Floor(number) == number);

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => "number",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string WithArticle(string type) => type switch
    {
        "null" => "null",
        "object" or "array" or "integer" => "an " + type,
        _ => "a " + type,
    };

    private static void AddValues(JsonElement schema, List<Keyword> keywords)
    {
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            var allowed = values.EnumerateArray().ToArray();
            keywords.Add(new ConditionKeyword(
                value => Array.Exists(allowed, one => JsonElement.DeepEquals(one, value)),
                _ => $"must be one of {string.Join(", ", allowed.Take(30).Select(static one => one.GetRawText()))}{(allowed.Length > 30 ? ", …" : string.Empty)}"));
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            keywords.Add(new ConditionKeyword(value => JsonElement.DeepEquals(constant, value), _ => $"must be {constant.GetRawText()}"));
        }
    }

    private static void AddNumbers(JsonElement schema, List<Keyword> keywords)
    {
        var exclusiveBelow = schema.TryGetProperty("exclusiveMinimum", out var low) && low.ValueKind == JsonValueKind.True;
        var exclusiveAbove = schema.TryGetProperty("exclusiveMaximum", out var high) && high.ValueKind == JsonValueKind.True;
        Limit("minimum", exclusiveBelow ? static order => order > 0 : static order => order >= 0, exclusiveBelow ? "more than" : "at least");
        Limit("maximum", exclusiveAbove ? static order => order < 0 : static order => order <= 0, exclusiveAbove ? "less than" : "at most");
        Limit("exclusiveMinimum", static order => order > 0, "more than");
        Limit("exclusiveMaximum", static order => order < 0, "less than");

        if (schema.TryGetProperty("multipleOf", out var factor) && factor.ValueKind == JsonValueKind.Number)
        {
            keywords.Add(new ConditionKeyword(
                value => value.ValueKind != JsonValueKind.Number || IsMultiple(value, factor), _ => $"must be a multiple of {factor.GetRawText()}"));
        }

        void Limit(string name, Func<int, bool> holds, string words)
        {
            if (schema.TryGetProperty(name, out var limit) && limit.ValueKind == JsonValueKind.Number)
            {
                keywords.Add(new ConditionKeyword(
                    value => value.ValueKind != JsonValueKind.Number || holds(Compare(value, limit)), _ => $"must be {words} {limit.GetRawText()}"));
            }
        }
    }

    private static int Compare(JsonElement a, JsonElement b) =>
        a.TryGetDecimal(out var x) && b.TryGetDecimal(out var y) ? x.CompareTo(y) : a.GetDouble().CompareTo(b.GetDouble());

    private static bool IsMultiple(JsonElement value, JsonElement factor)
    {
        if (value.TryGetDecimal(out var x) && factor.TryGetDecimal(out var y) && y != 0)
        {
            return x % y == 0;
        }

        var (number, step) = (value.GetDouble(), factor.GetDouble());
        if (IsInteger(factor) && double.IsFinite(number) && Math.Floor(number) == number && step != 0)
        {
            return (new BigInteger(number) % new BigInteger(step)).IsZero;
        }

        // Beyond a decimal: the quotient tells, within the precision that a double has.
        var quotient = number / step;
        return double.IsFinite(quotient) && Math.Floor(quotient) == quotient;
    }

    private static void AddSizes(JsonElement schema, List<Keyword> keywords)
    {
        Size("minLength", JsonValueKind.String, static value => Length(value), static (size, limit) => size >= limit, "at least", "character(s) long");
        Size("maxLength", JsonValueKind.String, static value => Length(value), static (size, limit) => size <= limit, "at most", "character(s) long");
        Size("minItems", JsonValueKind.Array, static value => value.GetArrayLength(), static (size, limit) => size >= limit, "at least", "item(s) long");
        Size("maxItems", JsonValueKind.Array, static value => value.GetArrayLength(), static (size, limit) => size <= limit, "at most", "item(s) long");
        Size("minProperties", JsonValueKind.Object, static value => value.GetPropertyCount(), static (size, limit) => size >= limit, "at least", "member(s) large");
        Size("maxProperties", JsonValueKind.Object, static value => value.GetPropertyCount(), static (size, limit) => size <= limit, "at most", "member(s) large");

        if (schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True)
        {
            keywords.Add(new ConditionKeyword(static value => value.ValueKind != JsonValueKind.Array || AreUnique(value), static _ => "must not hold an item twice"));
        }

        void Size(string name, JsonValueKind kind, Func<JsonElement, int> measure, Func<int, int, bool> holds, string words, string unit)
        {
            if (Count(schema, name) is { } limit)
            {
                keywords.Add(new ConditionKeyword(
                    value => value.ValueKind != kind || holds(measure(value), limit), value => $"must be {words} {limit} {unit}, not {measure(value)}"));
            }
        }
    }

    /// <summary>JSON Schema counts Unicode code points, not UTF-16 units.</summary>
    private static int Length(JsonElement value)
    {
        var count = 0;
        foreach (var _ in value.GetString()!.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static bool AreUnique(JsonElement array)
    {
        var items = array.EnumerateArray().ToArray();
        if (items.Length > 64)
        {
            var seen = new HashSet<string>(items.Length, StringComparer.Ordinal);
            return Array.TrueForAll(items, item => seen.Add(CanonicalJson.Digest(item)));
        }

        for (var i = 1; i < items.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (JsonElement.DeepEquals(items[i], items[j]))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
