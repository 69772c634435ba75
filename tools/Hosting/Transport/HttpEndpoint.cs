using Agent.StreamableHttp;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>
/// Many clients over Streamable HTTP. Whoever reaches the address may call, so it must be one of this machine; the gateway is what serves others, with
/// authentication, policy and audit.
/// </summary>
internal static class HttpEndpoint
{
    public static async Task RunAsync(
        Uri address, ServerOptions options, McpServerOptions server, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await McpHttpServer.RunAsync(
                new McpHttpOptions { Url = address.AbsolutePath == "/" ? new Uri(address, "mcp") : address },
                (transport, _) => McpServer.Create(transport, server, loggers),
                options.Time,
                loggers,
                url => Console.Error.WriteLine($"Serving MCP at {url}"),
                cancellationToken);
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            throw new ToolException($"--http {address} cannot be served: {e.Message}", e);
        }
    }
}
