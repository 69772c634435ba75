using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agent.Tools.Hosting;

/// <summary>
/// Reads arguments by name. A missing or wrong one is a <see cref="ToolException"/> that names it and says what would be right;
/// <c>null</c> counts as missing.
/// </summary>
public sealed class ToolArguments
{
    private readonly string prefix;

    /// <summary>Arguments from a JSON object.</summary>
    /// <param name="value">The object; an undefined value is an empty one.</param>
    /// <exception cref="ToolException">It is no object.</exception>
    public ToolArguments(JsonElement value)
        : this(ReadMembers(value, "The arguments"), string.Empty)
    {
    }

    internal ToolArguments(IReadOnlyDictionary<string, JsonElement> members, string prefix = "")
    {
        Members = members;
        this.prefix = prefix;
    }

    /// <summary>The arguments as they came.</summary>
    public IReadOnlyDictionary<string, JsonElement> Members { get; }

    /// <summary>Whether an argument is there.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True where it is there and not null.</returns>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The raw value of an argument.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; null where missing.</returns>
    public JsonElement? Find(string name) =>
        Members.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>A required string.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The string.</returns>
    public string Text(string name) => OptionalText(name) ?? throw Missing(name, "a string");

    /// <summary>A string.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The string; null where missing.</returns>
    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(name, "a string"),
    };

    /// <summary>One of a few words.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">The word where it is missing.</param>
    /// <param name="words">The words.</param>
    /// <returns>The word.</returns>
    public string Choice(string name, string fallback, params ReadOnlySpan<string> words)
    {
        var word = OptionalText(name) ?? fallback;
        return words.Contains(word) ? word : throw Wrong(name, "one of " + string.Join(", ", words.ToArray()));
    }

    /// <summary>A truth value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">The value where it is missing.</param>
    /// <returns>The value.</returns>
    public bool Flag(string name, bool fallback = false) => Find(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">The number where it is missing.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <returns>The number.</returns>
    public int Int(string name, int fallback, int least, int most) => (int)Long(name, fallback, least, most);

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">The number where it is missing.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <returns>The number.</returns>
    public long Long(string name, long fallback, long least, long most) => OptionalLong(name, least, most) ?? fallback;

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <returns>The number; null where missing.</returns>
    public long? OptionalLong(string name, long least, long most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        // 3.0 is a whole number in JSON Schema.
        long number;
        if (value.ValueKind != JsonValueKind.Number
            || (!value.TryGetInt64(out number) && !(value.TryGetDouble(out var real) && Math.Abs(real) < 1e15 && real == Math.Floor(real) && (number = (long)real) == real))
            || number < least
            || number > most)
        {
            throw Wrong(name, $"a whole number from {least} to {most}");
        }

        return number;
    }

    /// <summary>A list of strings; a single string counts as a list of one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="most">The most items allowed.</param>
    /// <returns>The strings; empty where missing.</returns>
    public IReadOnlyList<string> Texts(string name, int most = 1000)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, "a list of strings");
        }

        if (value.GetArrayLength() > most)
        {
            throw Wrong(name, $"a list of at most {most} strings");
        }

        var items = new List<string>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            items.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, "a list of strings"));
        }

        return items;
    }

    /// <summary>A list of objects.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="most">The most items allowed.</param>
    /// <returns>A reader for each object; empty where missing.</returns>
    public IReadOnlyList<ToolArguments> Objects(string name, int most = 1000)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            throw Wrong(name, $"a list of at most {most} objects");
        }

        return [.. value.EnumerateArray().Select((item, i) => new ToolArguments(ReadMembers(item, $"{prefix}{name}[{i}]"), $"{prefix}{name}[{i}]."))];
    }

    /// <summary>An argument of a type of the tool's own.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its source-generated description.</param>
    /// <param name="expected">What would be right, in words.</param>
    /// <returns>The value; null where missing.</returns>
    public T? Read<T>(string name, JsonTypeInfo<T> type, string expected)
        where T : class
    {
        try
        {
            return Find(name)?.Deserialize(type);
        }
        catch (JsonException e)
        {
            throw new ToolException($"The argument '{prefix}{name}' must be {expected}.", e) { IsOfArguments = true };
        }
    }

    /// <summary>The error of an argument that is wrong.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">What would be right, in words, for example <c>a string</c>.</param>
    /// <returns>The error, to be thrown.</returns>
    public ToolException Wrong(string name, string expected) => new($"The argument '{prefix}{name}' must be {expected}.") { IsOfArguments = true };

    private ToolException Missing(string name, string expected) => new($"The argument '{prefix}{name}' is missing; give {expected}.") { IsOfArguments = true };

    private static Dictionary<string, JsonElement> ReadMembers(JsonElement value, string what)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return members;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ToolException($"{what} must be a JSON object.");
        }

        foreach (var member in value.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }
}
