using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Web;

/// <summary>Fills the parameters of an operation from what a request says, and from nothing else.</summary>
internal sealed class ArgumentFiller(OfferedTool tool, OperationRequest request)
{
    private readonly HashSet<int> _numbers = [];
    private int _codes;

    /// <summary>The tokens that became arguments.</summary>
    public HashSet<int> Used { get; } = [];

    public int UsedCodes => _codes;

    /// <summary>The names of what the body takes.</summary>
    public IEnumerable<string> BodyWords => tool.Parameters.Where(static p => p.Type is "object" or "array").SelectMany(static p => Names(p.Schema)).SelectMany(Identifier.Split);

    /// <summary>The names of what comes back, where the tool says it.</summary>
    public IEnumerable<string> ResultWords => tool.ResultSchema is { } schema ? Names(schema).SelectMany(Identifier.Split) : [];

    public (JsonObject Arguments, IReadOnlyList<string> Missing) Fill()
    {
        var arguments = new JsonObject();
        var missing = new List<string>();
        foreach (var parameter in tool.Parameters.OrderBy(static p => p.Values.Count > 0 ? 0 : IsCountry(p.Name, p.Description) ? 1 : p.Required ? 2 : 3))
        {
            if (Value(parameter.Name, parameter.Description, parameter.Type, parameter.Schema, parameter.Values, parameter.Required) is { } value)
            {
                arguments[parameter.Name] = value;
            }
            else if (parameter.Required)
            {
                missing.Add(parameter.Name);
            }
        }

        return (arguments, missing);
    }

    private JsonNode? Value(string name, string description, string type, JsonElement schema, IReadOnlyList<string> values, bool required) => type switch
    {
        _ when values.Count > 0 => Choice(values),
        "integer" or "number" => Number(name, description, type, required),
        "boolean" => Flag(name, description),
        "object" => Object(schema),
        "array" => List(schema),
        _ => Text(name, description, required),
    };

    private JsonValue? Choice(IReadOnlyList<string> values)
    {
        for (var i = 0; i < request.Tokens.Count; i++)
        {
            foreach (var value in values)
            {
                if (request.Tokens[i].Kind is TokenKind.Word or TokenKind.Quoted && (string.Equals(request.Tokens[i].Text, value, StringComparison.OrdinalIgnoreCase) || Stemmer.Singular(request.Tokens[i].Lower) == Stemmer.Singular(value.ToLowerInvariant())))
                {
                    Used.Add(i);
                    return JsonValue.Create(value);
                }
            }
        }

        return null;
    }

    private JsonValue? Number(string name, string description, string type, bool required)
    {
        var words = Identifier.Split(name).ToList();
        var free = Enumerable.Range(0, request.Tokens.Count).Where(i => request.Tokens[i].Kind == TokenKind.Number && !_numbers.Contains(i) && !request.IsBound(i)).ToList();
        // The number beside the parameter's own words or unit, else the only one there is.
        var near = free.FindIndex(i => Near(i, 2).Any(w => words.Exists(o => o is not ("id" or "number") && WordMatch.Score(w, o) >= WordMatch.Abbreviation)));
        var at = near >= 0 ? free[near] : required && free.Count > 0 ? free[0] : -1;
        _ = description;
        if (at < 0 || (type == "integer" && request.Tokens[at].Number != Math.Truncate(request.Tokens[at].Number)))
        {
            return null;
        }

        _numbers.Add(at);
        Used.Add(at);
        var number = request.Tokens[at].Number;
        if (at > 0 && request.Tokens[at - 1].Text is "-" or "minus")
        {
            number = -number;
        }

        return number == Math.Truncate(number) ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }

    private JsonValue? Flag(string name, string description)
    {
        var words = Identifier.Split(name);
        for (var i = 0; i < request.Tokens.Count; i++)
        {
            if (words.Any(w => WordMatch.Score(request.Tokens[i].Lower, w) >= WordMatch.SameRoot) || (request.Tokens[i].Lower.Length > 4 && request.Tokens[i].Lower is "reorder" or "reordered" or "below" && description.Contains(Stemmer.Root(request.Tokens[i].Lower), StringComparison.OrdinalIgnoreCase)))
            {
                Used.Add(i);
                return JsonValue.Create(true);
            }
        }

        return null;
    }

