using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Chat.Commands;

/// <summary>Which model answers, what it costs, how full its context is.</summary>
internal sealed class ModelCommands(AgentApplication application, IChatHost chat) : CommandGroup(application, chat)
{
    private const string Offline = "offline/planner";

    public override IEnumerable<SlashCommand> Commands =>
    [
        new("model", "[NAME]", "which model answers; with a name, take that one", ModelAsync) { Arguments = Names },
        new("cost", string.Empty, "tokens and money", CostAsync),
        new("context", string.Empty, "how full the model's context is", ContextAsync),
        new("compact", string.Empty, "sum up the conversation to make room", CompactAsync),
    ];

    private IEnumerable<Candidate> Names()
    {
        var names = Service<IModelCatalog>().Names;
        return names.Contains(Offline, StringComparer.OrdinalIgnoreCase)
            ? names.Select(static name => new Candidate(name))
            : [.. names.Select(static name => new Candidate(name)), new(Offline, "answers common questions without a model")];
    }

    private async Task ModelAsync(string name, CancellationToken cancellationToken)
    {
        var catalog = Service<IModelCatalog>();
        if (name.Length > 0)
        {
            var chosen = await catalog.DescribeAsync(name, cancellationToken);
            Chat.Post(() =>
            {
                State.ChosenModel = name;
                State.Model = chosen.ToString();
                State.ContextWindow = chosen.ContextWindow;
            });
            Say($"{chosen} answers from now on, in this chat{(chosen.ContextWindow is { } size ? $"; it takes {size:N0} tokens" : string.Empty)}.");
            return;
        }

        foreach (var one in Names())
        {
            var model = await catalog.DescribeAsync(one.Text, cancellationToken);
            var mark = model.ToString() == State.Model ? "*" : " ";
            Say($"{mark} {model}{(model.ContextWindow is { } window ? $" · context {window:N0} tokens" : string.Empty)}{(model.Reason.Length > 0 ? " — " + model.Reason : string.Empty)}");
        }

        Say("  /model PROVIDER/NAME takes another, for this chat.");
    }

    private async Task CostAsync(string _, CancellationToken cancellationToken)
    {
        Say($"This chat: {Words(State.Total)}");
        var today = DateOnly.FromDateTime(Service<TimeProvider>().GetLocalNow().DateTime);
        Say($"Today, all conversations: {Words((await Service<ISessionStore>().GetUsageAsync(today, cancellationToken)).Usage)}");

        static string Words(RunUsage usage) =>
            $"{usage.InputTokens:N0} tokens in ({usage.CachedInputTokens:N0} cached), {usage.OutputTokens:N0} out{(usage.CostUsd is { } cost ? $", ${cost:0.####}" : ", no price known")}";
    }

    private Task ContextAsync(string _, CancellationToken cancellationToken)
    {
        Say(
            State.ContextWindow is { } window
                ? $"About {State.ContextTokens:N0} of {window:N0} tokens are in use."
                : $"About {State.ContextTokens:N0} tokens are in use; how many the model takes is not known.",
            "Room is made by itself when it gets full; /compact does it now.");
        return Task.CompletedTask;
    }

    private Task CompactAsync(string _, CancellationToken cancellationToken)
    {
        var session = State.Session ?? throw Wrong("There is nothing to sum up yet.");
        Chat.Post(() => Chat.Run(token => Service<IAgentRunner>().CompactAsync(session, "chat", State.ChosenModel, token)));
        return Task.CompletedTask;
    }
}
