using System.Text.Json;

namespace Agent.Tools.Web.OpenApi;

/// <summary>A value of a document and the file it stands in, because a relative <c>$ref</c> means something in its own file only.</summary>
/// <param name="Value">The value.</param>
/// <param name="File">Where it stands.</param>
internal readonly record struct SpecNode(JsonElement Value, SpecFile File)
{
    // Far more than any document needs, and an end for one that goes in circles.
    private const int LongestChain = 32;

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsArray => Value.ValueKind == JsonValueKind.Array;

    /// <summary>A member as it stands, a <c>$ref</c> not followed.</summary>
    public SpecNode? Raw(string name) =>
        IsObject && Value.TryGetProperty(name, out var child) ? new SpecNode(child, File) : null;

    /// <summary>A member, its <c>$ref</c> followed; null where it is missing or leads nowhere.</summary>
    public SpecNode? Get(string name) => Raw(name)?.Resolve();

    /// <summary>A member's string.</summary>
    public string? Text(string name) =>
        Raw(name) is { Value.ValueKind: JsonValueKind.String } child ? child.Value.GetString() : null;

    /// <summary>A member's truth; the words "true" and "false" count, because people write them.</summary>
    public bool? Flag(string name) => Raw(name)?.Value switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } value when bool.TryParse(value.GetString(), out var flag) => flag,
        _ => null,
    };

    /// <summary>The strings of a member that is a list of strings.</summary>
    public IEnumerable<string> Texts(string name)
    {
        foreach (var item in Items(name))
        {
            if (item.Value.ValueKind == JsonValueKind.String)
            {
                yield return item.Value.GetString()!;
            }
        }
    }

    /// <summary>The items of a member that is a list, none where it is not.</summary>
    public IEnumerable<SpecNode> Items(string name)
    {
        if (Raw(name) is not { IsArray: true } list)
        {
            yield break;
        }

        foreach (var item in list.Value.EnumerateArray())
        {
            yield return new SpecNode(item, list.File);
        }
    }

    /// <summary>The members of an object, none where it is not one.</summary>
    public IEnumerable<(string Name, SpecNode Node)> Members()
    {
        if (!IsObject)
        {
            yield break;
        }

        foreach (var member in Value.EnumerateObject())
        {
            yield return (member.Name, new SpecNode(member.Value, File));
        }
    }

    /// <summary>The reference this is, if it is one.</summary>
    public string? Reference => IsObject && Value.TryGetProperty("$ref", out var target) && target.ValueKind == JsonValueKind.String
        ? target.GetString()
        : null;

    /// <summary>What a chain of references leads to; null where it leads nowhere.</summary>
    public SpecNode? Resolve()
    {
        var node = this;
        for (var hops = 0; hops < LongestChain; hops++)
        {
            if (node.Reference is not { } reference)
            {
                return node;
            }

            if (node.File.Find(reference) is not { } target)
            {
                return null;
            }

            node = target;
        }

        return null;
    }
}
