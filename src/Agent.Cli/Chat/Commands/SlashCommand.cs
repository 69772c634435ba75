using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat.Commands;

/// <summary>A slash command.</summary>
/// <param name="Name">Its name, without the slash.</param>
/// <param name="Usage">What it takes; empty where it takes nothing.</param>
/// <param name="Help">What it does.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record SlashCommand(string Name, string Usage, string Help, Func<string, CancellationToken, Task> RunAsync)
{
    /// <summary>What it can take, for completion.</summary>
    public Func<IEnumerable<Candidate>> Arguments { get; init; } = static () => [];
}

/// <summary>Commands of one kind.</summary>
internal abstract class CommandGroup(AgentApplication application, IChatHost chat)
{
    public abstract IEnumerable<SlashCommand> Commands { get; }

    protected AgentApplication Application { get; } = application;

    protected IChatHost Chat { get; } = chat;

    protected ChatState State => Chat.State;

    protected T Service<T>()
        where T : notnull => Application.Services.GetRequiredService<T>();

    protected void Say(params IEnumerable<string> lines)
    {
        var shown = lines.SelectMany(line => Chat.Style.Lines(new Spectre.Console.Paragraph(TerminalText.Line(line)), Chat.Width)).ToList();
        Chat.Post(() => Chat.Print(shown));
    }

    /// <summary>A mistake of the person's, in one sentence with what would be right.</summary>
    protected static CommandException Wrong(string message) => new(ExitCode.Usage, message);

    /// <summary>What is not there at once is not worth waiting for: completion is asked for between two keys.</summary>
    protected static T Soon<T>(ValueTask<T> task, T otherwise)
    {
        var waited = task.AsTask();
        return waited.Wait(TimeSpan.FromMilliseconds(200)) ? waited.Result : otherwise;
    }
}
