using Agent.Cli.Composition;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;
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

        var answer = RawTerminal.IsAvailable ? await ReadKeyAsync(trust) : await ReadLineAsync(trust, console);
        switch (answer)
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

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static async Task<bool?> ReadKeyAsync(WorkspaceTrust trust)
    {
        var style = TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: true);
        using var terminal = RawTerminal.Open(Console.OpenStandardOutput(), TimeProvider.System);
        var lines = Words(trust).SelectMany(line => style.Lines(new Spectre.Console.Paragraph(TerminalText.Line(line)), RawTerminal.Width));
        RawTerminal.DropTypedAhead();
        terminal.Write(style.Fit(string.Join("\r\n", lines) + "\r\n" + style.Paint(Question, style.Warning)));
        bool? answer = null;
        await foreach (var (key, _) in terminal.Keys.ReadAllAsync())
        {
            if (key.IsControl('c') || key.IsControl('d'))
            {
                break;
            }

            if (key.Kind is KeyKind.Enter or KeyKind.Escape || (key.Kind == KeyKind.Character && key.Text is "n" or "N" or "y" or "Y"))
            {
                answer = key.Kind == KeyKind.Character && key.Text is "y" or "Y";
                break;
            }
        }

        terminal.Write(answer switch { true => "yes\r\n", false => "no\r\n", null => "\r\n" });
        return answer;
    }

    private static async Task<bool?> ReadLineAsync(WorkspaceTrust trust, CommandConsole console)
    {
        foreach (var line in Words(trust))
        {
            await console.Error.WriteLineAsync(TerminalText.Line(line));
        }

        await console.Error.WriteAsync(Question);
        return Console.ReadLine() is { } answer ? answer.Trim() is ['y' or 'Y', ..] : null;
    }
}
