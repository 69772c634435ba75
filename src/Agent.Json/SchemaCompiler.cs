using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Json;

/// <summary>Turns a schema document into nodes, resolving references within it.</summary>
internal sealed partial class SchemaCompiler(JsonElement document)
{
    private const string DocumentUri = "schema:/";
    private readonly Dictionary<string, (JsonElement Schema, Uri Base)> places = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pointer, string Base), SchemaNode> compiled = [];
    private readonly Dictionary<string, SchemaNode> referenced = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">The document is no schema.</exception>
    public SchemaNode Compile()
    {
        var root = new Uri(DocumentUri);
        Register(document, root, 0);
        places.TryAdd(DocumentUri, (document, root));
        compiled.Clear();
        return Compile(document, GetBase(document, root), string.Empty);
    }

    private static Uri GetBase(JsonElement schema, Uri parent) =>
        schema.ValueKind == JsonValueKind.Object && TryGetText(schema, "$id", out var id) && !id.StartsWith('#') &&
        Uri.TryCreate(parent, id, out var own) ? own : parent;

    private static bool TryGetText(JsonElement schema, string name, out string text)
    {
        text = schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        return text.Length > 0;
    }

    private static string Key(Uri uri) => uri.OriginalString.EndsWith('#') ? uri.AbsoluteUri.TrimEnd('#') : uri.AbsoluteUri;

    private void Register(JsonElement value, Uri parent, int depth)
    {
        if (depth > CanonicalJson.MaxDepth)
        {
            throw new FormatException($"The schema is nested deeper than {CanonicalJson.MaxDepth} levels.");
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Register(item, parent, depth + 1);
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var own = GetBase(value, parent);
        if (!own.Equals(parent))
        {
            places.TryAdd(Key(own), (value, own));
        }

        foreach (var anchor in (ReadOnlySpan<string>)["$anchor", "$dynamicAnchor"])
        {
            if (TryGetText(value, anchor, out var name))
            {
                places.TryAdd(Key(new Uri(own, "#" + name)), (value, own));
            }
        }

        // Before 2019-09 an anchor was written as an $id of a bare fragment.
        if (TryGetText(value, "$id", out var id) && id.StartsWith('#'))
        {
            places.TryAdd(Key(new Uri(own, id)), (value, own));
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Name is not ("enum" or "const" or "default" or "examples"))
            {
                Register(member.Value, own, depth + 1);
            }
        }
    }

    private SchemaNode Resolve(string reference, Uri from, string pointer)
    {
        if (!Uri.TryCreate(from, reference, out var target))
        {
            throw new FormatException($"The schema's $ref \"{reference}\" at \"{pointer}\" is no address.");
        }

        var key = Key(target);
        if (referenced.TryGetValue(key, out var known))
        {
            return known;
        }

        var (schema, at) = Find(target, reference);
        var node = new SchemaNode();
        referenced[key] = node;
        node.Keywords = Compile(schema, GetBase(schema, at), key).Keywords;
        return node;
    }

    private (JsonElement Schema, Uri Base) Find(Uri target, string reference)
    {
        if (places.TryGetValue(Key(target), out var place))
        {
            return place;
        }

        var fragment = Uri.UnescapeDataString(target.Fragment.TrimStart('#'));
        var resource = new Uri(target.GetLeftPart(UriPartial.Query));
        if (!places.TryGetValue(Key(resource), out place) || (fragment.Length > 0 && fragment[0] != '/'))
        {
            throw new FormatException($"The schema refers to \"{reference}\", which is not in it; schemas are never fetched.");
        }

        var (schema, at) = place;
        foreach (var token in fragment.Split('/').Skip(1))
        {
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var member))
            {
                schema = member;
            }
            else if (schema.ValueKind == JsonValueKind.Array &&
                int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < schema.GetArrayLength())
            {
                schema = schema[index];
            }
            else
            {
                throw new FormatException($"The schema refers to \"{reference}\", which is not in it.");
            }

            // The last step's own $id is applied by whoever compiles it.
            at = token.Length == 0 ? at : GetBase(schema, at);
        }

        return (schema, at);
    }

    private SchemaNode Compile(JsonElement schema, Uri at, string pointer)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return SchemaNode.Anything;
            case JsonValueKind.False:
                return SchemaNode.Nothing;
            case JsonValueKind.Object:
                break;
            default:
                throw new FormatException($"The schema at \"{pointer}\" is neither an object nor a boolean.");
        }

        var node = new SchemaNode();
        var keywords = new List<Keyword>();
        foreach (var name in (ReadOnlySpan<string>)["$ref", "$dynamicRef", "$recursiveRef"])
        {
            if (TryGetText(schema, name, out var reference))
            {
                var target = Resolve(reference, at, pointer);
                keywords.Add(new RefKeyword(() => target));
            }
        }

        AddAssertions(schema, keywords, pointer);
        AddApplicators(schema, at, keywords, pointer);

        var properties = Child(schema, "unevaluatedProperties", at, pointer);
        var items = Child(schema, "unevaluatedItems", at, pointer);
        node.Keywords = properties is null && items is null ? keywords : [new UnevaluatedKeyword(keywords, properties, items)];
        return node;
    }

    private SchemaNode? Child(JsonElement schema, string name, Uri at, string pointer) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? Compile(value, GetBase(value, at), $"{pointer}/{name}")
            : null;

    private List<SchemaNode>? Children(JsonElement schema, string name, Uri at, string pointer)
    {
        if (!schema.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var nodes = new List<SchemaNode>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            nodes.Add(Compile(item, GetBase(item, at), $"{pointer}/{name}/{nodes.Count}"));
        }

        return nodes;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(static member => (member.Name, member.Value))
            : [];

    private void AddApplicators(JsonElement schema, Uri at, List<Keyword> keywords, string pointer)
    {
        AddObjectApplicators(schema, at, keywords, pointer);
        AddArrayApplicators(schema, at, keywords, pointer);

        if (Children(schema, "allOf", at, pointer) is { } all)
        {
            keywords.Add(new AllOfKeyword(all));
        }

        if (Children(schema, "anyOf", at, pointer) is { } any)
        {
            keywords.Add(new AnyOfKeyword(any));
        }

        if (Children(schema, "oneOf", at, pointer) is { } one)
        {
            keywords.Add(new OneOfKeyword(one));
        }

        if (Child(schema, "not", at, pointer) is { } not)
        {
            keywords.Add(new NotKeyword(not));
        }

        if (Child(schema, "if", at, pointer) is { } condition)
        {
            keywords.Add(new IfKeyword(
                condition, Child(schema, "then", at, pointer) ?? SchemaNode.Anything, Child(schema, "else", at, pointer) ?? SchemaNode.Anything));
        }
    }

    private void AddObjectApplicators(JsonElement schema, Uri at, List<Keyword> keywords, string pointer)
    {
        var named = Members(schema, "properties").ToDictionary(
            static member => member.Name, member => Compile(member.Value, GetBase(member.Value, at), $"{pointer}/properties/{member.Name}"), StringComparer.Ordinal);
        List<(Regex, SchemaNode)> patterns = [.. Members(schema, "patternProperties").Select(member =>
            (SchemaPattern.Compile(member.Name), Compile(member.Value, GetBase(member.Value, at), $"{pointer}/patternProperties/{member.Name}")))];
        var additional = Child(schema, "additionalProperties", at, pointer);
        if (named.Count > 0 || patterns.Count > 0 || additional is not null)
        {
            keywords.Add(new PropertiesKeyword(named, patterns, additional));
        }

        if (Child(schema, "propertyNames", at, pointer) is { } names)
        {
            keywords.Add(new PropertyNamesKeyword(names));
        }

        foreach (var name in (string[])["dependentSchemas", "dependentRequired", "dependencies"])
        {
            foreach (var (member, value) in Members(schema, name))
            {
                var dependent = value.ValueKind == JsonValueKind.Array
                    ? new SchemaNode { Keywords = [new RequiredKeyword(Texts(value), static _ => null)] }
                    : Compile(value, GetBase(value, at), $"{pointer}/{name}/{member}");
                keywords.Add(new DependentKeyword(member, dependent));
            }
        }
    }

    private void AddArrayApplicators(JsonElement schema, Uri at, List<Keyword> keywords, string pointer)
    {
        var prefix = Children(schema, "prefixItems", at, pointer);
        var older = prefix is null ? Children(schema, "items", at, pointer) : null;
        var rest = Child(schema, older is null ? "items" : "additionalItems", at, pointer);
        prefix ??= older;
        if (prefix is not null || rest is not null)
        {
            keywords.Add(new ItemsKeyword(prefix ?? [], rest));
        }

        if (Child(schema, "contains", at, pointer) is { } contains)
        {
            keywords.Add(new ContainsKeyword(contains, Count(schema, "minContains") ?? 1, Count(schema, "maxContains")));
        }
    }

    private static List<string> Texts(JsonElement array) =>
        [.. array.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!)];

    private static int? Count(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count)
            ? (int)Math.Clamp(count, 0, int.MaxValue)
            : null;
}
