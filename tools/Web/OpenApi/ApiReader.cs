namespace Agent.Tools.Web.OpenApi;

/// <summary>
/// Reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2. It takes documents as people write them: what is wrong costs as little as
/// it can (a parameter, then an operation, never the document) and is told in <see cref="ApiDescription.Problems"/>.
/// </summary>
internal sealed class ApiReader
{
    // A document that is wrong everywhere is told of so often and no more.
    private const int MostProblems = 200;

    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    private readonly SpecNode _root;
    private readonly bool _swagger2;
    private readonly List<string> _problems;
    private readonly ParameterReader _parameters;
    private readonly BodyReader _bodies;

    private ApiReader(SpecFile file, IEnumerable<string> problems)
    {
        _root = file.Root;
        _swagger2 = _root.Raw("swagger") is not null && _root.Raw("openapi") is null;
        _problems = [.. problems];
        _parameters = new ParameterReader(_swagger2, Report);
        _bodies = new BodyReader(_root, _swagger2, Report);
    }

    /// <summary>Reads a document.</summary>
    /// <param name="file">Its first file; the others are known to it.</param>
    /// <param name="problems">What went wrong before, to be told with the rest.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="SpecFormatException">It is no OpenAPI document.</exception>
    public static ApiDescription Read(SpecFile file, IEnumerable<string> problems) => new ApiReader(file, problems).Read();

    private ApiDescription Read()
    {
        CheckVersion();
        var operations = new List<ApiOperation>();
        var names = new OperationNames();
        var servers = ServerReader.Read(_root, _swagger2);
        var security = SecurityReader.Needs(_root) ?? [];
        foreach (var (path, item) in _root.Get("paths")?.Members() ?? [])
        {
            if (path.StartsWith("x-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (item.Resolve() is not { IsObject: true } resolved)
            {
                Report($"{path} was left out: it is {(item.Reference is { } target ? $"a reference to {Cut(target)}, which is not there" : "no object")}");
                continue;
            }

            foreach (var (method, node) in MethodsOf(resolved))
            {
                if (Operation(path, method, resolved, node, servers, security) is { } operation)
                {
                    operations.Add(operation);
                    names.Add(operation.Name, operation.Method, operation.Path);
                }
            }
        }

        var final = names.Resolve();
        return new ApiDescription
        {
            Title = _root.Get("info")?.Text("title")?.Trim() is { Length: > 0 } title ? title : "Web API",
            Description = _root.Get("info")?.Text("description"),
            Operations = [.. operations.Select((operation, i) => operation with { Name = final[i] })],
            SecuritySchemes = SecurityReader.Schemes(_root, _swagger2),
            Problems = _problems,
        };
    }

    private void CheckVersion()
    {
        if (!_root.IsObject)
        {
            throw new SpecFormatException("it is no OpenAPI document: its content is not an object");
        }

        var version = Word("openapi") ?? Word("swagger");
        if (version is null)
        {
            throw new SpecFormatException(_root.Raw("asyncapi") is not null
                ? "it is an AsyncAPI document; only Swagger 2.0 and OpenAPI 3 are understood"
                : "it is no OpenAPI document: it has neither \"openapi\" nor \"swagger\" at its top");
        }

        if (version.StartsWith("1.", StringComparison.Ordinal))
        {
            throw new SpecFormatException($"it is Swagger {version}; only Swagger 2.0 and OpenAPI 3 are understood");
        }

        string? Word(string name) => _root.Raw(name)?.Value switch
        {
            { ValueKind: System.Text.Json.JsonValueKind.String } value => value.GetString(),
            { ValueKind: System.Text.Json.JsonValueKind.Number } value => value.GetRawText(),
            _ => null,
        };
    }

    private static IEnumerable<(string Method, SpecNode Node)> MethodsOf(SpecNode item)
    {
        foreach (var (name, node) in item.Members())
        {
            if (Methods.Contains(name.ToLowerInvariant()))
            {
                yield return (name.ToUpperInvariant(), node);
            }
        }

        foreach (var (name, node) in item.Get("additionalOperations")?.Members() ?? [])
        {
            if (name.Length is > 0 and <= 20 && name.All(char.IsAsciiLetter))
            {
                yield return (name.ToUpperInvariant(), node);
            }
        }
    }

    private ApiOperation? Operation(
        string path,
        string method,
        SpecNode item,
        SpecNode node,
        IReadOnlyList<ApiServer> servers,
        IReadOnlyList<IReadOnlyList<SecurityNeed>> security)
    {
        if (node.Resolve() is not { IsObject: true } operation)
        {
            Report($"{method} {path} was left out: it is no object");
            return null;
        }

        var template = PathTemplate(path);
        if (template is null)
        {
            Report($"{method} {path} was left out: its path cannot be one");
            return null;
        }

        var where = $"{method} {template}";
        var parameters = _parameters.Read(where, template, item, operation);
        var body = _bodies.Read(where, operation, parameters);
        var own = ServerReader.Own(operation) ?? ServerReader.Own(item);
        return new ApiOperation
        {
            Name = OperationNames.Base(operation.Text("operationId"), method, template),
            Method = method,
            Path = template,
            Summary = operation.Text("summary") ?? item.Text("summary"),
            Description = operation.Text("description") ?? item.Text("description"),
            Tags = [.. operation.Texts("tags")],
            Deprecated = operation.Flag("deprecated") ?? false,
            Parameters = parameters.Parameters,
            Body = body,
            LazyResult = new Lazy<SpecNode?>(() => _bodies.Result(operation)),
            Servers = own is { Count: > 0 } ? own : servers,
            Security = SecurityReader.Needs(operation) ?? security,
        };
    }

    // Fragments and queries in a path key tell operations of one path apart; only the path is sent, and the query that is fixed.
    private static string? PathTemplate(string path)
    {
        var end = path.IndexOf('#', StringComparison.Ordinal);
        var template = (end < 0 ? path : path[..end]).Trim();
        if (template.Any(char.IsControl) || template.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }

        return template.StartsWith('/') ? template : "/" + template;
    }

    private void Report(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(Cut(problem));
        }
        else if (_problems.Count == MostProblems)
        {
            _problems.Add("There is more of this kind; it is not listed.");
        }
    }

    private static string Cut(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
