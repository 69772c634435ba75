using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Agent.Cli.Sessions;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Chat.Commands;

/// <summary>Conversations: the earlier ones, copies, files, and taking back what the last run changed.</summary>
internal sealed class SessionCommands(AgentApplication application, IChatHost chat) : CommandGroup(application, chat)
{
    public override IEnumerable<SlashCommand> Commands =>
    [
        new("sessions", string.Empty, "earlier conversations", SessionsAsync),
        new("resume", "[ID]", "go on with a conversation, or with the run that was cut off", ResumeAsync) { Arguments = Recent },
        new("branch", string.Empty, "go on in a copy of this conversation", BranchAsync),
        new("undo", string.Empty, "restore the files that the last run changed", UndoAsync),
        new("export", "[FILE]", "write this conversation to a file: .md to read, .json with everything", ExportAsync),
    ];

    private ISessionStore Store => Service<ISessionStore>();

    private IEnumerable<Candidate> Recent() =>
        Soon(Store.ListAsync(50, CancellationToken.None), []).Select(static session => new Candidate(session.Id, TerminalText.Line(session.Title, 50)));

    private async Task SessionsAsync(string _, CancellationToken cancellationToken)
    {
        var sessions = await Store.ListAsync(20, cancellationToken);
        Say(sessions.Count == 0 ? ["There is no conversation yet."] : sessions.Select(session => TerminalText.Line(
            $"{(session.Id == State.Session ? "*" : " ")} {session.Id}  {session.UpdatedAt.ToLocalTime():yyyy-MM-dd HH:mm}  {session.Title}", Chat.Width)));
    }

    private async Task ResumeAsync(string id, CancellationToken cancellationToken)
    {
        var session = id.Length > 0
            ? await Store.FindAsync(id, cancellationToken) ?? throw Wrong($"There is no conversation {id}; /sessions lists them.")
            : State.Session is { } current ? await Store.FindAsync(current, cancellationToken) : await Store.FindAsync("last", cancellationToken);
        if (session is null)
        {
            throw Wrong("There is no conversation yet.");
        }

        var isOther = session.Id != State.Session;
        if (isOther)
        {
            var tail = await SessionTail.ReadAsync(Store, session, cancellationToken);
            Chat.Post(() =>
            {
                State.StartAnew();
                State.Session = session.Id;
                Chat.Print(tail.Lines(Chat.Style, Chat.Width));
            });
        }

        if (session.State is SessionState.Waiting or SessionState.Interrupted)
        {
            Chat.Post(() => Chat.Run(token => Service<IAgentRunner>().ResumeAsync(session.Id, "chat", ApprovalHandling.Wait, Chat.Questions, token)));
        }
        else if (!isOther)
        {
            Say("The last run has ended; there is nothing to take up. Ask the next question.");
        }
    }

    private async Task BranchAsync(string _, CancellationToken cancellationToken)
    {
        var session = State.Session ?? throw Wrong("There is nothing to branch from yet.");
        var branch = await Store.BranchAsync(session, null, cancellationToken);
        Chat.Post(() => State.Session = branch.Id);
        Say($"Going on in {branch.Id}; {session} stays as it is.");
    }

    private async Task UndoAsync(string _, CancellationToken cancellationToken)
    {
        var session = State.Session ?? throw Wrong("There is nothing to undo yet.");
        var changes = FileChanges.Read(await Store.ReadAsync(session, cancellationToken), State.Undone);
        if (changes.Calls.Count == 0)
        {
            throw Wrong(changes.Others.Count == 0
                ? "No run of this conversation changed a file that could be restored."
                : $"The last change was made by {string.Join(", ", changes.Others)}; only changes to files can be taken back.");
        }

        Chat.Post(() => Chat.Run(token => Undo.RunAsync(Application, State, session, changes, token)));
    }

    private async Task ExportAsync(string file, CancellationToken cancellationToken)
    {
        var session = State.Session ?? throw Wrong("There is nothing to export yet.");
        var path = Path.GetFullPath(file.Length > 0 ? file : $"session-{session}.md", Environment.CurrentDirectory);
        await using (var stream = SessionExportCommand.OpenNew(path))
        {
            if (Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
            {
                await SessionExport.WriteJsonAsync(Store, session, stream, cancellationToken);
            }
            else
            {
                await using var writer = new StreamWriter(stream);
                await SessionExport.WriteMarkdownAsync(Store, session, writer, cancellationToken);
            }
        }

        Say($"Written to {path}");
    }
}
