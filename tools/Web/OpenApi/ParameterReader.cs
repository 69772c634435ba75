using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Tools.Web.OpenApi;

/// <summary>The parameters of one operation, and the Swagger 2.0 ones that are really its body.</summary>
/// <param name="Parameters">Path, query, header and cookie parameters.</param>
/// <param name="Fields">Swagger 2.0 form fields.</param>
/// <param name="Body">The Swagger 2.0 body parameter; null where there is none.</param>
/// <param name="Arguments">The argument names in use.</param>
internal sealed record OperationParameters(
    IReadOnlyList<ApiParameter> Parameters, IReadOnlyList<ApiParameter> Fields, SpecNode? Body, ISet<string> Arguments);

/// <summary>Reads the parameters of operations.</summary>
internal sealed partial class ParameterReader(bool swagger2, Action<string> report)
{
    // The client sets these; a document that names them means its own examples, or mischief.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Content-Type", "Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Trailer",
        "TE", "Expect", "Proxy-Authorization", "Proxy-Connection", "Keep-Alive", "Accept-Encoding", "Content-Encoding", "User-Agent",
    };

    /// <summary>Reads the parameters of an operation and of the path it is on.</summary>
    public OperationParameters Read(string where, string template, SpecNode item, SpecNode operation)
    {
        var arguments = new HashSet<string>(StringComparer.Ordinal);
        var parameters = new List<ApiParameter>();
        var fields = new List<ApiParameter>();
        SpecNode? body = null;
        var inPath = PlaceholderNames(template);
        foreach (var node in Merged(where, item, operation))
        {
            var place = node.Text("in")?.ToLowerInvariant();
            if (place == "body")
            {
                body ??= node;
                continue;
            }

            if (node.Text("name") is not { Length: > 0 } name || name.Any(char.IsControl))
            {
                report($"{where}: a parameter without a name was left out");
                continue;
            }

            if (place == "formdata")
            {
                fields.Add(Make(node, name, Argument(name, "form", new HashSet<string>()), ParameterPlace.Query));
                continue;
            }

            if (Place(place, name, inPath) is not { } found)
            {
                report($"{where}: the parameter {name} was left out, because \"in\" is {(place is null ? "missing" : $"\"{place}\"")}");
                continue;
            }

            if (found == ParameterPlace.Header && OwnHeaders.Contains(name))
            {
                continue;
            }

            if (found == ParameterPlace.Path && !inPath.Contains(name))
            {
                report($"{where}: the path parameter {name} was left out, because the path has no {{{name}}}");
                continue;
            }

            parameters.Add(Make(node, name, Argument(name, place!, arguments), found));
        }

        foreach (var name in inPath)
        {
            if (!parameters.Exists(p => p.Place == ParameterPlace.Path && p.Name == name))
            {
                report($"{where}: the path parameter {name} is not described; it is taken for a string");
                parameters.Add(new ApiParameter
                {
                    Name = name,
                    Argument = Argument(name, "path", arguments),
                    Place = ParameterPlace.Path,
                    Required = true,
                    Style = ParameterStyle.Simple,
                    Schema = null,
                });
            }
        }

        return new OperationParameters(parameters, fields, body, arguments);
    }

    /// <summary>A name that every provider takes for an argument, and that no other argument has.</summary>
    public static string Argument(string name, string place, ISet<string> arguments)
    {
        var legal = LegalArgument(name);
        if (legal.Length == 0)
        {
            legal = "value";
        }

        var chosen = legal;
        if (!arguments.Add(chosen))
        {
            chosen = $"{legal[..Math.Min(legal.Length, 50)]}_{place}";
            for (var again = 2; !arguments.Add(chosen); again++)
            {
                chosen = $"{legal[..Math.Min(legal.Length, 50)]}_{place}{again}";
            }
        }

        return chosen;
    }

    /// <summary>A name of letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, at most 64 characters.</summary>
    public static string LegalArgument(string name)
    {
        if (name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            return name;
        }

        var legal = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            {
                legal.Append(c);
            }
            else if (legal.Length > 0 && legal[^1] != '_')
            {
                legal.Append('_');
            }
        }

        var text = legal.ToString().Trim('_');
        return text.Length <= 64 ? text : text[..64];
    }

    /// <summary>The names in the braces of a path template.</summary>
    public static IReadOnlyList<string> PlaceholderNames(string template) =>
        [.. Placeholder().Matches(template).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>A placeholder; <c>{+name}</c> and <c>{name*}</c>, which may hold several segments, are RFC 6570's and some frameworks'.</summary>
    [GeneratedRegex(@"\{(?<many>\+?)(?<name>[^{}/+*][^{}/]*?)(?<many>\*{0,2})\}")]
    public static partial Regex Placeholder();

    // The operation's parameters stand in for those of its path that have the same name and place.
    private IEnumerable<SpecNode> Merged(string where, SpecNode item, SpecNode operation)
    {
        var own = Resolved(where, operation).ToList();
        foreach (var inherited in Resolved(where, item))
        {
            if (!own.Exists(o => o.Text("name") == inherited.Text("name") && o.Text("in") == inherited.Text("in")))
            {
                own.Add(inherited);
            }
        }

        return own.DistinctBy(p => (p.Text("name"), p.Text("in")));
    }

    private IEnumerable<SpecNode> Resolved(string where, SpecNode holder)
    {
        foreach (var entry in holder.Items("parameters"))
        {
            if (entry.Resolve() is { IsObject: true } parameter)
            {
                yield return parameter;
            }
            else
            {
                report($"{where}: a parameter was left out: {(entry.Reference is { } target ? $"{target} is not there" : "it is no object")}");
            }
        }
    }

    private static ParameterPlace? Place(string? word, string name, IReadOnlyList<string> inPath) => word switch
    {
        "path" => ParameterPlace.Path,
        "query" => ParameterPlace.Query,
        "header" => ParameterPlace.Header,
        "cookie" => ParameterPlace.Cookie,
        null when inPath.Contains(name) => ParameterPlace.Path,
        _ => null,
    };

    private ApiParameter Make(SpecNode node, string name, string argument, ParameterPlace place)
    {
        var content = node.Get("content")?.Members().FirstOrDefault().Node;
        var schema = swagger2 ? node : node.Raw("schema") ?? (content is { } media ? media.Raw("schema") : null) ?? (node.Raw("type") is null ? null : node);
        var (style, explode) = swagger2 ? CollectionFormat(node.Text("collectionFormat"), place) : Style(node, place);
        if (!swagger2 && node.Raw("schema") is null && content is { IsObject: true })
        {
            style = ParameterStyle.Json;
        }

        return new ApiParameter
        {
            Name = name,
            Argument = argument,
            Place = place,
            Required = place == ParameterPlace.Path || (node.Flag("required") ?? false),
            Style = style,
            Explode = explode,
            AllowReserved = node.Flag("allowReserved") ?? false,
            Description = node.Text("description"),
            Schema = schema,
        };
    }

    private static (ParameterStyle Style, bool Explode) CollectionFormat(string? format, ParameterPlace place) => format?.ToLowerInvariant() switch
    {
        "multi" => (ParameterStyle.Form, true),
        "ssv" => (ParameterStyle.SpaceDelimited, false),
        "tsv" => (ParameterStyle.TabDelimited, false),
        "pipes" => (ParameterStyle.PipeDelimited, false),
        _ => (place is ParameterPlace.Path or ParameterPlace.Header ? ParameterStyle.Simple : ParameterStyle.Form, false),
    };

    private static (ParameterStyle Style, bool Explode) Style(SpecNode node, ParameterPlace place)
    {
        var style = (node.Text("style"), place) switch
        {
            ("label", ParameterPlace.Path) => ParameterStyle.Label,
            ("matrix", ParameterPlace.Path) => ParameterStyle.Matrix,
            ("spaceDelimited", ParameterPlace.Query) => ParameterStyle.SpaceDelimited,
            ("pipeDelimited", ParameterPlace.Query) => ParameterStyle.PipeDelimited,
            ("deepObject", ParameterPlace.Query) => ParameterStyle.DeepObject,
            (_, ParameterPlace.Path or ParameterPlace.Header) => ParameterStyle.Simple,
            _ => ParameterStyle.Form,
        };
        return (style, node.Flag("explode") ?? style == ParameterStyle.Form);
    }
}
