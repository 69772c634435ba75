using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>Sets up a server: opens what it works on and adds its tools.</summary>
/// <param name="options">How it was started.</param>
/// <param name="tools">Receives the tools; may be kept to change them later.</param>
/// <param name="loggers">Where it logs to: stderr.</param>
/// <param name="cancellationToken">Cancelled when the process is asked to stop.</param>
/// <returns>What to dispose at the end; null where nothing.</returns>
/// <exception cref="ToolException">It cannot start; the message goes to stderr.</exception>
public delegate ValueTask<IAsyncDisposable?> ServerSetup(
    ServerOptions options, ToolRegistry tools, ILoggerFactory loggers, CancellationToken cancellationToken);

/// <summary>The program around a server: flags, transport, end. No generic host: start-up time is the user's time.</summary>
public static class ServerProgram
{
    private const int UsageError = 2;
    private const int ConfigurationError = 3;

    /// <summary>Runs the server until its client goes away or the process is asked to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="description">What the server tells of itself.</param>
    /// <param name="setup">Sets it up.</param>
    /// <returns>The exit code: 0 ended, 2 usage, 3 configuration.</returns>
    public static async Task<int> RunAsync(string[] args, ServerDescription description, ServerSetup setup)
    {
        var command = new ServerCommand(description);
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{parsed.Errors[0].Message} See --help.");
            return UsageError;
        }

        // Work that fills every core must not keep the next message, or a cancellation, from being read.
        ThreadPool.SetMinThreads(Environment.ProcessorCount + 8, Environment.ProcessorCount + 8);
        command.SetAction((result, cancellationToken) => ServeAsync(command, result, description, setup, cancellationToken));
        return await parsed.InvokeAsync();
    }

    private static async Task<int> ServeAsync(
        ServerCommand command, ParseResult result, ServerDescription description, ServerSetup setup, CancellationToken cancellationToken)
    {
        using var loggers = new StderrLoggerFactory();
        IAsyncDisposable? owned = null;
        try
        {
            var options = command.Read(result);
            var tools = new ToolRegistry(CursorSeal.Load(options.StateFolder), options.Time, loggers.CreateLogger(description.Name));
            owned = await setup(options, tools, loggers, cancellationToken);
            var server = new McpServerOptions
            {
                ServerInfo = new Implementation { Name = "agent-" + description.Name, Title = description.Title, Version = Version },
                ServerInstructions = description.Instructions,
                ToolCollection = tools.Tools,
                Handlers = new McpServerHandlers { CallToolHandler = (request, _) => throw tools.Unknown(request.Params?.Name ?? string.Empty) },
                ScopeRequests = false,
            };

            if (options.Http is { } address)
            {
                await HttpEndpoint.RunAsync(address, options, server, loggers, cancellationToken);
            }
            else
            {
                await StdioEndpoint.RunAsync(server, loggers, cancellationToken);
            }

            return 0;
        }
        catch (ToolException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ConfigurationError;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            if (owned is not null)
            {
                await owned.DisposeAsync();
            }
        }
    }

    private static string Version =>
        typeof(ServerProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
