using System.Globalization;
using System.Text.Json;
using Agent.Cli.Composition;
using Agent.Cli.Input;
using Agent.Cli.Rendering;

namespace Agent.Cli.Chat.Commands;

/// <summary>Tools, servers, and what calls did.</summary>
internal sealed class ToolCommands(AgentApplication application, IChatHost chat) : CommandGroup(application, chat)
{
    public override IEnumerable<SlashCommand> Commands =>
    [
        new("tools", "[NAME]", "the tools, or one of them", ToolsAsync)
        {
            Arguments = () => Service<IToolHost>().Tools.Select(static tool => new Candidate(tool.Id.ToString(), Summary(tool))),
        },
        new("mcp", string.Empty, "the servers and how they are", ServersAsync),
        new("show", "[N]", "call N, unfolded; the last without a number", ShowAsync)
        {
            Arguments = () => State.Tools.Select(static line => new Candidate(line.Number.ToString(CultureInfo.InvariantCulture), line.Call.Name)),
        },
        new("plan", string.Empty, "the plan of the last run", PlanAsync),
    ];

    private Task ToolsAsync(string name, CancellationToken cancellationToken)
    {
        var host = Service<IToolHost>();
        if (name.Length > 0)
        {
            var tool = host.Find(name) ?? throw Wrong($"There is no tool {name}; /tools lists them.");
            Say([$"{tool.Id}: {tool.Description}", .. Lines("Arguments: ", tool.InputSchema)]);
            return Task.CompletedTask;
        }

        Say(host.Tools.Count == 0
            ? ["No server offers a tool yet; /mcp says how they are."]
            : host.Tools.Select(tool => TerminalText.Line($"  {tool.Id,-26} {Summary(tool)}", Chat.Width)));
        return Task.CompletedTask;
    }

    private Task ServersAsync(string _, CancellationToken cancellationToken)
    {
        Say(Service<IToolHost>().Servers.Select(static server =>
            $"  {server.Name,-16} {server.State.ToString().ToLowerInvariant(),-9} {(server.State == ServerState.Ready ? $"{server.ToolCount} tools" : server.Problem)}".TrimEnd()));
        return Task.CompletedTask;
    }

    private Task ShowAsync(string number, CancellationToken cancellationToken)
    {
        var line = number.Length == 0
            ? State.Tools.LastOrDefault()
            : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? State.Tools.Find(one => one.Number == index) : null;
        Say(Unfold(line ?? throw Wrong("There is no such call; the number stands in brackets before each.")));
        return Task.CompletedTask;
    }

    private static List<string> Unfold(ToolLine line)
    {
        var outcome = line.Outcome;
        var shown = new List<string> { $"[{line.Number}] {outcome?.Tool?.ToString() ?? line.Call.Name}" };
        shown.AddRange(Lines("Arguments: ", outcome?.Call.Arguments ?? line.Call.Arguments));
        if (outcome is null)
        {
            shown.Add(line.Waits ? "It waits for you." : "It still runs.");
            return shown;
        }

        if (outcome.Decision is { } decision)
        {
            shown.Add($"Decision: {decision.Kind.ToString().ToLowerInvariant()} by {decision.Rule}: {string.Join("; ", decision.Reasons)}");
        }

        if (outcome.ApprovedBy is { } by)
        {
            shown.Add($"Approved by: {by}");
        }

        shown.Add($"Label: {outcome.Label}");
        shown.Add($"Outcome: {outcome.Kind.ToString().ToLowerInvariant()} after {outcome.Duration.TotalMilliseconds:N0} ms");
        shown.AddRange((outcome.Result?.Text ?? string.Empty).TrimEnd().Split('\n').Select(static text => "  " + text));
        return shown;
    }

    private Task PlanAsync(string _, CancellationToken cancellationToken)
    {
        var lines = new ToolLines(Chat.Style, Service<TimeProvider>());
        var shown = lines.Plan(State.Plan, Chat.Width).ToList();
        Chat.Post(() => Chat.Print(shown.Count == 0 ? ["There is no plan."] : shown));
        return Task.CompletedTask;
    }

    private static string Summary(ToolDefinition tool) => TerminalText.Line(tool.Description.Split('\n')[0]);

    private static IEnumerable<string> Lines(string head, JsonElement value) =>
        CliJson.Readable(value).Split('\n').Select((line, index) => index == 0 ? head + line : line);
}
