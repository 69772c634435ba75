using Agent.Tools.Web.Http;
using IPAddress = System.Net.IPAddress;

namespace Agent.Tools.Web.Tests;

/// <summary>Clients for tests.</summary>
internal static class TestClients
{
    public static WebOptions Quick { get; } = new() { Retries = 0, RequestsPerSecond = 10_000, Burst = 10_000 };

    /// <summary>A client; <paramref name="named"/> are the hosts (with port) an operator would have named.</summary>
    public static WebClient Create(WebOptions? options = null, string[]? named = null, HostResolver? resolver = null, TimeProvider? time = null)
    {
        options ??= Quick;
        time ??= TimeProvider.System;
        return new WebClient(
            options,
            new UrlRules(options.AllowHosts, options.DenyHosts, options.Ports, named ?? []),
            new GuardedConnector(resolver ?? Loopback, named ?? []).CreateHandler(),
            new HostPace(options.RequestsPerSecond, options.Burst, time),
            time);
    }

    public static Task<IPAddress[]> Loopback(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);

    public static Task<WebResponse> GetAsync(this WebClient client, string url, CancellationToken cancellationToken = default) =>
        client.SendAsync(new WebRequest { Method = HttpMethod.Get, Url = new Uri(url) }, cancellationToken);
}
