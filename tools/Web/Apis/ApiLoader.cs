using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Security;

namespace Agent.Tools.Web.Apis;

/// <summary>Loads configured APIs, each with a client that reaches what the operator named with it and the public internet, and nothing else.</summary>
internal sealed class ApiLoader(WebOptions options, HostResolver resolver, HostPace pace, TimeProvider time)
{
    private const int LargestDocument = 128 << 20;

    /// <summary>Loads an API.</summary>
    /// <param name="source">Its name and the file or address of its document.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The API.</returns>
    /// <exception cref="ToolException">Its document cannot be had or yields nothing.</exception>
    public async Task<Api> LoadAsync(NamedSource source, CancellationToken cancellationToken)
    {
        var settings = options.Apis.GetValueOrDefault(source.Name) ?? new ApiOptions();
        var location = Location(source.Value);
        try
        {
            var description = await DescribeAsync(location, settings, cancellationToken);
            var client = Client(Named(location, settings, description));
            return new Api(source.Name, settings, description, client, new CredentialStore(description.SecuritySchemes, settings.Security, client.SendAsync, time));
        }
        catch (SpecFormatException e)
        {
            throw new ToolException($"The API {source.Name} has no usable document at {Shown(location)}: {e.Message}.", e);
        }
        catch (RequestException e)
        {
            throw new ToolException($"The document of the API {source.Name} cannot be fetched: {e.Message}", e);
        }
    }

    private async Task<ApiDescription> DescribeAsync(Uri location, ApiOptions settings, CancellationToken cancellationToken)
    {
        if (location.IsFile)
        {
            return await SpecLoader.LoadAsync(location, new SpecFolder(location).ReadAsync, cancellationToken);
        }

        using var client = Client([Origin(location)]);
        return await SpecLoader.LoadAsync(
            location,
            async (at, token) =>
            {
                var sameOrigin = at.Scheme == location.Scheme && at.Authority == location.Authority;
                if (at.IsFile || (!sameOrigin && !settings.ReferenceHosts.Contains(at.Host, StringComparer.OrdinalIgnoreCase)))
                {
                    throw new SpecFormatException("its host is not one that references may lead to (referenceHosts)");
                }

                var answer = await client.SendAsync(
                    new WebRequest { Method = HttpMethod.Get, Url = at, Headers = [new("Accept", "application/json, application/yaml, */*;q=0.5")], MaxBytes = LargestDocument }, token);
                return answer.IsSuccess && !answer.Truncated
                    ? answer.Body
                    : throw new SpecFormatException(answer.Truncated ? "it is too large" : $"{at.Authority} answers {(int)answer.Status} {answer.Reason}");
            },
            cancellationToken);
    }

    // A document in a file is the operator's own, so the hosts it names are named by them. One that was fetched speaks for its
    // own host only; other private hosts it might name are not reached.
    private static HashSet<string> Named(Uri location, ApiOptions settings, ApiDescription description)
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Add(settings.Server);
        foreach (var secret in settings.Security.Values)
        {
            Add(secret.TokenUrl);
        }

        if (!location.IsFile)
        {
            named.Add(Origin(location));
            return named;
        }

        foreach (var servers in description.Operations.Select(o => o.Servers).Distinct())
        {
            Add(ServerAddress.Of(settings, servers));
        }

        foreach (var scheme in description.SecuritySchemes.Values)
        {
            Add(scheme.TokenUrl);
            Add(scheme.RefreshUrl);
        }

        return named;

        void Add(string? address)
        {
            if (address is not null && Uri.TryCreate(address, UriKind.Absolute, out var url) && !url.IsFile)
            {
                named.Add(Origin(url));
            }
        }
    }

    private WebClient Client(IReadOnlyCollection<string> named) => new(
        options,
        new UrlRules(options.AllowHosts, options.DenyHosts, options.Ports, named),
        new GuardedConnector(resolver, named).CreateHandler(),
        pace,
        time);

    private static string Origin(Uri url) => $"{url.IdnHost}:{url.Port}";

    private static Uri Location(string value) =>
        value.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? new Uri(value)
            : new Uri(Path.GetFullPath(value));

    private static string Shown(Uri location) => location.IsFile ? location.LocalPath : location.GetLeftPart(UriPartial.Path);
}
