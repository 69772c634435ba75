using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>Makes the request that a call of an operation means.</summary>
internal static class RequestBuilder
{
    /// <summary>Makes a request.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="baseUrl">Where the API is, without a slash at its end.</param>
    /// <param name="arguments">The arguments, by the names of the operation's parameters.</param>
    /// <param name="renamed">Wire names of properties of the body that were renamed.</param>
    /// <param name="headers">Headers that go with every call.</param>
    /// <returns>The request, without secrets.</returns>
    /// <exception cref="ToolException">An argument is missing or cannot be sent.</exception>
    public static WebRequest Build(
        ApiOperation operation,
        string baseUrl,
        ToolArguments arguments,
        IReadOnlyDictionary<string, string> renamed,
        IReadOnlyDictionary<string, string> headers)
    {
        var sent = headers.ToList();
        var query = new List<(string Name, string Value)>();
        var cookies = new List<string>();
        foreach (var parameter in operation.Parameters)
        {
            if (Given(parameter, arguments) is not { } value)
            {
                continue;
            }

            switch (parameter.Place)
            {
                case ParameterPlace.Query:
                    query.AddRange(ParameterWriter.InQuery(parameter, value));
                    break;
                case ParameterPlace.Header:
                    sent.Add(new(parameter.Name, OneLine(parameter, ParameterWriter.InHeader(parameter, value))));
                    break;
                case ParameterPlace.Cookie:
                    cookies.Add(OneLine(parameter, ParameterWriter.InCookie(parameter, value)));
                    break;
            }
        }

        if (cookies.Count > 0)
        {
            sent.Add(new("Cookie", string.Join("; ", cookies)));
        }

        var (body, contentType) = operation.Body is null ? default : BodyWriter.Write(operation.Body, arguments, renamed);
        sent.Add(new("Accept", operation.Result is null ? "application/json, */*;q=0.5" : "application/json"));
        return new WebRequest
        {
            Method = new HttpMethod(operation.Method),
            Url = Url(operation, baseUrl, arguments, query),
            Headers = sent,
            Body = body,
            ContentType = contentType,
        };
    }

    private static Uri Url(ApiOperation operation, string baseUrl, ToolArguments arguments, List<(string Name, string Value)> query)
    {
        var path = ParameterReader.Placeholder().Replace(operation.Path, match =>
        {
            var name = match.Groups["name"].Value;
            var parameter = operation.Parameters.First(p => p.Place == ParameterPlace.Path && p.Name == name);
            var text = ParameterWriter.InPath(parameter, Given(parameter, arguments)!.Value, match.Groups["many"].Captures.Any(c => c.Length > 0));
            return text.Length > 0 ? text : throw new ToolException($"The argument '{parameter.Argument}' is empty; it is part of the path and must not be.") { IsOfArguments = true };
        });

        var fixedQuery = string.Empty;
        if (path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0)
        {
            (path, fixedQuery) = (path[..at], path[(at + 1)..]);
        }

        // "." and ".." would be folded away, and the call would go to another operation.
        if (path.Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or ".."))
        {
            throw new ToolException("An argument that is part of the path must not be '.' or '..'.");
        }

        var pairs = query.Select(pair => $"{pair.Name}={pair.Value}");
        var all = string.Join('&', fixedQuery.Length > 0 ? pairs.Prepend(fixedQuery) : pairs);
        return Uri.TryCreate(baseUrl + path + (all.Length > 0 ? "?" + all : string.Empty), UriKind.Absolute, out var url)
            ? url
            : throw new ToolException($"{operation.Method} {operation.Path} gives no address together with {baseUrl}; an operator can set the API's server.");
    }

    private static JsonElement? Given(ApiParameter parameter, ToolArguments arguments)
    {
        if (arguments.Find(parameter.Argument) is { } value)
        {
            return value;
        }

        return parameter.Required
            ? throw new ToolException($"The argument '{parameter.Argument}' is missing; the operation needs it.") { IsOfArguments = true }
            : null;
    }

    private static string OneLine(ApiParameter parameter, string value) => value.Any(char.IsControl)
        ? throw new ToolException($"The argument '{parameter.Argument}' must be on one line.")
        : value;
}
