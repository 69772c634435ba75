using System.Text;

namespace Agent.Json;

/// <summary>A place in the value being checked; a chain to its root, spelled out only when an error needs it.</summary>
internal sealed record Location(Location? Parent, string Token, int Depth)
{
    /// <summary>A value (or a chain of references) deeper than this breaks every schema.</summary>
    public const int MaxDepth = 256;

    public Location Child(string token) => new(this, token, Depth + 1);

    public Location Child(int index) => new(this, index.ToString(System.Globalization.CultureInfo.InvariantCulture), Depth + 1);

    /// <summary>The same place, one reference deeper, so that a schema that only refers to itself ends.</summary>
    public Location Deeper() => this with { Depth = Depth + 1 };

    public string ToPointer()
    {
        if (Parent is null)
        {
            return string.Empty;
        }

        var tokens = new Stack<string>();
        for (var at = this; at.Parent is not null; at = at.Parent)
        {
            tokens.Push(at.Token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        }

        var pointer = new StringBuilder();
        foreach (var token in tokens)
        {
            pointer.Append('/').Append(token);
        }

        return pointer.ToString();
    }
}

/// <summary>Which members and items of one value some keyword has looked at; what <c>unevaluated…</c> asks for.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> members = new(StringComparer.Ordinal);
    private readonly HashSet<int> items = [];

    public void Add(string member) => members.Add(member);

    public void Add(int item) => items.Add(item);

    public bool Has(string member) => members.Contains(member);

    public bool Has(int item) => items.Contains(item);

    public void Add(Evaluated other)
    {
        members.UnionWith(other.members);
        items.UnionWith(other.items);
    }
}
