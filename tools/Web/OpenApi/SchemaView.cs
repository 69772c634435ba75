namespace Agent.Tools.Web.OpenApi;

/// <summary>A schema with its <c>allOf</c> parts laid over each other: the first that says something is heard, properties unite.</summary>
internal sealed class SchemaView
{
    private const int MostParts = 60;

    private readonly List<SpecNode> _parts = [];
    private readonly HashSet<(SpecFile File, string Reference)> _gathered = [];

    public SchemaView(SpecNode node, SchemaConverter converter, bool parts = true)
    {
        _parts.Add(node);
        if (parts)
        {
            Gather(node, converter, 0);
        }
    }

    /// <summary>Whether it consists of several.</summary>
    public bool IsMerged => _parts.Count > 1;

    public bool HasAlternatives => _parts.Exists(p => p.Raw("oneOf") is { IsArray: true } || p.Raw("anyOf") is { IsArray: true });

    public SpecNode? First(string name)
    {
        foreach (var part in _parts)
        {
            if (part.Raw(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public string? Text(string name)
    {
        foreach (var part in _parts)
        {
            if (part.Text(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public bool Any(string name) => _parts.Exists(p => p.Flag(name) == true);

    public IEnumerable<(string Name, SpecNode Node)> Properties()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in _parts)
        {
            foreach (var (name, property) in part.Get("properties")?.Members() ?? [])
            {
                if (name.Length > 0 && seen.Add(name))
                {
                    yield return (name, property);
                }
            }
        }
    }

    public HashSet<string> Required() => _parts.SelectMany(p => p.Texts("required")).ToHashSet(StringComparer.Ordinal);

    /// <summary>The alternatives of the first part that has some. Where parts have several sets, one has to do.</summary>
    public IEnumerable<SpecNode> Alternatives()
    {
        foreach (var part in _parts)
        {
            foreach (var keyword in (string[])["oneOf", "anyOf"])
            {
                var found = part.Items(keyword).Where(a => !IsNull(a)).ToList();
                if (found.Count > 0)
                {
                    return found;
                }
            }
        }

        return [];
    }

    /// <summary>Whether an alternative is the null of OpenAPI 3.1.</summary>
    public bool HasNullAlternative =>
        _parts.SelectMany(p => p.Items("oneOf").Concat(p.Items("anyOf"))).Any(IsNull);

    private static bool IsNull(SpecNode node) => node.Text("type") == "null";

    private void Gather(SpecNode node, SchemaConverter converter, int depth)
    {
        foreach (var entry in node.Items("allOf"))
        {
            // A part that includes itself, directly or not, adds nothing.
            if (_parts.Count >= MostParts || depth > 20 || converter.IsOpen(entry)
                || (entry.Reference is { } reference && !_gathered.Add((entry.File, reference)))
                || entry.Resolve() is not { IsObject: true } part)
            {
                continue;
            }

            _parts.Add(part);
            Gather(part, converter, depth + 1);
        }
    }
}