    private JsonValue? Text(string name, string description, bool required)
    {
        if (IsCountry(name, description))
        {
            for (var i = 0; i < request.Tokens.Count; i++)
            {
                for (var length = 2; length >= 1; length--)
                {
                    if (i + length <= request.Tokens.Count && Countries.Code(string.Join(' ', request.Tokens.Skip(i).Take(length).Select(static t => t.Text))) is { } code && !Used.Contains(i))
                    {
                        Used.UnionWith(Enumerable.Range(i, length));
                        var asCode = description.Contains("code", StringComparison.OrdinalIgnoreCase) || description.Contains("two", StringComparison.OrdinalIgnoreCase);
                        return JsonValue.Create(asCode ? code : request.Tokens[i].Text);
                    }
                }
            }

            return null;
        }

        var words = Identifier.Split(name);
        if (words.Any(static w => w is "id" or "sku" or "code" or "key" or "number" or "isbn" or "uuid" or "ref" or "reference" or "slug" or "search" or "query") && request.Codes.Count > _codes)
        {
            return JsonValue.Create(request.Codes[_codes++]);
        }

        if (words.Any(static w => w is "date" or "day" or "from" or "to" or "since" or "until" or "after" or "before") && Enumerable.Range(0, request.Tokens.Count).FirstOrDefault(i => request.Tokens[i].Kind == TokenKind.Date && !Used.Contains(i), -1) is var date and >= 0)
        {
            Used.Add(date);
            return JsonValue.Create(request.Tokens[date].Text);
        }

        return Name(words, description, required) is { } said ? JsonValue.Create(said) : null;
    }

    /// <summary>A quotation, or a run of capitalised words, that stands after the parameter's own name or after a word like "for".</summary>
    private string? Name(IReadOnlyList<string> words, string description, bool required)
    {
        for (var i = 0; i < request.Tokens.Count; i++)
        {
            if (Used.Contains(i))
            {
                continue;
            }

            var before = Near(i, 3, onlyBefore: true).ToList();
            var introduced = before.Exists(w => words.Any(o => WordMatch.Score(w, o) >= WordMatch.SameRoot)) || words.Any(static w => w is "search" or "query" or "q" or "name" or "text" or "keyword" or "term")
                || ((words.Any(static w => w is "customer" or "user" or "owner" or "author" or "client" or "person") || description.Contains("person", StringComparison.OrdinalIgnoreCase) || description.Contains("name of", StringComparison.OrdinalIgnoreCase)) && before.Exists(static w => w is "for" or "by" or "of" or "from" or "did" or "does" or "has"))
                || (words.Any(static w => w is "reason" or "note" or "comment" or "message") && before.Exists(static w => w is "because" or "reason" or "saying" or "note" or "as"));
            if (!introduced && !required)
            {
                continue;
            }

            if (request.Tokens[i].Kind == TokenKind.Quoted)
            {
                Used.Add(i);
                return request.Tokens[i].Text;
            }

            if (required && words.Any(static w => w is "search" or "query" or "q" or "text" or "keyword" or "keywords" or "term") && before.LastOrDefault() is "about" or "on" or "regarding" or "for" or "with" && request.Tokens[i].Kind == TokenKind.Word)
            {
                // What is looked for is all that follows.
                Used.UnionWith(Enumerable.Range(i, request.Tokens.Count - i));
                return request.Text[request.Tokens[i].Start..].Trim().TrimEnd('.', '!', '?');
            }

            if (words.Any(static w => w is "reason" or "note" or "comment" or "message") && before.LastOrDefault() is "because" or "reason")
            {
                var rest = request.Tokens.Skip(i).ToList();
                Used.UnionWith(Enumerable.Range(i, rest.Count));
                return request.Text[rest[0].Start..].Trim().TrimEnd('.', '!', '?');
            }

            if (request.Tokens[i].IsCapitalised && i > 0 && request.Tokens[i].Kind == TokenKind.Word && introduced && request.Matters(i))
            {
                var end = i + 1;
                while (end < request.Tokens.Count && request.Tokens[end].IsCapitalised && !Used.Contains(end))
                {
                    end++;
                }

                Used.UnionWith(Enumerable.Range(i, end - i));
                return request.Text[request.Tokens[i].Start..request.Tokens[end - 1].End];
            }
        }

        return null;
    }

