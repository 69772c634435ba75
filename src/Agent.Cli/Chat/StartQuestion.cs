using Agent.Cli.Composition;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary>A yes or no before the chat begins. Nothing typed before it could be read answers it.</summary>
internal static class StartQuestion
{
    /// <returns>The answer; null where the person wants to leave instead.</returns>
    public static async Task<bool?> AskAsync(IEnumerable<string> words, string question, CommandConsole console) =>
        RawTerminal.IsAvailable ? await ReadKeyAsync(words, question) : await ReadLineAsync(words, question, console);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static async Task<bool?> ReadKeyAsync(IEnumerable<string> words, string question)
    {
        var style = TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: true);
        using var terminal = RawTerminal.Open(Console.OpenStandardOutput(), TimeProvider.System);
        var lines = words.SelectMany(line => style.Lines(new Spectre.Console.Paragraph(TerminalText.Line(line)), RawTerminal.Width));
        RawTerminal.DropTypedAhead();
        terminal.Write(style.Fit(string.Join("\r\n", lines) + "\r\n" + style.Paint(question, style.Warning)));
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

    private static async Task<bool?> ReadLineAsync(IEnumerable<string> words, string question, CommandConsole console)
    {
        foreach (var line in words)
        {
            await console.Error.WriteLineAsync(TerminalText.Line(line));
        }

        await console.Error.WriteAsync(question);
        return Console.ReadLine() is { } answer ? answer.Trim() is ['y' or 'Y', ..] : null;
    }
}
