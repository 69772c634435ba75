namespace Agent.Tools.Web.OpenApi;

/// <summary>Reads what operations take as their body and what they answer.</summary>
internal sealed class BodyReader(SpecNode root, bool swagger2, Action<string> report)
{
    private readonly IReadOnlyList<string> _consumes = [.. root.Texts("consumes")];

    /// <summary>The body of an operation; null where it has none.</summary>
    public ApiBody? Read(string where, SpecNode operation, OperationParameters parameters) =>
        swagger2 ? Swagger2(operation, parameters) : OpenApi3(where, operation, parameters);

    /// <summary>The schema of the first successful answer in JSON.</summary>
    public SpecNode? Result(SpecNode operation)
    {
        var answers = (operation.Get("responses")?.Members() ?? [])
            .Where(m => m.Name is ['2', ..] or "default")
            .OrderBy(m => m.Name is "default" ? "3" : m.Name, StringComparer.Ordinal);
        foreach (var (_, answer) in answers)
        {
            if (answer.Resolve() is not { IsObject: true } response)
            {
                continue;
            }

            if (swagger2)
            {
                if (response.Raw("schema") is { IsObject: true } schema && schema.Text("type") != "file")
                {
                    return schema;
                }

                continue;
            }

            foreach (var (type, media) in response.Get("content")?.Members() ?? [])
            {
                if ((MediaTypes.IsJson(type) || MediaTypes.Bare(type) == "*/*") && media.Get("schema") is not null)
                {
                    return media.Raw("schema");
                }
            }
        }

        return null;
    }

    private ApiBody? Swagger2(SpecNode operation, OperationParameters parameters)
    {
        string[] own = [.. operation.Texts("consumes")];
        var consumes = own.Length > 0 ? own : _consumes;
        if (parameters.Fields.Count > 0)
        {
            var file = parameters.Fields.Any(f => f.Schema?.Text("type") == "file");
            var multipart = file || (consumes.Any(c => MediaTypes.Bare(c) == "multipart/form-data") && !consumes.Any(c => MediaTypes.Bare(c) == "application/x-www-form-urlencoded"));
            return new ApiBody
            {
                Argument = ParameterReader.Argument("body", "form", parameters.Arguments),
                Required = parameters.Fields.Any(f => f.Required),
                ContentType = multipart ? "multipart/form-data" : "application/x-www-form-urlencoded",
                Fields = parameters.Fields,
            };
        }

        if (parameters.Body is not { } body)
        {
            return null;
        }

        return new ApiBody
        {
            Argument = ParameterReader.Argument("body", "content", parameters.Arguments),
            Required = body.Flag("required") ?? false,
            Description = body.Text("description"),
            ContentType = consumes.FirstOrDefault(MediaTypes.IsJson) ?? consumes.FirstOrDefault(c => c.Contains('/', StringComparison.Ordinal)) ?? "application/json",
            Schema = body.Raw("schema"),
        };
    }

    private ApiBody? OpenApi3(string where, SpecNode operation, OperationParameters parameters)
    {
        if (operation.Raw("requestBody") is not { } raw)
        {
            return null;
        }

        if (raw.Resolve() is not { IsObject: true } body)
        {
            report($"{where}: its body is {(raw.Reference is { } target ? $"a reference to {target}, which is not there" : "no object")}; any JSON is taken");
            return new ApiBody { Argument = ParameterReader.Argument("body", "content", parameters.Arguments), ContentType = "application/json" };
        }

        var offered = (body.Get("content")?.Members() ?? []).Where(m => Writable(m.Name)).OrderBy(m => Preference(m.Name)).FirstOrDefault();
        var media = offered.Name is null ? null : offered.Node.Resolve();
        return new ApiBody
        {
            Argument = ParameterReader.Argument("body", "content", parameters.Arguments),
            Required = body.Flag("required") ?? false,
            Description = body.Text("description"),
            ContentType = offered.Name is null or "*/*" or "application/*" ? "application/json" : offered.Name,
            Schema = media?.Raw("schema"),
            Encoding = media?.Get("encoding"),
        };
    }

    private static bool Writable(string type) =>
        type.Contains('/', StringComparison.Ordinal) && !type.Any(char.IsControl) && (type is "*/*" or "application/*" || !type.Contains('*', StringComparison.Ordinal));

    private static int Preference(string type) => MediaTypes.Bare(type) switch
    {
        "application/json" => 0,
        var bare when MediaTypes.IsJson(bare) => 1,
        "*/*" or "application/*" => 2,
        "application/x-www-form-urlencoded" => 3,
        "multipart/form-data" => 4,
        var bare when bare.StartsWith("multipart/", StringComparison.Ordinal) => 5,
        "text/plain" => 6,
        var bare when MediaTypes.IsText(bare) => 7,
        _ => 8,
    };
}
