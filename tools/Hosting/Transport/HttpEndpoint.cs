using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>Many clients over Streamable HTTP.</summary>
internal static class HttpEndpoint
{
    public static Task RunAsync(
        Uri address, ServerOptions options, McpServerOptions server, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        throw new ToolException("This build serves stdin and stdout only; leave --http out.");
}
