using System.Globalization;
using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Agent.Governance;
using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Agent.Governance.Policy;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>A slash command.</summary>
/// <param name="Name">Its name, without the slash.</param>
/// <param name="Usage">What it takes; empty where it takes nothing.</param>
/// <param name="Help">What it does.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record SlashCommand(string Name, string Usage, string Help, Func<string, CancellationToken, Task> RunAsync);

/// <summary>What a person can type after a slash.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class SlashCommands
{
    private readonly AgentApplication application;
    private readonly TerminalChat chat;
    private readonly List<SlashCommand> commands;

    public SlashCommands(AgentApplication application, TerminalChat chat)
    {
        this.application = application;
        this.chat = chat;
        commands =
        [
            new("help", "[COMMAND]", "what you can type", Help),
            new("model", string.Empty, "which model answers, and which others are configured", Model),
            new("mode", "[ask|plan|auto-edit]", "how much is done without asking", Mode),
            new("tools", "[NAME]", "the tools, or one of them", Tools),
            new("mcp", string.Empty, "the servers and how they are", Servers),
            new("show", "N", "call N, unfolded", Show),
            new("approvals", string.Empty, "what waits for an answer, in every run on this machine", Approvals),
            new("grants", "[revoke ID]", "what was allowed beyond one call", Grants),
            new("policy", string.Empty, "the rules in force", Policy),
            new("audit", string.Empty, "verify the record of every call", Audit),
            new("cost", string.Empty, "tokens and money", Cost),
            new("context", string.Empty, "how full the model's context is", Context),
            new("plan", string.Empty, "the plan of the last run", Plan),
            new("sessions", string.Empty, "earlier conversations", Sessions),
            new("resume", "[ID]", "go on with a conversation, or with the run that was cut off", Resume),
            new("branch", string.Empty, "go on in a copy of this conversation", Branch),
            new("clear", string.Empty, "a new conversation on a clean screen", Clear),
            new("doctor", string.Empty, "what works and what does not", Doctor),
            new("quit", string.Empty, "leave; the conversation is kept", Quit),
        ];
    }

    public IReadOnlyList<(string Name, string Help)> Names => [.. commands.Select(static command => (command.Name, command.Help))];

    public IEnumerable<Candidate> Arguments(string command) => command switch
    {
        "help" => commands.Select(static one => new Candidate(one.Name, one.Help)),
        "mode" => [new("ask", "the rules decide, the rest is asked"), new("plan", "reads only, until you accept the plan"), new("auto-edit", "changes inside the folder are allowed")],
        "tools" => Service<IToolHost>().Tools.Select(static tool => new Candidate(tool.Id.ToString())),
        "show" => chat.State.Tools.Select(static line => new Candidate(line.Number.ToString(CultureInfo.InvariantCulture), line.Call.Name)),
        "resume" => Recent().Select(static session => new Candidate(session.Id, session.Title)),
        "grants" => [new("revoke ")],
        _ => [],
    };

    public Task RunAsync(string text, CancellationToken cancellationToken)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = space < 0 ? (text[1..], string.Empty) : (text[1..space], text[(space + 1)..].Trim());
        var command = commands.Find(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (command is not null)
        {
            return command.RunAsync(rest, cancellationToken);
        }

        var nearest = commands.MinBy(one => Agent.Json.EditDistance.Between(one.Name, name))!;
        throw new CommandException(ExitCode.Usage, $"There is no /{name}; did you mean /{nearest.Name}? /help lists what there is.");
    }

    private T Service<T>()
        where T : notnull => application.Services.GetRequiredService<T>();

    private void Say(params IEnumerable<string> lines)
    {
        var shown = lines.SelectMany(line => chat.Style.Lines(new Spectre.Console.Paragraph(TerminalText.Line(line)), Terminal.RawTerminal.Width)).ToList();
        chat.Post(() => chat.Print(shown));
    }

    private IReadOnlyList<SessionSummary> Recent()
    {
        // Completion is asked for between two keys: what is not there at once is not worth waiting for.
        var listing = Service<ISessionStore>().ListAsync(50, CancellationToken.None).AsTask();
        return listing.Wait(TimeSpan.FromMilliseconds(200)) ? listing.Result : [];
    }

    private Task Help(string name, CancellationToken cancellationToken)
    {
        if (commands.Find(one => one.Name.Equals(name.TrimStart('/'), StringComparison.OrdinalIgnoreCase)) is { } command)
        {
            Say($"/{command.Name} {command.Usage}".TrimEnd() + " — " + command.Help);
            return Task.CompletedTask;
        }

        Say(
        [
            .. commands.Select(static one => $"  {("/" + one.Name + " " + one.Usage).TrimEnd(),-28} {one.Help}"),
            "  @path attaches a file. Enter sends; Alt-Enter, Ctrl-J or a \\ at the end begins another line.",
            "  Ctrl-R searches what you typed before; Tab completes; Ctrl-C cancels what runs, twice leaves; Ctrl-D leaves.",
        ]);
        return Task.CompletedTask;
    }

    private async Task Model(string _, CancellationToken cancellationToken)
    {
        var catalog = Service<IModelCatalog>();
        foreach (var name in catalog.Names)
        {
            var model = await catalog.DescribeAsync(name, cancellationToken);
            Say($"  {model}{(model.ContextWindow is { } window ? $" · context {window:N0} tokens" : string.Empty)} — {model.Reason}");
        }

        Say("  Start with --model PROVIDER/NAME to take another.");
    }

    private Task Mode(string name, CancellationToken cancellationToken)
    {
        PolicyMode? mode = name.ToLowerInvariant() switch
        {
            "" => chat.State.Mode,
            "ask" => PolicyMode.Ask,
            "plan" => PolicyMode.Plan,
            "auto-edit" or "autoedit" => PolicyMode.AutoEdit,
            _ => null,
        };
        if (mode is not { } chosen)
        {
            throw new CommandException(ExitCode.Usage, "The modes are ask, plan and auto-edit.");
        }

        chat.Post(() => chat.State.Mode = chosen);
        Say(chosen switch
        {
            PolicyMode.Plan => "plan: only reads run; everything else waits until you leave this mode.",
            PolicyMode.AutoEdit => "auto-edit: changes to files inside the folder run without asking; everything else as the rules say.",
            _ => "ask: the rules decide; what they leave open is asked.",
        });
        return Task.CompletedTask;
    }

    private Task Tools(string name, CancellationToken cancellationToken)
    {
        var host = Service<IToolHost>();
        if (name.Length > 0)
        {
            var tool = host.Find(name) ?? throw new CommandException(ExitCode.Usage, $"There is no tool {name}; /tools lists them.");
            Say($"{tool.Id}: {tool.Description}", "Arguments: " + tool.InputSchema.GetRawText());
            return Task.CompletedTask;
        }

        Say(host.Tools.Select(static tool => $"  {tool.Id,-32} {TerminalText.Line(tool.Description.Split('\n')[0], 90)}"));
        return Task.CompletedTask;
    }

    private Task Servers(string _, CancellationToken cancellationToken)
    {
        Say(Service<IToolHost>().Servers.Select(static server =>
            $"  {server.Name,-16} {server.State.ToString().ToLowerInvariant(),-9} {(server.State == ServerState.Ready ? $"{server.ToolCount} tools" : server.Problem)}"));
        return Task.CompletedTask;
    }

    private Task Show(string number, CancellationToken cancellationToken)
    {
        var line = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? chat.State.Tools.Find(one => one.Number == index)
            : chat.State.Tools.LastOrDefault();
        if (line is null)
        {
            throw new CommandException(ExitCode.Usage, "There is no such call; the number stands in brackets before each.");
        }

        Say($"[{line.Number}] {line.Call.Name}", "Arguments: " + line.Call.Arguments.GetRawText());
        if (line.Outcome is { } outcome)
        {
            Say(
            [
                .. outcome.Decision is { } decision ? [$"Decision: {decision.Kind.ToString().ToLowerInvariant()} by {decision.Rule}: {string.Join("; ", decision.Reasons)}"] : Array.Empty<string>(),
                .. outcome.ApprovedBy is { } by ? [$"Approved by: {by}"] : Array.Empty<string>(),
                $"Label: {outcome.Label}",
                .. (outcome.Result?.Text ?? string.Empty).Split('\n'),
            ]);
        }

        return Task.CompletedTask;
    }

    private async Task Approvals(string _, CancellationToken cancellationToken)
    {
        var pending = await Service<IApprovals>().ListPendingAsync(null, cancellationToken);
        if (pending.Count == 0)
        {
            Say("Nothing waits for approval.");
        }

        foreach (var request in pending)
        {
            Say(ApprovalCard.Render(request, Service<TimeProvider>()).Split('\n'));
        }
    }

    private async Task Grants(string text, CancellationToken cancellationToken)
    {
        var grants = Service<IGrants>();
        if (text.StartsWith("revoke ", StringComparison.OrdinalIgnoreCase))
        {
            Say(await grants.RevokeAsync(text["revoke ".Length..].Trim(), "console", cancellationToken) ? "Taken back." : "There is no such grant.");
            return;
        }

        var list = grants.List();
        Say(list.Count == 0 ? ["Nothing is allowed beyond single calls."] : list.Select(static grant => "  " + GrantText.Line(grant)));
    }

    private Task Policy(string _, CancellationToken cancellationToken)
    {
        var policy = Service<IPolicy>();
        Say(
        [
            .. policy.Rules.Select(static rule => $"  {rule.Decision.ToString().ToLowerInvariant(),-6} {rule.Name}{(rule.Conditions.Count > 0 ? " — when " + string.Join(", ", rule.Conditions) : string.Empty)}"),
            $"Version {policy.Version}",
            .. policy.Problem is { } problem ? [$"A changed configuration is not in force: {problem}"] : Array.Empty<string>(),
        ]);
        return Task.CompletedTask;
    }

    private async Task Audit(string _, CancellationToken cancellationToken)
    {
        var folder = GovernanceServices.AuditFolder(application.State);
        var verification = await Task.Run(() => AuditVerifier.Verify(folder, cancellationToken: cancellationToken), cancellationToken);
        Say((verification.Ok ? "ok: " : "FAILED: ") + verification.Message, $"The log is in {folder}");
    }

    private async Task Cost(string _, CancellationToken cancellationToken)
    {
        var total = chat.State.Total;
        Say($"This chat: {Words(total)}");
        var today = DateOnly.FromDateTime(Service<TimeProvider>().GetLocalNow().DateTime);
        Say($"Today, all conversations: {Words((await Service<ISessionStore>().GetUsageAsync(today, cancellationToken)).Usage)}");

        static string Words(RunUsage usage) =>
            $"{usage.InputTokens:N0} tokens in ({usage.CachedInputTokens:N0} cached), {usage.OutputTokens:N0} out{(usage.CostUsd is { } cost ? $", ${cost:0.####}" : ", no price known")}";
    }

    private Task Context(string _, CancellationToken cancellationToken)
    {
        Say(chat.State.ContextWindow is { } window
            ? $"About {chat.State.ContextTokens:N0} of {window:N0} tokens are in use."
            : $"About {chat.State.ContextTokens:N0} tokens are in use; how many the model takes is not known.");
        return Task.CompletedTask;
    }

    private Task Plan(string _, CancellationToken cancellationToken)
    {
        var plan = chat.State.Plan;
        Say(plan.Count == 0 ? ["There is no plan."] : plan.Select(static step => $"  [{step.Status switch { "completed" => "x", "in_progress" => ">", "skipped" => "-", _ => " " }}] {step.Step}"));
        return Task.CompletedTask;
    }

    private async Task Sessions(string _, CancellationToken cancellationToken)
    {
        var sessions = await Service<ISessionStore>().ListAsync(20, cancellationToken);
        Say(sessions.Count == 0 ? ["There is no conversation yet."] : sessions.Select(session =>
            $"  {session.Id}  {session.UpdatedAt.ToLocalTime():yyyy-MM-dd HH:mm}  {(session.Id == chat.State.Session ? "(this one) " : string.Empty)}{session.Title}"));
    }

    private async Task Resume(string id, CancellationToken cancellationToken)
    {
        if (id.Length > 0)
        {
            var session = await Service<ISessionStore>().FindAsync(id, cancellationToken)
                ?? throw new CommandException(ExitCode.Usage, $"There is no conversation {id}; /sessions lists them.");
            chat.Post(() => chat.State.Session = session.Id);
            Say($"Going on with {session.Id}: {session.Title}");
            if (session.State is SessionState.Idle)
            {
                return;
            }
        }

        chat.Post(chat.Resume);
    }

    private async Task Branch(string _, CancellationToken cancellationToken)
    {
        var session = chat.State.Session ?? throw new CommandException(ExitCode.Usage, "There is nothing to branch from yet.");
        var branch = await Service<ISessionStore>().BranchAsync(session, null, cancellationToken);
        chat.Post(() => chat.State.Session = branch.Id);
        Say($"Going on in {branch.Id}; {session} stays as it is.");
    }

    private Task Clear(string _, CancellationToken cancellationToken)
    {
        chat.Post(() =>
        {
            chat.State.Session = null;
            chat.State.Tools.Clear();
            chat.State.Plan = [];
            chat.ClearScreen();
        });
        return Task.CompletedTask;
    }

    private async Task Doctor(string _, CancellationToken cancellationToken)
    {
        var probe = await Service<IModelCatalog>().ProbeAsync(null, cancellationToken);
        Say($"  model   {(probe.Answered ? "ok" : "FAILED")} {probe.Model} {probe.Problem}");
        await Servers(string.Empty, cancellationToken);
        Say($"  state   {application.State.Path}", $"  log     {application.LogFile}");
    }

    private Task Quit(string _, CancellationToken cancellationToken)
    {
        chat.Post(chat.Leave);
        return Task.CompletedTask;
    }
}
