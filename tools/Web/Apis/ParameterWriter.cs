using System.Text;
using System.Text.Json;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>Writes arguments as the parameter styles of OpenAPI say (RFC 6570 for the simple ones).</summary>
internal static class ParameterWriter
{
    /// <summary>A parameter in the path, percent-encoded.</summary>
    public static string InPath(ApiParameter parameter, JsonElement value, bool severalSegments)
    {
        string Encoded(string text) => severalSegments || parameter.AllowReserved
            ? string.Join('/', text.Split('/').Select(Uri.EscapeDataString))
            : Uri.EscapeDataString(text);

        return parameter.Style switch
        {
            ParameterStyle.Label => "." + Joined(value, parameter.Explode ? "." : ",", parameter.Explode, Encoded),
            ParameterStyle.Matrix => Matrix(parameter, value, Encoded),
            ParameterStyle.Json => Encoded(value.GetRawText()),
            _ => Joined(value, ",", parameter.Explode, Encoded),
        };
    }

    /// <summary>A parameter in a header, as it is.</summary>
    public static string InHeader(ApiParameter parameter, JsonElement value) =>
        parameter.Style == ParameterStyle.Json ? value.GetRawText() : Joined(value, ",", parameter.Explode, text => text);

    /// <summary>A parameter in the query or in a form: names and values, percent-encoded.</summary>
    public static IEnumerable<(string Name, string Value)> InQuery(ApiParameter parameter, JsonElement value)
    {
        var name = Uri.EscapeDataString(parameter.Name);
        Func<string, string> encode = parameter.AllowReserved ? EscapeUnreservedOnly : Uri.EscapeDataString;
        switch (parameter.Style)
        {
            case ParameterStyle.Json:
                return [(name, encode(value.GetRawText()))];
            case ParameterStyle.DeepObject when value.ValueKind is JsonValueKind.Object or JsonValueKind.Array:
                return Brackets(parameter.Name, value);
        }

        return value.ValueKind switch
        {
            JsonValueKind.Array when parameter.Explode => value.EnumerateArray().Select(item => (name, encode(Text(item)))),
            JsonValueKind.Array when value.GetArrayLength() == 0 => [],
            JsonValueKind.Array => [(name, string.Join(Separator(parameter.Style), value.EnumerateArray().Select(item => encode(Text(item)))))],
            JsonValueKind.Object when parameter.Explode => value.EnumerateObject().SelectMany(m => Member(m, encode)),
            JsonValueKind.Object => [(name, Joined(value, Separator(parameter.Style), explode: false, encode))],
            _ => [(name, encode(Text(value)))],
        };
    }

    /// <summary>Cookies, in the form of the <c>Cookie</c> header.</summary>
    public static string InCookie(ApiParameter parameter, JsonElement value) =>
        string.Join("; ", InQuery(parameter, value).Select(pair => $"{pair.Name}={pair.Value}"));

    /// <summary>Nested names in brackets, as <c>a[b][0]=c</c>: deepObject, and what forms do with nested values.</summary>
    public static IEnumerable<(string Name, string Value)> Brackets(string name, JsonElement value)
    {
        var open = new Stack<(string Name, JsonElement Value)>([(name, value)]);
        var pairs = new List<(string Name, string Value)>();
        while (open.TryPop(out var next))
        {
            IEnumerable<(string Name, JsonElement Value)>? inner = next.Value.ValueKind switch
            {
                JsonValueKind.Object => next.Value.EnumerateObject().Select(m => ($"{next.Name}[{m.Name}]", m.Value)),
                JsonValueKind.Array => next.Value.EnumerateArray().Select((item, i) => ($"{next.Name}[{i}]", item)),
                _ => null,
            };
            if (inner is null)
            {
                pairs.Add((Uri.EscapeDataString(next.Name), Uri.EscapeDataString(Text(next.Value))));
                continue;
            }

            foreach (var child in inner.Reverse())
            {
                open.Push(child);
            }
        }

        return pairs;
    }

    /// <summary>A value as text: what is no scalar, as JSON.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    private static IEnumerable<(string Name, string Value)> Member(JsonProperty member, Func<string, string> encode) =>
        member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().Select(item => (Uri.EscapeDataString(member.Name), encode(Text(item))))
            : [(Uri.EscapeDataString(member.Name), encode(Text(member.Value)))];

    private static string Joined(JsonElement value, string separator, bool explode, Func<string, string> encode) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(separator, value.EnumerateArray().Select(item => encode(Text(item)))),
        JsonValueKind.Object => string.Join(separator, value.EnumerateObject().Select(m => $"{encode(m.Name)}{(explode ? "=" : separator)}{encode(Text(m.Value))}")),
        _ => encode(Text(value)),
    };

    private static string Matrix(ApiParameter parameter, JsonElement value, Func<string, string> encode) => value.ValueKind switch
    {
        JsonValueKind.Array when parameter.Explode => string.Concat(value.EnumerateArray().Select(item => $";{parameter.Name}={encode(Text(item))}")),
        JsonValueKind.Object when parameter.Explode => string.Concat(value.EnumerateObject().Select(m => $";{encode(m.Name)}={encode(Text(m.Value))}")),
        _ => $";{parameter.Name}={Joined(value, ",", explode: false, encode)}",
    };

    private static string Separator(ParameterStyle style) => style switch
    {
        ParameterStyle.SpaceDelimited => "%20",
        ParameterStyle.PipeDelimited => "%7C",
        ParameterStyle.TabDelimited => "%09",
        _ => ",",
    };

    // RFC 6570's reserved expansion, but for what would end the value or begin another.
    private static string EscapeUnreservedOnly(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            escaped.Append(rune.IsAscii && ":/?[]@!$'()*,;".Contains((char)rune.Value, StringComparison.Ordinal) ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        }

        return escaped.ToString();
    }
}
