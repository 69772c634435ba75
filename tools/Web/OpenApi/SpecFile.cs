using System.Globalization;
using System.Text.Json;

namespace Agent.Tools.Web.OpenApi;

/// <summary>One file of a document. References are looked up among the files that were loaded; nothing is loaded here.</summary>
internal sealed class SpecFile
{
    private readonly Dictionary<string, SpecNode?> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Depth, string Name), Dictionary<string, SpecNode>> _sections = [];
    private readonly IReadOnlyDictionary<Uri, SpecFile> _files;

    /// <summary>A file of a document.</summary>
    /// <param name="location">Where it came from; relative references start here.</param>
    /// <param name="root">Its content.</param>
    /// <param name="files">All files of the document by location; may still grow.</param>
    public SpecFile(Uri location, JsonElement root, IReadOnlyDictionary<Uri, SpecFile> files)
    {
        Location = location;
        Root = new SpecNode(root, this);
        _files = files;
    }

    public Uri Location { get; }

    public SpecNode Root { get; }

    /// <summary>What a reference that stands in this file points to; null where it points to nothing that is loaded.</summary>
    public SpecNode? Find(string reference)
    {
        // One lock for all files of a document: finding goes from one to another and back.
        lock (_files)
        {
            if (!_found.TryGetValue(reference, out var target))
            {
                // A pointer that passes through itself meets this and ends.
                _found[reference] = null;
                _found[reference] = target = Look(reference);
            }

            return target;
        }
    }

    /// <summary>The file that a reference names, without its fragment; null where it names no other file.</summary>
    public static Uri? Target(Uri from, string reference)
    {
        var end = reference.IndexOf('#', StringComparison.Ordinal);
        var file = end < 0 ? reference : reference[..end];
        return file.Length > 0 && Uri.TryCreate(from, file, out var target) ? target : null;
    }

    private SpecNode? Look(string reference)
    {
        var end = reference.IndexOf('#', StringComparison.Ordinal);
        var fragment = end < 0 ? string.Empty : reference[(end + 1)..];
        if (Target(Location, reference) is not { } other || other == Location)
        {
            return Point(fragment);
        }

        // "$ref": "Pet" is how Swagger 1 named a model, and is still written.
        return _files.TryGetValue(other, out var file)
            ? file.Point(fragment)
            : end < 0 ? Named(reference) : null;
    }

    private SpecNode? Point(string fragment)
    {
        if (fragment.Length == 0)
        {
            return Root;
        }

        if (fragment[0] != '/')
        {
            return Anchor(fragment) ?? Named(fragment);
        }

        var parts = fragment[1..].Split('/');
        var node = Root;
        if (Section(parts, out var depth) is { } section)
        {
            // "#/components/schemas/Name" and "#/definitions/Name" are nearly all references, and there may be thousands of names.
            if (!section.TryGetValue(Unescaped(parts[depth]), out node) && !section.TryGetValue(parts[depth], out node))
            {
                return Anchor(fragment);
            }

            parts = parts[(depth + 1)..];
        }

        foreach (var part in parts)
        {
            if (Step(node, part) is not { } next)
            {
                return Anchor(fragment);
            }

            node = next;
        }

        return node;
    }

    private static SpecNode? Step(SpecNode node, string part)
    {
        // A pointer may pass through a reference; JSON Pointer itself would not, but documents do.
        if (node.Resolve() is not { } here)
        {
            return null;
        }

        var name = Unescaped(part);
        if (here.IsArray)
        {
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < here.Value.GetArrayLength()
                ? new SpecNode(here.Value[index], here.File)
                : null;
        }

        return here.Raw(name) ?? here.Raw(part);
    }

    private Dictionary<string, SpecNode>? Section(string[] parts, out int depth)
    {
        depth = parts[0] == "components" ? 2 : 1;
        if (parts.Length <= depth || parts[0] is not ("components" or "definitions" or "parameters" or "responses"))
        {
            return null;
        }

        var name = depth == 2 ? parts[1] : parts[0];
        if (!_sections.TryGetValue((depth, name), out var section))
        {
            section = [];
            foreach (var (key, node) in (depth == 2 ? Root.Raw("components")?.Raw(name) : Root.Raw(name))?.Members() ?? [])
            {
                section[key] = node;
            }

            _sections[(depth, name)] = section;
        }

        return section;
    }

    private static string Unescaped(string part) =>
        Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private SpecNode? Named(string name) =>
        Root.Raw("definitions")?.Raw(name) ?? Root.Raw("components")?.Raw("schemas")?.Raw(name);

    // OpenAPI 3.1 schemas may name themselves by $anchor or $id.
    private SpecNode? Anchor(string name)
    {
        if (Root.Raw("components")?.Raw("schemas") is not { } schemas)
        {
            return null;
        }

        foreach (var (_, schema) in schemas.Members())
        {
            if (schema.Text("$anchor") == name || schema.Text("$id") is { } id && (id == name || id == "#" + name))
            {
                return schema;
            }
        }

        return null;
    }
}
