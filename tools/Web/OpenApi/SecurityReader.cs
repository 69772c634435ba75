namespace Agent.Tools.Web.OpenApi;

/// <summary>Reads security schemes and what needs them.</summary>
internal static class SecurityReader
{
    /// <summary>The schemes of a document.</summary>
    public static IReadOnlyDictionary<string, SecurityScheme> Schemes(SpecNode root, bool swagger2)
    {
        var schemes = new Dictionary<string, SecurityScheme>(StringComparer.Ordinal);
        var holder = swagger2 ? root.Get("securityDefinitions") : root.Get("components")?.Get("securitySchemes");
        foreach (var (name, entry) in holder?.Members() ?? [])
        {
            if (entry.Resolve() is { IsObject: true } node)
            {
                schemes[name] = Scheme(name, node);
            }
        }

        return schemes;
    }

    /// <summary>What an object says it needs; null where it says nothing.</summary>
    public static IReadOnlyList<IReadOnlyList<SecurityNeed>>? Needs(SpecNode holder)
    {
        if (holder.Raw("security") is not { IsArray: true })
        {
            return null;
        }

        var alternatives = new List<IReadOnlyList<SecurityNeed>>();
        foreach (var entry in holder.Items("security"))
        {
            alternatives.Add([.. entry.Members().Select(m => new SecurityNeed(m.Name, [.. entry.Texts(m.Name)]))]);
        }

        return alternatives;
    }

    private static SecurityScheme Scheme(string name, SpecNode node)
    {
        switch (node.Text("type")?.ToLowerInvariant())
        {
            case "apikey" when node.Text("name") is { Length: > 0 } key:
                return new SecurityScheme(name, SecurityKind.ApiKey)
                {
                    KeyName = key,
                    Place = node.Text("in")?.ToLowerInvariant() switch
                    {
                        "query" => ParameterPlace.Query,
                        "cookie" => ParameterPlace.Cookie,
                        _ => ParameterPlace.Header,
                    },
                };
            case "basic":
                return new SecurityScheme(name, SecurityKind.Basic);
            case "http":
                return new SecurityScheme(name, node.Text("scheme")?.ToLowerInvariant() switch
                {
                    "basic" => SecurityKind.Basic,
                    "bearer" => SecurityKind.Bearer,
                    _ => SecurityKind.Other,
                });
            case "oauth2":
                var flows = node.Get("flows");
                var flow = flows?.Get("clientCredentials") ?? flows?.Get("authorizationCode") ?? flows?.Get("password") ?? node;
                return new SecurityScheme(name, SecurityKind.OAuth2)
                {
                    TokenUrl = Address(flow, "tokenUrl"),
                    RefreshUrl = Address(flow, "refreshUrl"),
                };
            case "openidconnect":
                return new SecurityScheme(name, SecurityKind.OAuth2);
            default:
                return new SecurityScheme(name, SecurityKind.Other);
        }
    }

    private static string? Address(SpecNode flow, string name) =>
        flow.Text(name) is { Length: > 0 } url && Uri.TryCreate(flow.File.Location, url, out var address) && address.Scheme is "http" or "https"
            ? address.AbsoluteUri
            : null;
}
