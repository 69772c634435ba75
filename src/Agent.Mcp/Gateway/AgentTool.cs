using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using Microsoft.Extensions.AI;

namespace Agent.Mcp.Gateway;

/// <summary>The agent itself as a tool, so that an IDE's agent can hand a whole question over.</summary>
internal sealed class AgentTool(IAgentRunner runner, IModelCatalog? models, IToolPipeline pipeline, ApprovalDesk desk, GatewayOptions options)
{
    public const string Name = "ask_agent";

    public static JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["title"] = "Ask the agent",
        ["description"] = "Hands a whole question to the agent, which plans, calls the tools it needs (files, databases, web APIs and the other connected servers) under this machine's policy, and answers with its sources. Use it for questions that take several steps; give it everything it needs to know.",
        ["inputSchema"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["question"] = new JsonObject { ["type"] = "string", ["description"] = "The question or task, in full." },
                ["session"] = new JsonObject { ["type"] = "string", ["description"] = "The session of an earlier answer, to go on with it." },
            },
            ["required"] = new JsonArray("question"),
            ["additionalProperties"] = false,
        },
        ["outputSchema"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["session"] = new JsonObject { ["type"] = "string" },
                ["run"] = new JsonObject { ["type"] = "string" },
                ["answer"] = new JsonObject { ["type"] = "string" },
                ["citations"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } },
                ["plan"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } },
                ["stopped"] = new JsonObject { ["type"] = "string" },
            },
            ["required"] = new JsonArray("answer", "stopped"),
        },
        ["annotations"] = new JsonObject { ["readOnlyHint"] = false, ["destructiveHint"] = true, ["openWorldHint"] = true },
    };

    public async Task<JsonNode> AskAsync(GatewaySession session, JsonElement arguments, IClientDialogue dialogue, CancellationToken cancellationToken)
    {
        if (arguments.Text("question") is not { Length: > 0 } question)
        {
            return Wire.ToNode(ToolResult.FromText("The argument 'question' is missing: give the whole question as text.", isError: true).Raw)!;
        }

        var request = new RunRequest
        {
            Prompt = question,
            SessionId = arguments.Text("session"),
            Client = session.Client,
            Approvals = ApprovalHandling.Wait,
            Questions = new CallerQuestions(pipeline, session, "ask_agent", dialogue),
            Model = await BorrowedAsync(session, dialogue, cancellationToken),
        };
        RunResult? result = null;
        var questions = new List<Task>();
        var steps = 0;
        await foreach (var happened in runner.RunAsync(request, cancellationToken))
        {
            var message = happened switch
            {
                RunEvent.ToolStarted started => $"Calls {started.Call.Name}",
                RunEvent.PlanChanged changed => Describe(changed.Plan),
                RunEvent.Notice notice => notice.Text,
                _ => null,
            };
            if (message is not null)
            {
                await dialogue.Line.ReportAsync(++steps, null, message);
            }

            switch (happened)
            {
                case RunEvent.ApprovalPending pending:
                    // The run goes on beside the question: calls that need no answer are not held up by it.
                    questions.Add(AnswerAsync(pending.Request, dialogue, cancellationToken));
                    break;
                case RunEvent.Completed completed:
                    result = completed.Result;
                    break;
                default:
                    break;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        await Task.WhenAll(questions);
        return Answer(result);
    }

    /// <summary>The client's own model, where it lends it and the only one here is the offline planner; null otherwise.</summary>
    private async ValueTask<IChatClient?> BorrowedAsync(GatewaySession session, IClientDialogue dialogue, CancellationToken cancellationToken) =>
        options.UseClientModel && dialogue.Line.LendsItsModel && models is not null
        && (await models.DescribeAsync(null, cancellationToken)).Provider == "offline"
            ? new ClientModel(dialogue, session.Client["mcp:".Length..])
            : null;

    private async Task AnswerAsync(ApprovalRequest request, IClientDialogue dialogue, CancellationToken cancellationToken)
    {
        if (!await desk.SettleAsync(request, dialogue, cancellationToken))
        {
            await desk.GiveUpAsync(request, options.ApprovalWaitSeconds);
        }
    }

    private static JsonObject Answer(RunResult? result)
    {
        var answer = result?.Answer ?? "The agent ended without an answer.";
        var structured = new JsonObject { ["answer"] = answer, ["stopped"] = result?.Stopped.ToString() ?? nameof(RunStop.Failed) };
        if (result is not null)
        {
            structured["session"] = result.Session;
            structured["run"] = result.Run;
            structured["citations"] = new JsonArray([.. result.Citations.Select(citation => new JsonObject { ["source"] = citation.Source, ["tool_call"] = citation.ToolCall })]);
            structured["plan"] = new JsonArray([.. result.Plan.Select(step => new JsonObject { ["step"] = step.Step, ["status"] = step.Status })]);
        }

        var content = new JsonObject
        {
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = answer }),
            ["structuredContent"] = structured,
        };
        if (result?.Stopped != RunStop.Answered)
        {
            content["isError"] = true;
        }

        return content;
    }

    private static string Describe(IReadOnlyList<PlanStep> plan)
    {
        var done = plan.Count(step => step.Status == "completed");
        var now = plan.FirstOrDefault(step => step.Status == "in_progress") ?? plan.FirstOrDefault(step => step.Status == "pending");
        return string.Create(CultureInfo.InvariantCulture, $"Plan {done}/{plan.Count}{(now is null ? string.Empty : $": {now.Step}")}");
    }
}
