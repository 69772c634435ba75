using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>One client over stdin and stdout.</summary>
internal static class StdioEndpoint
{
    // More than any argument of a tool needs, little enough that a client cannot fill the memory.
    private const int MaxMessageBytes = 32 * 1024 * 1024;

    public static async Task RunAsync(McpServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var transport = new StdioTransport(
            new LineLimitStream(Console.OpenStandardInput(), MaxMessageBytes), Console.OpenStandardOutput(), loggers.CreateLogger<StdioTransport>());
        ReadyContent.Install(options);
        await using var server = McpServer.Create(transport, options, loggers);
        await server.RunAsync(cancellationToken);
    }
}