    private JsonObject? Object(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
        {
            return null;
        }

        var result = new JsonObject();
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(static n => n.GetString()).ToHashSet(StringComparer.Ordinal) : [];
        foreach (var property in properties.EnumerateObject().OrderByDescending(p => p.Value.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String && t.GetString() == "array"))
        {
            var (type, description, values) = Describe(property.Value);
            if (Value(property.Name, description, type, property.Value, values, required.Contains(property.Name)) is { } value)
            {
                result[property.Name] = value;
            }
            else if (required.Contains(property.Name))
            {
                return null;
            }
        }

        return result.Count == 0 ? null : result;
    }

    /// <summary>A list of things by code, each with the number before it: "3 of TEA-1 and 2 TEA-2".</summary>
    private JsonArray? List(JsonElement schema)
    {
        if (!schema.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var list = new JsonArray();
        if (items.TryGetProperty("properties", out var properties))
        {
            var code = properties.EnumerateObject().FirstOrDefault(static p => Identifier.Split(p.Name).Any(static w => w is "sku" or "id" or "code" or "product" or "item"));
            var count = properties.EnumerateObject().FirstOrDefault(static p => Describe(p.Value).Type is "integer" or "number");
            while (code.Name is not null && _codes < request.Codes.Count)
            {
                var said = request.Codes[_codes++];
                var place = request.Text.IndexOf(said, StringComparison.Ordinal);
                var number = Enumerable.Range(0, request.Tokens.Count).LastOrDefault(i => request.Tokens[i].Kind == TokenKind.Number && request.Tokens[i].End <= place && !_numbers.Contains(i), -1);
                var item = new JsonObject { [code.Name] = said };
                if (count.Name is not null)
                {
                    if (number >= 0)
                    {
                        _numbers.Add(number);
                        Used.Add(number);
                    }

                    item[count.Name] = number >= 0 ? (long)request.Tokens[number].Number : 1;
                }

                list.Add(item);
            }
        }

        return list.Count == 0 ? null : list;
    }

    private IEnumerable<string> Near(int at, int reach, bool onlyBefore = false)
    {
        for (var i = Math.Max(0, at - reach); i <= Math.Min(request.Tokens.Count - 1, onlyBefore ? at - 1 : at + reach); i++)
        {
            if (i != at)
            {
                yield return request.Tokens[i].Lower;
            }
        }
    }

    private static (string Type, string Description, IReadOnlyList<string> Values) Describe(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return ("string", string.Empty, []);
        }

        var type = schema.TryGetProperty("type", out var t) ? t.ValueKind == JsonValueKind.Array ? t.EnumerateArray().Select(static x => x.GetString()).FirstOrDefault(static x => x != "null") ?? "string" : t.GetString() ?? "string" : "string";
        var description = schema.TryGetProperty("description", out var d) && d.ValueKind == JsonValueKind.String ? d.GetString()! : string.Empty;
        var values = schema.TryGetProperty("enum", out var e) && e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().Where(static v => v.ValueKind == JsonValueKind.String).Select(static v => v.GetString()!).ToList() : [];
        return (type, description, values);
    }

    private static bool IsCountry(string name, string description) =>
        Identifier.Split(name).Contains("country") || description.Contains("country code", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Names(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var own = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().SelectMany(static p => Names(p.Value).Append(p.Name)) : [];
        foreach (var choice in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(choice, out var options) && options.ValueKind == JsonValueKind.Array)
            {
                own = own.Concat(options.EnumerateArray().SelectMany(Names));
            }
        }

        return schema.TryGetProperty("items", out var items) ? own.Concat(Names(items)) : own;
    }
}
