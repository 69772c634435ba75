using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Models.Offline.Tools;

/// <summary>What a tool answered, read tolerantly: the structured part where there is one, else the text.</summary>
internal sealed class ToolOutput
{
    private ToolOutput(string text, JsonElement? structured, bool isError)
    {
        Text = text;
        Structured = structured;
        IsError = isError;
    }

    /// <summary>The text for people.</summary>
    public string Text { get; }

    /// <summary>The JSON; null where the tool gave none.</summary>
    public JsonElement? Structured { get; }

    /// <summary>Whether the call failed or was not run.</summary>
    public bool IsError { get; }

    /// <summary>Whether the call was not run because a policy or a person refused it.</summary>
    public bool IsRefused =>
        IsError && (Has("denied") || Has("refused") || Has("approval") || Has("not approved") || Has("not allowed") || Has("policy") || Has("declined"));

    /// <summary>Whether the result was taken out of the history to save room.</summary>
    public bool IsDropped => Structured is null && !IsError && (Has("dropped") || Has("removed from the context")) && Text.Length < 400;

    public static ToolOutput FromText(string text, bool isError = false) => new(text, TryParse(text), isError);

    public static ToolOutput Read(FunctionResultContent content)
    {
        if (content.RawRepresentation is ToolResult raw)
        {
            return new ToolOutput(raw.Text, raw.Structured ?? TryParse(raw.Text), raw.IsError);
        }

        var isError = content.Exception is not null;
        return content.Result switch
        {
            ToolResult result => new ToolOutput(result.Text, result.Structured ?? TryParse(result.Text), result.IsError || isError),
            JsonElement { ValueKind: JsonValueKind.String } element => ReadText(element.GetString()!, isError),
            JsonElement element => ReadJson(element, isError),
            string text => ReadText(text, isError),
            null => new ToolOutput(content.Exception?.Message ?? string.Empty, null, isError),
            IFormattable value => ReadText(value.ToString(null, CultureInfo.InvariantCulture), isError),
            var other => ReadText(other.ToString() ?? string.Empty, isError),
        };
    }

    private static ToolOutput ReadText(string text, bool isError)
    {
        if (TryParse(text) is { } json)
        {
            return ReadJson(json, isError);
        }

        return new ToolOutput(text, null, isError || text.StartsWith("Error", StringComparison.OrdinalIgnoreCase) || SaysMissing(text));
    }

    private static ToolOutput ReadJson(JsonElement json, bool isError)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            && content.EnumerateArray().All(static block => block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out _)))
        {
            var result = new ToolResult { Raw = json };
            return new ToolOutput(result.Text, result.Structured ?? TryParse(result.Text), result.IsError || isError);
        }

        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out var error) && json.EnumerateObject().Count() <= 3)
        {
            return new ToolOutput(error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText(), json, isError: true);
        }

        return new ToolOutput(json.GetRawText(), json, isError);
    }

    private static JsonElement? TryParse(string text)
    {
        var trimmed = text.AsSpan().TrimStart();
        if (trimmed.IsEmpty || trimmed[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One line that says that something is not there: text alone carries no mark of failure.</summary>
    private static bool SaysMissing(string text) =>
        text.Length < 300 && !text.Contains('\n', StringComparison.Ordinal) && (text.Contains("does not exist", StringComparison.Ordinal) || text.Contains("no such ", StringComparison.OrdinalIgnoreCase));

    private bool Has(string word) => Text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
