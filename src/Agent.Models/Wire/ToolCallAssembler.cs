using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Models.Wire;

/// <summary>Puts tool calls together that arrive in pieces.</summary>
internal sealed class ToolCallAssembler
{
    private readonly List<Part> parts = [];

    /// <summary>Whether there is any.</summary>
    public bool Any => parts.Count > 0;

    /// <summary>Takes a piece.</summary>
    /// <param name="index">Which call it belongs to; null where the server does not say.</param>
    /// <param name="id">The call's id, in its first piece.</param>
    /// <param name="name">The tool's name, in its first piece.</param>
    /// <param name="arguments">A piece of the arguments' JSON.</param>
    public void Add(long? index, string? id, string? name, string? arguments)
    {
        id = string.IsNullOrEmpty(id) ? null : id;
        var part = index is not null
            ? parts.Find(p => p.Index == index && (id is null || p.Id is null || p.Id == id))
            : parts.LastOrDefault() is { } last && (id is null || last.Id == id) && (name is null || last.Name.Length == 0) ? last : null;
        if (part is null)
        {
            parts.Add(part = new Part { Index = index });
        }

        part.Id ??= id;
        if (!string.IsNullOrEmpty(name) && part.Name != name)
        {
            part.Name += name;
        }

        part.Arguments.Append(arguments);
    }

    /// <summary>The calls, in the order in which they began.</summary>
    /// <param name="cutOff">Whether the answer ended because it was too long.</param>
    public List<AIContent> Finish(bool cutOff)
    {
        var calls = new List<AIContent>(parts.Count);
        foreach (var part in parts)
        {
            calls.Add(Create(part.Id, part.Name, part.Arguments.ToString(), cutOff));
        }

        parts.Clear();
        return calls;
    }

    /// <summary>
    /// A call from its pieces. Arguments that are not one JSON object leave <see cref="FunctionCallContent.Arguments"/> null and say so
    /// in <see cref="FunctionCallContent.Exception"/>; they are never guessed.
    /// </summary>
    public static FunctionCallContent Create(string? id, string name, string arguments, bool cutOff)
    {
        var call = new FunctionCallContent(id ?? "call_" + Guid.NewGuid().ToString("N")[..24], name) { Arguments = new Dictionary<string, object?>() };
        if (string.IsNullOrWhiteSpace(arguments))
        {
            return call;
        }

        if (JsonReading.TryParse(arguments) is { ValueKind: JsonValueKind.Object } parsed)
        {
            foreach (var property in parsed.EnumerateObject())
            {
                call.Arguments[property.Name] = property.Value;
            }

            return call;
        }

        // Some servers send an object as a string that holds it.
        if (JsonReading.TryParse(arguments) is { ValueKind: JsonValueKind.String } wrapped && JsonReading.TryParse(wrapped.GetString()!) is { ValueKind: JsonValueKind.Object } inner)
        {
            return Create(call.CallId, name, inner.GetRawText(), cutOff);
        }

        call.Arguments = null;
        call.AdditionalProperties = new AdditionalPropertiesDictionary { [ModelKeys.RawArguments] = arguments };
        call.Exception = new FormatException(cutOff
            ? "The arguments were cut off because the answer was too long: ask for less in one call, or write shorter values."
            : "The arguments are not one JSON object: write them as {\"name\": value, …}.");
        return call;
    }

    private sealed class Part
    {
        public long? Index { get; init; }

        public string? Id { get; set; }

        public string Name { get; set; } = string.Empty;

        public StringBuilder Arguments { get; } = new();
    }
}
