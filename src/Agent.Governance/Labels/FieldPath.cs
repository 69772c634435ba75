using System.Text.Json;

namespace Agent.Governance.Labels;

/// <summary>
/// Names values inside JSON: members joined by dots, <c>[*]</c> for every element, <c>*</c> for every member,
/// <c>**</c> for everything below, for example <c>items[*].author.id</c>.
/// </summary>
internal sealed class FieldPath
{
    private readonly string[] _steps;

    public FieldPath(string text)
    {
        Text = text;
        _steps = text.Replace("[*]", ".[]", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
        if (_steps.Length == 0 || Array.Exists(_steps, s => s is not "[]" && s.AsSpan().IndexOfAny('[', ']') >= 0))
        {
            throw new FormatException($"\"{text}\" names no field; write it like items[*].id.");
        }
    }

    public string Text { get; }

    /// <summary>The scalar values that the path names in a value.</summary>
    public IEnumerable<JsonElement> Select(JsonElement value) => Select(value, 0);

    /// <summary>Whether the path names a place written with its members and element numbers, for example <c>to[0]</c>.</summary>
    public bool Names(IReadOnlyList<string> place) => Names(place, 0, 0);

    /// <summary>Every scalar in a value with its place.</summary>
    /// <param name="value">The value.</param>
    /// <param name="withEmpty">Whether empty objects and lists count as leaves.</param>
    public static IEnumerable<(IReadOnlyList<string> Place, JsonElement Value)> Leaves(JsonElement value, bool withEmpty = false) => Leaves(value, [], withEmpty);

    /// <summary>A place as a person writes it.</summary>
    public static string Format(IReadOnlyList<string> place) =>
        string.Join('.', place).Replace(".[", "[", StringComparison.Ordinal);

    private static IEnumerable<(IReadOnlyList<string>, JsonElement)> Leaves(JsonElement value, IReadOnlyList<string> place, bool withEmpty)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when !withEmpty || value.GetPropertyCount() > 0:
                return value.EnumerateObject().SelectMany(m => Leaves(m.Value, [.. place, m.Name], withEmpty));
            case JsonValueKind.Array when !withEmpty || value.GetArrayLength() > 0:
                return value.EnumerateArray().SelectMany((e, i) => Leaves(e, [.. place, $"[{i}]"], withEmpty));
            default:
                return [(place, value)];
        }
    }

    private IEnumerable<JsonElement> Select(JsonElement value, int step)
    {
        if (step == _steps.Length)
        {
            return value.ValueKind is JsonValueKind.Object ? []
                : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().Where(e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                : [value];
        }

        switch (_steps[step])
        {
            case "**":
                return Leaves(value, [], false).Select(l => l.Item2);
            case "[]":
                return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(e => Select(e, step + 1)) : [];
            case "*":
                return value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().SelectMany(m => Select(m.Value, step + 1)) : [];
            default:
                return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(_steps[step], out var member) ? Select(member, step + 1) : [];
        }
    }

    private bool Names(IReadOnlyList<string> place, int step, int at)
    {
        if (step == _steps.Length)
        {
            // A path to a list names its elements too.
            return at == place.Count || place.Skip(at).All(p => p.StartsWith('['));
        }

        if (_steps[step] == "**")
        {
            return true;
        }

        if (at == place.Count)
        {
            return false;
        }

        return (_steps[step] == "[]" ? place[at].StartsWith('[') : _steps[step] == "*" || string.Equals(_steps[step], place[at], StringComparison.Ordinal))
            && Names(place, step + 1, at + 1);
    }
}
