namespace Agent.Tools.Web.OpenApi;

/// <summary>Reads where an API can be called.</summary>
internal static class ServerReader
{
    /// <summary>The servers of the whole document; the document's own address where it names none, as the specification says.</summary>
    public static IReadOnlyList<ApiServer> Read(SpecNode root, bool swagger2)
    {
        if (swagger2)
        {
            return Swagger2(root);
        }

        var servers = Own(root);
        return servers is { Count: > 0 } ? servers : Fallback(root);
    }

    /// <summary>The servers that an object names itself; null where it names none.</summary>
    public static IReadOnlyList<ApiServer>? Own(SpecNode holder)
    {
        if (holder.Raw("servers") is not { IsArray: true })
        {
            return null;
        }

        var servers = new List<ApiServer>();
        foreach (var entry in holder.Items("servers"))
        {
            if (entry.Resolve() is { } server && server.Text("url")?.Trim() is { } url && Absolute(server.File.Location, url) is { } template)
            {
                servers.Add(new ApiServer(template, Variables(server)));
            }
        }

        return servers;
    }

    private static Dictionary<string, string> Variables(SpecNode server)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, variable) in server.Get("variables")?.Members() ?? [])
        {
            var value = variable.Raw("default")?.Value is { ValueKind: not (System.Text.Json.JsonValueKind.Object or System.Text.Json.JsonValueKind.Array) } given
                ? given.ToString()
                : variable.Texts("enum").FirstOrDefault();
            if (value is not null)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    // A template is not an address until its variables are filled in, so only its beginning is looked at.
    private static string? Absolute(Uri location, string url)
    {
        if (url.Any(char.IsControl) || url.Contains(' ', StringComparison.Ordinal))
        {
            return null;
        }

        if (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith('{'))
        {
            return url;
        }

        if (url.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }

        var web = location.Scheme is "http" or "https";
        if (url.StartsWith("//", StringComparison.Ordinal))
        {
            return (web ? location.Scheme : "https") + ":" + url;
        }

        if (!url.StartsWith('/') && !url.StartsWith('.') && url.Split('/')[0].Contains('.', StringComparison.Ordinal) && !url.StartsWith('{'))
        {
            // "api.example.com/v1" without a scheme.
            return "https://" + url;
        }

        return web && Uri.TryCreate(location, url.Length == 0 ? "/" : url, out var absolute) ? Uri.UnescapeDataString(absolute.AbsoluteUri) : null;
    }

    private static List<ApiServer> Swagger2(SpecNode root)
    {
        var location = root.File.Location;
        var web = location.Scheme is "http" or "https";
        var host = root.Text("host")?.Trim() is { Length: > 0 } named ? named.TrimEnd('/') : web ? location.Authority : null;
        if (host is null || host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            return [];
        }

        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        var schemes = scheme > 0
            ? [host[..scheme].ToLowerInvariant()]
            : root.Texts("schemes").Select(s => s.ToLowerInvariant()).Where(s => s is "http" or "https").OrderByDescending(s => s, StringComparer.Ordinal).ToArray();
        host = scheme > 0 ? host[(scheme + 3)..] : host;
        if (schemes.Length == 0)
        {
            schemes = [web ? location.Scheme : "https"];
        }

        var path = root.Text("basePath")?.Trim() is { Length: > 0 } basePath ? "/" + basePath.Trim('/') : string.Empty;
        return [.. schemes.Where(s => s is "http" or "https").Select(s => new ApiServer($"{s}://{host}{path}", new Dictionary<string, string>()))];
    }

    private static List<ApiServer> Fallback(SpecNode root) =>
        root.File.Location.Scheme is "http" or "https"
            ? [new ApiServer(root.File.Location.GetLeftPart(UriPartial.Authority), new Dictionary<string, string>())]
            : [];
}
