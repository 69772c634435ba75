using Agent.Cli.Composition;
using Agent.Cli.Workspace;

namespace Agent.Cli.Chat;

/// <summary>
/// Asks once whether a folder's <c>agent.json</c> may be used, and says what it would do and what trust means. The answer, also a no,
/// is for this file as it stands.
/// </summary>
internal static class TrustQuestion
{
    private const string Question = "Trust it? [y]es  [N]o, go on without it ";

    /// <returns>False where the person wants to leave instead.</returns>
    public static async Task<bool> AskAsync(Flags flags, CommandConsole console)
    {
        if (!console.IsInteractive)
        {
            return true;
        }

        var trust = new WorkspaceTrust(StateFolders.Open(flags.State, Environment.GetEnvironmentVariable), Environment.CurrentDirectory);
        if (!trust.IsNew)
        {
            return true;
        }

        switch (await StartQuestion.AskAsync(Words(trust), Question, console))
        {
            case true:
                trust.Grant();
                return true;
            case false:
                trust.Refuse();
                return true;
            default:
                return false;
        }
    }

    private static IEnumerable<string> Words(WorkspaceTrust trust) =>
    [
        $"This folder brings a configuration that is new to you, or that changed: {trust.UntrustedFile}",
        .. trust.Describe().Select(static line => "  it " + line),
        "Trusting it lets it start programs on this machine, name databases and addresses, and change the rules of what is asked.",
    ];
}
