using Agent.Cli.Composition;
using Agent.Cli.Input;

namespace Agent.Cli.Chat.Commands;

/// <summary>What a person can type after a slash.</summary>
internal sealed class SlashCommands : CommandGroup
{
    private static readonly string[] Order =
    [
        "help", "model", "mode", "tools", "mcp", "show", "approvals", "grants", "policy", "audit", "cost", "context", "compact", "plan", "accept",
        "sessions", "resume", "branch", "undo", "export", "clear", "trust", "doctor", "quit",
    ];

    private readonly List<SlashCommand> commands;

    public SlashCommands(AgentApplication application, IChatHost chat)
        : base(application, chat)
    {
        CommandGroup[] groups = [this, new ModelCommands(application, chat), new ToolCommands(application, chat), new GovernanceCommands(application, chat), new SessionCommands(application, chat)];
        commands = [.. groups.SelectMany(static group => group.Commands).OrderBy(static command => Array.IndexOf(Order, command.Name))];
    }

    public IReadOnlyList<(string Name, string Help)> Names => [.. commands.Select(static command => (command.Name, command.Help))];

    public override IEnumerable<SlashCommand> Commands =>
    [
        new("help", "[COMMAND]", "what you can type", HelpAsync) { Arguments = () => commands.Select(static one => new Candidate(one.Name, one.Help)) },
        new("clear", string.Empty, "a new conversation on a clean screen", ClearAsync),
        new("doctor", string.Empty, "what works and what does not", DoctorAsync),
        new("trust", string.Empty, "use this folder's agent.json from the next start on", TrustAsync),
        new("quit", string.Empty, "leave; the conversation is kept", QuitAsync),
    ];

    /// <summary>What a command takes, for completion.</summary>
    public IEnumerable<Candidate> ArgumentsOf(string command) => Find(command)?.Arguments() ?? [];

    /// <summary>Runs what was typed.</summary>
    /// <exception cref="CommandException">There is no such command, or it was given nonsense.</exception>
    public Task RunAsync(string text, CancellationToken cancellationToken)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = space < 0 ? (text[1..], string.Empty) : (text[1..space], text[(space + 1)..].Trim());
        if (Find(name is "exit" ? "quit" : name) is { } command)
        {
            return command.RunAsync(rest, cancellationToken);
        }

        var nearest = commands.MinBy(one => Agent.Json.EditDistance.Between(one.Name, name))!;
        throw Wrong($"There is no /{name}; did you mean /{nearest.Name}? /help lists what there is.");
    }

    private SlashCommand? Find(string name) => commands.Find(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private Task HelpAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length > 0)
        {
            var command = Find(name.TrimStart('/')) ?? throw Wrong($"There is no /{name.TrimStart('/')}; /help lists what there is.");
            Say($"/{command.Name} {command.Usage}".TrimEnd() + " — " + command.Help);
            var words = command.Arguments().Take(10).ToList();
            Say(words.Select(static word => $"  {word.Text,-20} {word.Note}".TrimEnd()));
            return Task.CompletedTask;
        }

        Say(
        [
            .. commands.Select(static one => $"  {("/" + one.Name + " " + one.Usage).TrimEnd(),-26} {one.Help}"),
            string.Empty,
            "  @path attaches a file. Enter sends; Alt-Enter, Ctrl-J or a \\ at the end begins another line.",
            "  Ctrl-R searches what you typed before; Tab completes; Ctrl-O unfolds the last call.",
            "  Ctrl-C cancels what runs, twice leaves; Ctrl-D leaves. There is no !command: nothing runs past policy and audit.",
        ]);
        return Task.CompletedTask;
    }

    private Task ClearAsync(string _, CancellationToken cancellationToken)
    {
        // What runs now would go on in the new conversation, and print its end on the clean screen.
        Chat.InTurn(() =>
        {
            State.StartAnew();
            Chat.ClearScreen();
        });
        return Task.CompletedTask;
    }

    private async Task DoctorAsync(string _, CancellationToken cancellationToken)
    {
        await foreach (var check in Doctor.DoctorReport.CheckAsync(Application, started: true, cancellationToken))
        {
            Say(check.ToString());
        }
    }

    private Task TrustAsync(string _, CancellationToken cancellationToken)
    {
        if (Application.Trust.UntrustedFile is not { } file)
        {
            throw Wrong(Application.Trust.TrustedFile is { } trusted ? $"{trusted} is trusted and in use." : "There is no agent.json in this folder; there is nothing to trust.");
        }

        Application.Trust.Grant();
        Say($"{file} is trusted as it stands now; it is used from the next start on.");
        return Task.CompletedTask;
    }

    private Task QuitAsync(string _, CancellationToken cancellationToken)
    {
        Chat.Post(Chat.Leave);
        return Task.CompletedTask;
    }
}
