using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Governance;
using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Agent.Governance.Policy;

namespace Agent.Cli.Chat.Commands;

/// <summary>What may be done without asking, what waits, what was done.</summary>
internal sealed class GovernanceCommands(AgentApplication application, IChatHost chat) : CommandGroup(application, chat)
{
    public override IEnumerable<SlashCommand> Commands =>
    [
        new("mode", "[ask|plan|auto-edit]", "how much is done without asking", ModeAsync)
        {
            Arguments = static () => [new("ask", "the rules decide, the rest is asked"), new("plan", "reads only, until you leave the mode"), new("auto-edit", "changes to files inside the folder run")],
        },
        new("accept", "[auto-edit]", "accept the plan: leave plan mode and have it carried out", AcceptAsync)
        {
            Arguments = static () => [new("auto-edit", "changes to files inside the folder run")],
        },
        new("approvals", string.Empty, "what waits for an answer, in every run on this machine", ApprovalsAsync),
        new("grants", "[revoke ID]", "what was allowed beyond one call", GrantsAsync)
        {
            Arguments = () => Service<IGrants>().List().Select(static grant => new Candidate("revoke " + grant.Id, grant.Tool.ToString())),
        },
        new("policy", string.Empty, "the rules in force", PolicyAsync),
        new("audit", string.Empty, "verify the record of every call", AuditAsync),
    ];

    private Task ModeAsync(string name, CancellationToken cancellationToken)
    {
        PolicyMode? mode = name.ToLowerInvariant() switch
        {
            "" => State.Mode,
            "ask" => PolicyMode.Ask,
            "plan" => PolicyMode.Plan,
            "auto-edit" or "autoedit" => PolicyMode.AutoEdit,
            _ => null,
        };
        if (mode is not { } chosen)
        {
            throw Wrong("The modes are ask, plan and auto-edit.");
        }

        Chat.Post(() => State.Mode = chosen);
        Say(chosen switch
        {
            PolicyMode.Plan => "plan: only reads run; /accept has the plan carried out.",
            PolicyMode.AutoEdit => "auto-edit: changes to files inside the folder run without asking; everything else as the rules say.",
            _ => "ask: the rules decide; what they leave open is asked.",
        });
        return Task.CompletedTask;
    }

    private async Task AcceptAsync(string how, CancellationToken cancellationToken)
    {
        if (State.Mode != PolicyMode.Plan || State.Last is not { } last)
        {
            throw Wrong("There is no plan to accept; /mode plan and a request make one.");
        }

        var chosen = how.ToLowerInvariant() switch
        {
            "" => PolicyMode.Ask,
            "auto-edit" or "autoedit" => PolicyMode.AutoEdit,
            _ => throw Wrong("Write /accept, or /accept auto-edit."),
        };
        using var accepted = System.Text.Json.JsonDocument.Parse($$"""{"session":"{{last.Session}}","run":"{{last.Run}}","mode":"{{chosen}}","by":"console"}""");
        await Service<IToolPipeline>().RecordAsync("plan.accepted", null, accepted.RootElement, cancellationToken);
        Chat.Post(() =>
        {
            State.Mode = chosen;
            Chat.Run(token => ChatRequest.RunAsync(Application, State, "I accept the plan. Carry it out.", ApprovalHandling.Wait, Chat.Questions, token));
        });
    }

    private async Task ApprovalsAsync(string _, CancellationToken cancellationToken)
    {
        var pending = await Service<IApprovals>().ListPendingAsync(null, cancellationToken);
        if (pending.Count == 0)
        {
            Say("Nothing waits for approval.");
        }

        foreach (var request in pending)
        {
            Say([.. ApprovalCard.Render(request, Service<TimeProvider>()).Split('\n'), string.Empty]);
        }
    }

    private async Task GrantsAsync(string text, CancellationToken cancellationToken)
    {
        var grants = Service<IGrants>();
        if (text.StartsWith("revoke ", StringComparison.OrdinalIgnoreCase))
        {
            Say(await grants.RevokeAsync(text["revoke ".Length..].Trim(), "console", cancellationToken) ? "Taken back." : throw Wrong("There is no such grant, or more than one begins so; /grants lists them."));
            return;
        }

        if (text.Length > 0)
        {
            throw Wrong("/grants lists them; /grants revoke ID takes one back.");
        }

        var list = grants.List();
        Say(list.Count == 0 ? ["Nothing is allowed beyond single calls."] : list.Select(static grant => "  " + GrantText.Line(grant)));
    }

    private Task PolicyAsync(string _, CancellationToken cancellationToken)
    {
        var policy = Service<IPolicy>();
        Say(
        [
            .. policy.Rules.Select(static rule => $"  {rule.Decision.ToString().ToLowerInvariant(),-6} {rule.Name}{(rule.Conditions.Count > 0 ? " — when " + string.Join(", ", rule.Conditions) : string.Empty)}"),
            $"  Version {policy.Version}",
            .. policy.Problem is { } problem ? [$"  A changed configuration is not in force: {problem}"] : Array.Empty<string>(),
        ]);
        return Task.CompletedTask;
    }

    private async Task AuditAsync(string _, CancellationToken cancellationToken)
    {
        var folder = GovernanceServices.AuditFolder(Application.State);
        var verification = await Task.Run(() => AuditVerifier.Verify(folder, cancellationToken: cancellationToken), cancellationToken);
        Say((verification.Ok ? "ok: " : "FAILED: ") + verification.Message, $"The log is in {folder}");
    }
}
