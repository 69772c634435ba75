using Agent.Cli.Composition;
using Agent.Cli.Workspace;

namespace Agent.Cli.Chat;

/// <summary>Asks once whether a folder's <c>agent.json</c> may be used, and says what that means.</summary>
internal static class TrustQuestion
{
    public static void Ask(Flags flags, CommandConsole console)
    {
        if (!console.IsInteractive)
        {
            return;
        }

        var trust = new WorkspaceTrust(StateFolders.Open(flags.State, Environment.GetEnvironmentVariable), Environment.CurrentDirectory);
        if (trust.UntrustedFile is not { } file)
        {
            return;
        }

        console.Error.WriteLine($"This folder has a configuration that you have not looked at, or that changed since: {file}");
        console.Error.WriteLine("Trusting it lets it start programs on this machine, name databases and addresses, and change the rules of what is asked.");
        console.Error.Write("Trust it? [y]es, [N]o (go on without it): ");
        if (Console.ReadLine()?.Trim() is { Length: > 0 } answer && char.ToUpperInvariant(answer[0]) == 'Y')
        {
            trust.Grant();
        }
    }
}
