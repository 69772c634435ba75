using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

public sealed class LoopTests
{
    [Fact]
    public async Task Run_CallThenAnswer_StreamsAndAnswers()
    {
        await using var agent = new TestAgent(new ScriptedModel(
            ScriptedModel.Call("files__read_file", new { path = "a.md" }),
            ScriptedModel.Text("It says hello.")));
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, events) = await agent.RunAsync("what does a.md say?");

        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal("It says hello.", result.Answer);
        var call = Assert.Single(result.ToolCalls);
        Assert.Equal("files.read_file", call.Tool);
        Assert.Equal("ok", call.Outcome);
        Assert.Equal("allow", call.Decision);
        Assert.Equal(20, result.Usage.InputTokens);
        Assert.Equal("It says hello.", string.Concat(events.OfType<RunEvent.TextDelta>().Select(static d => d.Text)));
        Assert.IsType<RunEvent.Started>(events[0]);
        var sent = agent.Model.Requests[1].Messages;
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], sent.Select(static m => m.Role));
    }

    [Fact]
    public async Task Run_NeedsApprovalAndNobodyThere_RefusesAndSaysSo()
    {
        await using var agent = new TestAgent(new ScriptedModel(
            ScriptedModel.Call("files__delete_file", new { path = "a.md" }),
            ScriptedModel.Text("I was not allowed to.")));
        agent.Host.Set(FakeHost.Tool("files.delete_file", readOnly: false));
        agent.Pipeline.Decide = static _ => DecisionKind.Ask;

        var (result, _) = await agent.RunAsync("delete a.md");

        Assert.Equal(RunStop.ApprovalRefused, result.Stopped);
        Assert.Empty(agent.Pipeline.Acted);
        Assert.Equal("denied", Assert.Single(result.ToolCalls).Outcome);
        Assert.Single(agent.Approvals.Withdrawn);
    }

    [Fact]
    public async Task Run_NeedsApproval_WaitsAndRunsOnceAllowed()
    {
        await using var agent = new TestAgent(new ScriptedModel(
            ScriptedModel.Call("files__delete_file", new { path = "a.md" }),
            ScriptedModel.Text("Deleted.")));
        agent.Host.Set(FakeHost.Tool("files.delete_file", readOnly: false));
        agent.Pipeline.Decide = static _ => DecisionKind.Ask;

        RunResult? result = null;
        await foreach (var item in agent.Runner.RunAsync(new RunRequest { Prompt = "delete", Client = "test", Approvals = ApprovalHandling.Wait }, default))
        {
            if (item is RunEvent.ApprovalPending pending)
            {
                agent.Approvals.Answer(pending.Request.Id, allow: true);
            }

            result = (item as RunEvent.Completed)?.Result ?? result;
        }

        Assert.Equal(RunStop.Answered, result!.Stopped);
        Assert.Single(agent.Pipeline.Acted);
        Assert.Equal("test", Assert.Single(result.ToolCalls).ApprovedBy);
    }

    [Fact]
    public async Task Run_SecondRequestInSession_SendsTheHistory()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("One."), ScriptedModel.Text("Two.")));

        var (first, _) = await agent.RunAsync("first");
        var (second, _) = await agent.RunAsync("second", first.Session);

        Assert.Equal(first.Session, second.Session);
        Assert.NotEqual(first.Run, second.Run);
        Assert.Equal(["first", "One.", "second"], agent.Model.Requests[1].Messages.Skip(1).Select(static m => m.Text));
    }

    [Fact]
    public async Task Question_OfAServer_ReachesWhoeverAsked_AndItsTimeIsThePersons()
    {
        var time = new ManualTime();
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__read_file"), ScriptedModel.Text("Done.")), time: time);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static async (_, context, cancellationToken) =>
        {
            var question = new ServerQuestion("elicitation/create", System.Text.Json.JsonElement.Parse("""{"message":"Which one?"}"""));
            var answers = await context.Questions!.AskAsync("files", new Dictionary<string, ServerQuestion> { ["q"] = question }, cancellationToken);
            return ToolResult.FromText(answers["q"].GetProperty("action").GetString()!);
        };
        List<string> asked = [];

        RunResult? result = null;
        await foreach (var item in agent.Runner.RunAsync(
            new RunRequest
            {
                Prompt = "read",
                Client = "test",
                Budget = new Budget { MaxTime = TimeSpan.FromMinutes(1) },
                Questions = new Answers((server, question) =>
                {
                    asked.Add($"{server}: {question.Parameters.GetProperty("message").GetString()}");
                    time.Advance(TimeSpan.FromMinutes(10));
                    return System.Text.Json.JsonElement.Parse("""{"action":"accept"}""");
                }),
            },
            default))
        {
            result = (item as RunEvent.Completed)?.Result ?? result;
        }

        Assert.Equal(RunStop.Answered, result!.Stopped);
        Assert.Equal(["files: Which one?"], asked);
        Assert.Equal("accept", agent.Model.Requests[1].Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result);
    }

    private sealed class Answers(Func<string, ServerQuestion, System.Text.Json.JsonElement> answer) : IServerQuestions
    {
        public System.Text.Json.JsonElement Capabilities { get; } = System.Text.Json.JsonElement.Parse("""{"elicitation":{}}""");

        public ValueTask<IReadOnlyDictionary<string, System.Text.Json.JsonElement>> AskAsync(
            string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyDictionary<string, System.Text.Json.JsonElement>>(
                questions.ToDictionary(question => question.Key, question => answer(server, question.Value)));
    }

    [Fact]
    public async Task Question_NobodyIsThereToAnswer_IsNotOffered()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__read_file"), ScriptedModel.Text("Done.")));
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        var offered = true;
        agent.Pipeline.Act = (_, context, _) =>
        {
            offered = context.Questions is not null;
            return ValueTask.FromResult(ToolResult.FromText("x"));
        };

        await agent.RunAsync("read");

        Assert.False(offered);
    }
}
