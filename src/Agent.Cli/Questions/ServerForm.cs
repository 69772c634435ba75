using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Cli.Rendering;

namespace Agent.Cli.Questions;

/// <summary>
/// What a server wants to know of the person: MCP elicitation in its form mode, a flat object whose members are text, numbers, yes or
/// no, or choices.
/// </summary>
/// <param name="Server">Who asks.</param>
/// <param name="Message">What it says.</param>
/// <param name="Fields">What it wants to know, in its order.</param>
internal sealed record ServerForm(string Server, string Message, IReadOnlyList<FormField> Fields)
{
    /// <summary>More than this nobody answers.</summary>
    private const int MaxFields = 50;

    /// <summary>Reads the parameters of <c>elicitation/create</c>.</summary>
    /// <exception cref="FormatException">Nobody could be asked this here.</exception>
    public static ServerForm Read(string server, JsonElement parameters)
    {
        if (parameters.TryGetProperty("mode", out var mode) && mode.ValueKind == JsonValueKind.String && mode.GetString() != "form")
        {
            throw new FormatException("it wants an address opened");
        }

        if (!parameters.TryGetProperty("requestedSchema", out var schema) || schema.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it does not say what it wants");
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        var fields = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Take(MaxFields + 1).Select(property => FormField.Read(property.Name, property.Value, required.Contains(property.Name))).ToList()
            : [];
        if (fields.Count > MaxFields)
        {
            throw new FormatException($"it wants to know more than {MaxFields} things");
        }

        var message = parameters.TryGetProperty("message", out var words) && words.ValueKind == JsonValueKind.String ? words.GetString()! : string.Empty;
        return new ServerForm(server, message, fields);
    }

    /// <summary>The whole question as lines of text, with nothing in them that a terminal would obey.</summary>
    public IEnumerable<string> Card()
    {
        var message = TerminalText.Clean(Message).Split('\n');
        yield return $"The server '{TerminalText.Line(Server)}' asks: {message[0]}";
        foreach (var line in message.Skip(1))
        {
            yield return "  " + line;
        }

        foreach (var field in Fields)
        {
            yield return TerminalText.Line($"  {field.Title}: {(field.Description is { Length: > 0 } words ? words.TrimEnd('.') + " — " : string.Empty)}{field.Hint}");
        }

        yield return "What you answer goes to that server; never give it a password.";
    }
}

/// <summary>A form while it is filled in, one field after the other.</summary>
internal sealed class FormFilling(ServerForm form)
{
    private int next;

    /// <summary>What is asked now; null once all was.</summary>
    public FormField? Field => next < form.Fields.Count ? form.Fields[next] : null;

    /// <summary>What was answered so far.</summary>
    public JsonObject Content { get; } = [];

    /// <summary>Takes an answer and goes on.</summary>
    /// <returns>Why it cannot be taken; null where it was.</returns>
    public string? Take(string typed)
    {
        var field = Field!;
        if (field.Parse(typed, out var value) is { } problem)
        {
            return problem;
        }

        if (value is not null)
        {
            Content[field.Name] = value;
        }

        next++;
        return null;
    }

    /// <summary>What would be sent, as lines.</summary>
    public IEnumerable<string> Summary() => form.Fields.Select(field => TerminalText.Line($"  {field.Title}: {Content[field.Name] switch
    {
        null => "(left out)",
        JsonArray several => string.Join(", ", several.Select(static one => one!.GetValue<string>())),
        JsonValue value when value.TryGetValue<bool>(out var yes) => yes ? "yes" : "no",
        var value => value.ToString(),
    }}"));
}
