using System.Text.Json;
using Agent.Tools.Hosting;

namespace Agent.Tools.Web.Results;

/// <summary>What to show of an answer.</summary>
/// <param name="Select">A selection; null for all of it.</param>
/// <param name="Offset">The first item of the main list, or the first character of a text.</param>
/// <param name="MostItems">The most items of a list.</param>
/// <param name="MostCharacters">The most characters of the whole.</param>
internal sealed record AnswerView(JsonPath? Select, int Offset, int MostItems, int MostCharacters)
{
    /// <summary>Reads a selection.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    public static JsonPath? Path(ToolArguments arguments, string name)
    {
        try
        {
            return arguments.OptionalText(name) is { Length: > 0 } text ? JsonPath.Parse(text) : null;
        }
        catch (FormatException e)
        {
            throw new ToolException($"The argument '{name}' is no JSONPath such as $.items[*].name: {e.Message}.", e);
        }
    }

    /// <summary>The part of a value that is to be shown: one value where one place is selected, else the list of all that were found.</summary>
    public JsonElement Selected(JsonElement value)
    {
        if (Select is null)
        {
            return value;
        }

        IReadOnlyList<JsonElement> found;
        try
        {
            found = Select.Select(value);
        }
        catch (FormatException e)
        {
            throw new ToolException($"The selection cannot be made: {e.Message}; select less.", e);
        }

        if (Select.IsSingular)
        {
            return found is [var only] ? only : throw new ToolException($"The selection leads to nothing in the answer{Members(value)}.");
        }

        return found.Count > 0 || Select.IsSingular
            ? JsonSerializer.SerializeToElement(found, ReplyJson.Default.IReadOnlyListJsonElement)
            : throw new ToolException($"The selection finds nothing in the answer{Members(value)}.");
    }

    // What is there instead.
    private static string Members(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $", which is an object with {string.Join(", ", value.EnumerateObject().Take(30).Select(m => m.Name))}",
        JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Object =>
            $", which is a list of {value.GetArrayLength()} objects with {string.Join(", ", value[0].EnumerateObject().Take(30).Select(m => m.Name))}",
        JsonValueKind.Array => $", which is a list of {value.GetArrayLength()}",
        _ => string.Empty,
    };
}
