using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>
/// A real model of 0.4 billion parameters, real weights, nothing scripted. What it writes is its own affair: asserted is what holds
/// whatever it writes.
/// </summary>
[Trait("Needs", "model")]
public sealed class SmallModelTests(SmallModel model) : IClassFixture<SmallModel>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly HttpClient Http = new() { Timeout = Patience };

    private static string[] Chinook => ["--database", $"chinook=sqlite:{Repository.Chinook}"];

    [SmallModelFact]
    public async Task Ask_WhatThePlannerReads_IsAnsweredWithItsRowsAndSource()
    {
        using var workspace = AgentWorkspace.WithEverything();
        using var json = await AskAsync(workspace, model.Endpoint, "How many customers are there?", 0, Chinook);

        AssertGovernedQuery(json.RootElement);
        Assert.Contains("59", json.RootElement.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, json.RootElement.GetProperty("usage").GetProperty("output_tokens").GetInt64());
    }

    [SmallModelFact]
    public async Task Ask_TheModelsDrafts_RunThroughThePipeline_AndAreOnRecord()
    {
        using var workspace = WithoutPlanner();
        using var json = await AskAsync(workspace, model.Endpoint, "How many customers are there?", 0, Chinook);

        AssertGovernedQuery(json.RootElement);
        Assert.True(json.RootElement.GetProperty("usage").GetProperty("output_tokens").GetInt64() > 0);
        Assert.Contains("drafts", json.RootElement.GetProperty("answer").GetString(), StringComparison.Ordinal);
        var audit = await workspace.RunAsync("audit", "verify");
        Assert.True(audit.Code == 0, audit.ToString());
    }

    [SmallModelFact]
    public async Task Session_OfASmallModel_IsGoneOnWith()
    {
        using var workspace = WithoutPlanner();
        using var first = await AskAsync(workspace, model.Endpoint, "How many artists are there?", null, Chinook);
        var session = first.RootElement.GetProperty("session").GetString()!;

        using var second = await AskAsync(workspace, model.Endpoint, "How many albums are there?", null, [.. Chinook, "--session", session]);

        Assert.Equal(session, second.RootElement.GetProperty("session").GetString());
        Assert.EndsWith(".2", second.RootElement.GetProperty("run").GetString(), StringComparison.Ordinal);
    }

    [SmallModelFact]
    public async Task Ask_WithAContextOf4096_FitsEverythingIn()
    {
        var small = new SmallModel("--ctx-size", "4096");
        await small.InitializeAsync();
        try
        {
            using var workspace = WithoutPlanner();
            using var json = await AskAsync(workspace, small.Endpoint, "Which artist has the most albums?", null, Chinook);
            Assert.NotEmpty(json.RootElement.GetProperty("answer").GetString()!);

            // The model's own loop, with tools and a document longer than its window.
            workspace.Write("long.md", string.Concat(Enumerable.Range(1, 3_000).Select(static i => $"Line {i} of a long document on nothing.\n")));
            using var own = await AskAsync(workspace, small.Endpoint, "Tell me in your own words what long.md is on", null);
            Assert.NotEmpty(own.RootElement.GetProperty("answer").GetString()!);
        }
        finally
        {
            await small.DisposeAsync();
        }
    }

    [SmallModelFact]
    public async Task Ask_ServerKilledInMidStream_SaysSoAndEnds_AndTheSessionGoesOnElsewhere()
    {
        var doomed = new SmallModel();
        await doomed.InitializeAsync();
        try
        {
            using var watched = new WatchedPort(doomed.Port, doomed.Kill);
            using var workspace = WithoutPlanner();
            var exit = await RunAsync(workspace, watched.Endpoint, "Which artist has the most albums?", Chinook);

            Assert.True(watched.Seen);
            Assert.True(exit.Code == 6, exit.ToString());
            Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);

            using var broken = JsonDocument.Parse(exit.Out);
            var session = broken.RootElement.GetProperty("session").GetString()!;
            using var next = await AskAsync(workspace, model.Endpoint, "How many customers are there?", null, [.. Chinook, "--session", session]);
            Assert.Equal(session, next.RootElement.GetProperty("session").GetString());
            AssertGovernedQuery(next.RootElement);
        }
        finally
        {
            await doomed.DisposeAsync();
        }
    }

    [SmallModelFact]
    public async Task Ask_ServerStoppedForAWhile_GoesOn()
    {
        var stopped = new SmallModel();
        await stopped.InitializeAsync();
        try
        {
            var resumed = Task.CompletedTask;
            using var watched = new WatchedPort(stopped.Port, () =>
            {
                stopped.Signal("STOP");
                resumed = Task.Delay(TimeSpan.FromSeconds(2)).ContinueWith(_ => stopped.Signal("CONT"), TaskScheduler.Default);
            });
            using var workspace = WithoutPlanner();
            using var json = await AskAsync(workspace, watched.Endpoint, "How many customers are there?", null, Chinook);

            await resumed;
            Assert.True(watched.Seen);
            AssertGovernedQuery(json.RootElement);
        }
        finally
        {
            await stopped.DisposeAsync();
        }
    }

    [SmallModelFact]
    public async Task Ask_ServerBusyWithAnother_WaitsItsTurn()
    {
        var other = Http.PostAsJsonAsync($"{model.Endpoint}/chat/completions", new { messages = new[] { new { role = "user", content = "Count from one to two hundred in words." } }, max_tokens = 300 });
        using var workspace = WithoutPlanner();
        using var json = await AskAsync(workspace, model.Endpoint, "How many customers are there?", null, Chinook);

        AssertGovernedQuery(json.RootElement);
        using var response = await other;
        Assert.True(response.IsSuccessStatusCode);
    }

    private static AgentWorkspace WithoutPlanner()
    {
        var workspace = AgentWorkspace.WithEverything();
        workspace.Environment["AGENT__models__profiles__small__planner"] = "false";
        return workspace;
    }

    private static async Task<AgentExit> RunAsync(AgentWorkspace workspace, string endpoint, string question, params string[] flags)
    {
        using var process = workspace.Start(["ask", question, .. flags, "--model", "openai/coder-0.5b", "--endpoint", endpoint, "--format", "json"]);
        process.StandardInput.Close();
        return await AgentWorkspace.FinishAsync(process, Patience);
    }

    /// <summary>Asks; the run ends with an answer or at a limit, and with nothing else.</summary>
    private static async Task<JsonDocument> AskAsync(AgentWorkspace workspace, string endpoint, string question, int? code, params string[] flags)
    {
        var exit = await RunAsync(workspace, endpoint, question, flags);
        Assert.True(code is { } exact ? exit.Code == exact : exit.Code is 0 or 5, exit.ToString());
        return JsonDocument.Parse(exit.Out);
    }

    private static void AssertGovernedQuery(JsonElement run)
    {
        Assert.Contains(run.GetProperty("tool_calls").EnumerateArray(), static call =>
            call.GetProperty("tool").GetString() == "sql.query" && call.GetProperty("decision").GetString() == "allow" && call.GetProperty("outcome").GetString() == "ok");
        Assert.Contains("Source: database `chinook`", run.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(run.GetProperty("citations").EnumerateArray());
    }
}
