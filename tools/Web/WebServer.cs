using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.Pages;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Web;

/// <summary>Puts the server together.</summary>
internal sealed partial class WebServer : IAsyncDisposable
{
    private readonly List<Api> _apis = [];
    private readonly WebClient _client;

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
        tools.Add(new FetchTool(client, new PageReader(client)).Tool, new HttpRequestTool(client).Tool);
        await server.AddApisAsync(options, tools, new ApiLoader(settings, resolver, pace, options.Time), loggers.CreateLogger("web"), cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var api in _apis)
        {
            api.Dispose();
        }

        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AddApisAsync(ServerOptions options, ToolRegistry tools, ApiLoader loader, ILogger logger, CancellationToken cancellationToken)
    {
        var loads = options.Apis.Select(source => loader.LoadAsync(source, cancellationToken)).ToArray();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "fetch", "http_request" };
        foreach (var load in loads)
        {
            try
            {
                var api = await load;
                _apis.Add(api);
                tools.Add(OperationTools.Of(api, options.Apis.Count > 1, taken));
            }
            catch (ToolException e)
            {
                // One API that cannot be had does not take the others down.
                LogApiMissing(logger, e.Message);
            }
        }
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogApiMissing(ILogger logger, string problem);
}
