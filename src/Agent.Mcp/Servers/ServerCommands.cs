using Microsoft.Extensions.Options;

namespace Agent.Mcp.Servers;

/// <summary>A stdio server that is not started, because nobody has looked at its command as it stands.</summary>
/// <param name="server">The server.</param>
/// <param name="commandLine">The whole command, without secrets.</param>
/// <param name="check">How it stands to its pin.</param>
public sealed class UnseenCommandException(string server, string commandLine, PinCheck check) : Exception(
    check.State == PinState.Changed
        ? $"The command of the server '{server}' is another than when it was last accepted, so it was not started. `agent tools accept` shows the change, `agent tools accept {server}` accepts it."
        : $"The server '{server}' was never started here, and a person must look at its command first: {commandLine}. `agent tools accept {server}` accepts it, and the chat asks.")
{
    /// <summary>How it stands to its pin.</summary>
    public PinCheck Check => check;
}

/// <summary>A command that waits for a person's look.</summary>
/// <param name="Server">The server's name in the configuration.</param>
/// <param name="CommandLine">The whole command, without secrets.</param>
/// <param name="Check">How it stands to its pin: new, or changed and how.</param>
public sealed record UnseenCommand(string Server, string CommandLine, PinCheck Check);

/// <summary>
/// Looks at the commands of the configured stdio servers without starting any, so that a person can be asked before the first start.
/// Servers that come with the program, servers over HTTP and disabled ones are not concerned.
/// </summary>
/// <param name="options">The servers.</param>
/// <param name="pins">What was accepted; null accepts everything.</param>
public sealed class ServerCommands(IOptions<McpServersOptions> options, IToolPins? pins = null)
{
    /// <summary>Finds the commands that nobody has accepted as they stand. They are noted as waiting, for <see cref="IToolPins.Pending"/>.</summary>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The commands in the order of the configuration.</returns>
    public async ValueTask<IReadOnlyList<UnseenCommand>> FindAsync(CancellationToken cancellationToken)
    {
        var unseen = new List<UnseenCommand>();
        foreach (var (name, definition) in options.Value.Servers)
        {
            if (pins is null || definition.BuiltIn || definition.Disabled || Resolve(name, definition) is not { Command: not null } server)
            {
                continue;
            }

            var check = await pins.CheckCommandAsync(name, server.CommandLine, cancellationToken);
            if (check.State != PinState.Same)
            {
                unseen.Add(new UnseenCommand(name, server.Redact(server.CommandLine), check));
            }
        }

        return unseen;
    }

    private ResolvedServer? Resolve(string name, McpServerDefinition definition)
    {
        try
        {
            return ResolvedServer.From(name, definition, options.Value.WorkingFolder, Environment.GetEnvironmentVariable);
        }
        catch (FormatException)
        {
            // It cannot start either, and its start says why.
            return null;
        }
    }
}
