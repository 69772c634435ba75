using System.Text;
using Agent.Cli.Composition;
using Agent.Cli.Rendering;

namespace Agent.Cli.Questions;

/// <summary>Asks a server's question on a terminal without a chat, line by line on standard error.</summary>
internal sealed class QuestionPrompter(CommandConsole console, TimeProvider time)
{
    /// <summary>The way to whoever sits here; null where nobody does.</summary>
    public static Func<ServerForm, CancellationToken, Task<ServerAnswer>>? For(CommandConsole console) =>
        console.IsInteractive ? new QuestionPrompter(console, TimeProvider.System).AskAsync : null;

    public async Task<ServerAnswer> AskAsync(ServerForm form, CancellationToken cancellationToken)
    {
        // Keys belong to one question at a time, whoever asks it.
        using var turn = await ConsoleTurn.TakeAsync(cancellationToken);
        await console.Error.WriteLineAsync();
        foreach (var line in form.Card())
        {
            await console.Error.WriteLineAsync(line);
        }

        if (!await ConfirmAsync("Answer it? [y]es, [N]o: ", cancellationToken))
        {
            return ServerAnswer.Decline;
        }

        var filling = new FormFilling(form);
        while (filling.Field is { } field)
        {
            var line = await ReadLineAsync($"{TerminalText.Line(field.Title)}{(field.Default.Length > 0 ? $" [{TerminalText.Line(field.Default)}]" : string.Empty)}: ", cancellationToken);
            if (line is null)
            {
                return ServerAnswer.Decline;
            }

            if (filling.Take(line.Length == 0 ? field.Default : line) is { } problem)
            {
                await console.Error.WriteLineAsync(TerminalText.Line(problem));
            }
        }

        if (form.Fields.Count == 0 || await ConfirmAsync($"Send it to '{TerminalText.Line(form.Server)}'? [y]es, [N]o: ", cancellationToken))
        {
            return new ServerAnswer("accept", filling.Content);
        }

        return ServerAnswer.Decline;
    }

    private async Task<bool> ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        ConsoleTurn.DropTypedAhead();
        await WriteAsync(question, cancellationToken);
        while (true)
        {
            switch ((await ConsoleTurn.ReadKeyAsync(time, cancellationToken)).Key)
            {
                case ConsoleKey.Y:
                    await console.Error.WriteLineAsync("yes");
                    return true;
                case ConsoleKey.N or ConsoleKey.Enter or ConsoleKey.Escape:
                    await console.Error.WriteLineAsync("no");
                    return false;
                default:
                    break;
            }
        }
    }

    /// <returns>Null where Escape was pressed instead.</returns>
    private async Task<string?> ReadLineAsync(string prompt, CancellationToken cancellationToken)
    {
        await WriteAsync(prompt, cancellationToken);
        var text = new StringBuilder();
        while (true)
        {
            var key = await ConsoleTurn.ReadKeyAsync(time, cancellationToken);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    await console.Error.WriteLineAsync();
                    return text.ToString();
                case ConsoleKey.Escape:
                    await console.Error.WriteLineAsync();
                    return null;
                case ConsoleKey.Backspace when text.Length > 0:
                    text.Length--;
                    await WriteAsync("\b \b", cancellationToken);
                    break;
                case var _ when !char.IsControl(key.KeyChar):
                    text.Append(key.KeyChar);
                    await WriteAsync(key.KeyChar.ToString(), cancellationToken);
                    break;
                default:
                    break;
            }
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await console.Error.WriteAsync(text.AsMemory(), cancellationToken);
        await console.Error.FlushAsync(cancellationToken);
    }
}
