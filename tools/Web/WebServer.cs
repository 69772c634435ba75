using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.Pages;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Web;

/// <summary>Puts the server together.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebClient _client;
    private ApiRegistry? _apis;

    private WebServer(WebClient client) => _client = client;

    /// <summary>Loads the APIs and adds the tools.</summary>
    public static async ValueTask<IAsyncDisposable?> StartAsync(
        ServerOptions options, ToolRegistry tools, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var settings = Settings(options.Configuration);
        var pace = new HostPace(settings.RequestsPerSecond, settings.Burst, options.Time);
        var resolver = GuardedConnector.SystemResolver;
        var named = settings.AllowPrivateHosts
            .SelectMany(host => host.Contains(':', StringComparison.Ordinal) ? [host] : settings.Ports.Select(port => $"{host}:{port}"))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var client = new WebClient(
            settings,
            new UrlRules(settings.AllowHosts, settings.DenyHosts, settings.Ports, named),
            new GuardedConnector(resolver, named).CreateHandler(),
            pace,
            options.Time);
        var server = new WebServer(client);
        tools.Add(
            new FetchTool(client, new PageReader(client, settings, options.Time)).Tool,
            new HttpRequestTool(client).Tool,
            new DownloadTool(client, options.Roots[0], [options.StateFolder, .. options.PrivateFolders], name => server._apis?.Find(name), name => server._apis?.Nearest(name) ?? []).Tool);
        server._apis = new ApiRegistry(options.Apis, new ApiLoader(settings, resolver, pace, options.Time), tools, options.Time, loggers.CreateLogger("web"));
        await server._apis.StartAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_apis is not null)
        {
            await _apis.DisposeAsync();
        }

        _client.Dispose();
    }

    private static WebOptions Settings(JsonElement? section)
    {
        try
        {
            return section?.Deserialize(WebOptionsJson.Default.WebOptions) ?? new WebOptions();
        }
        catch (JsonException e)
        {
            throw new ToolException($"The section 'web' of the configuration is wrong at {e.Path}: {e.Message.Split(" Path:")[0]}", e);
        }
    }
}
