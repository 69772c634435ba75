using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Tests.Servers;

public sealed class McpHubTests
{
    [Theory]
    [InlineData("stdio", "2026-07-28")]
    [InlineData("old", "2025-11-25")]
    public async Task CallAsync_EitherGeneration_GivesTheWholeResult(string generation, string version)
    {
        await using var hub = await HubFixture.StartAsync(options =>
            options.Add("f", generation == "old" ? HubFixture.Server("stdio", "--old") : HubFixture.Server("stdio")));

        Assert.Equal(version, hub.Hub.Connections[0].ProtocolVersion);
        Assert.Equal("hi", (await hub.CallAsync("f.echo", """{"text":"hi"}""")).Text);
        var structured = await hub.CallAsync("f.structured");
        var types = structured.Raw.GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString());
        Assert.Equal(["text", "image", "audio", "resource_link", "resource"], types);
        Assert.Equal("12345678901234567890", structured.Structured!.Value.GetProperty("big").GetRawText());
        Assert.Equal("kept", structured.Raw.GetProperty("_meta").GetProperty("fixture/mark").GetString());
        var failed = await hub.CallAsync("f.fail");
        Assert.True(failed.IsError);
        Assert.Equal("it failed as asked", failed.Text);
    }

    [Fact]
    public async Task Find_NamesOfPersonAndModel_GiveTheTool()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")));

        Assert.Equal("f.echo", hub.Hub.Find("f.echo")?.Id.ToString());
        Assert.Equal("f.echo", hub.Hub.Find("f__echo")?.Id.ToString());
        Assert.Null(hub.Hub.Find("echo"));
        Assert.Equal(hub.Hub.Tools.Select(tool => tool.Id.Name).Order(StringComparer.Ordinal), hub.Hub.Tools.Select(tool => tool.Id.Name));
        Assert.All(hub.Hub.Tools, tool => Assert.StartsWith("sha256:", tool.Hash, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_OneServerIsMissing_TheOthersServe()
    {
        await using var hub = await HubFixture.StartAsync(options =>
        {
            options.Add("gone", new McpServerDefinition { Command = "no-such-program-here" });
            options.Add("f", HubFixture.Server("stdio"));
        });

        Assert.Equal([ServerState.Failed, ServerState.Ready], hub.Hub.Servers.Select(server => server.State));
        Assert.Equal(
            "The server 'gone' did not start: there is no program 'no-such-program-here'. Install it or correct mcpServers.gone.command.",
            hub.Hub.Servers[0].Problem);
        Assert.Equal("hi", (await hub.CallAsync("f.echo", """{"text":"hi"}""")).Text);
        Assert.Equal(hub.Hub.Servers[0].Problem, (await hub.CallAsync("gone.tool")).Text);
    }

    [Fact]
    public async Task Start_ServerEndsAtOnce_SaysSoWithItsLastWordsAndWithoutItsSecrets()
    {
        var definition = HubFixture.Server("rude", "dies-at-start");
        definition.Env["FIXTURE_TOKEN"] = "s3cr3t-t0ken";
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", definition));

        var problem = hub.Hub.Servers[0].Problem!;
        Assert.Contains("ended with exit code 3", problem, StringComparison.Ordinal);
        Assert.Contains("cannot start: the token [redacted] is wrong", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServerNeverAnswers_FailsAtItsOwnLimitAndHoldsUpNobody()
    {
        var silent = HubFixture.Server("rude", "never-answers");
        silent.StartTimeoutSeconds = 2;
        await using var hub = await HubFixture.StartAsync(options =>
        {
            options.Add("silent", silent);
            options.Add("f", HubFixture.Server("stdio"));
        });

        Assert.Equal(ServerState.Ready, hub.Hub.Servers[1].State);
        Assert.Contains("was not ready within 2 seconds", hub.Hub.Servers[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServerThatEndsWhenDiscovered_IsTriedTheOldWay()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("old", HubFixture.Server("rude", "dies-when-discovered")));

        Assert.Equal(ServerState.Ready, hub.Hub.Servers[0].State);
        Assert.Equal("poked", (await hub.CallAsync("old.poke")).Text);
    }

    [Fact]
    public async Task Start_TwoToolsOfOneName_AreBothLeftOutAndNamed()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", HubFixture.Server("rude", "twins")));

        Assert.Equal(["other"], hub.Hub.Tools.Select(tool => tool.Id.Name));
        Assert.Contains("two tools named 'same'", hub.Hub.Servers[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwoServersWithOneToolName_AreToldApart()
    {
        await using var hub = await HubFixture.StartAsync(options =>
        {
            options.Add("one", HubFixture.Server("stdio"));
            options.Add("two", HubFixture.Server("rude", "twins"));
            options.Add("three", HubFixture.Server("stdio"));
        });

        Assert.All(hub.Hub.Servers.Where(server => server.Name != "two"), server => Assert.Null(server.Problem));
        Assert.Equal("one", hub.Hub.Find("one__echo")!.Id.Server);
        Assert.Equal("three", hub.Hub.Find("three__echo")!.Id.Server);
        Assert.Equal(hub.Hub.Tools.Count, hub.Hub.Tools.Select(tool => tool.Id.ModelName).Distinct().Count());
    }

    [Fact]
    public async Task Environment_OfAChild_IsWhatItsConfigurationNames()
    {
        Environment.SetEnvironmentVariable("FIXTURE_SECRET_OF_OURS", "do not pass on");
        var definition = HubFixture.Server("stdio");
        definition.Env["GIVEN"] = "from ${FIXTURE_SECRET_OF_OURS}";
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", definition));

        var names = (await hub.CallAsync("f.environment")).Text.Split(',');
        Assert.Contains("GIVEN", names);
        Assert.Contains("PATH", names);
        Assert.DoesNotContain("FIXTURE_SECRET_OF_OURS", names);
        Assert.Equal("from do not pass on", (await hub.CallAsync("f.variable", """{"name":"GIVEN"}""")).Text);
    }

    [Fact]
    public async Task CallAsync_ServerDiesInMidCall_SaysSoAndIsStartedAgain()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")));

        var lost = await hub.CallAsync("f.die");
        Assert.True(lost.IsError);
        Assert.Contains("was lost in the middle of the call", lost.Text, StringComparison.Ordinal);
        Assert.Equal("back", (await hub.CallAsync("f.echo", """{"text":"back"}""")).Text);
    }

    [Fact]
    public async Task Start_ServerFailsAgainAndAgain_IsTriedWithGrowingPauses()
    {
        var time = new PausesPass();
        await using var hub = await HubFixture.StartAsync(options => options.Add("gone", new McpServerDefinition { Command = "no-such-program-here", StartTimeoutSeconds = 77 }), settle: false, time: time);

        await time.PausedAsync(9);
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], time.Pauses.Take(9).Select(pause => pause.TotalSeconds));
    }

    /// <summary>The system's clock, on which the pauses between two starts are over at once.</summary>
    private sealed class PausesPass : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> pauses = new();
        private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int wanted = int.MaxValue;

        public IEnumerable<TimeSpan> Pauses => pauses;

        public async Task PausedAsync(int count)
        {
            Volatile.Write(ref wanted, count);
            if (pauses.Count >= count)
            {
                return;
            }

            await enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.FromSeconds(77))
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            pauses.Enqueue(dueTime);
            if (pauses.Count >= Volatile.Read(ref wanted))
            {
                enough.TrySetResult();
            }

            return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
        }
    }

    [Fact]
    public async Task CallAsync_HundredMegabyteLine_EndsTheConnectionNotUs()
    {
        var definition = HubFixture.Server("rude", "long-line");
        definition.MaxMessageBytes = 1024 * 1024;
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", definition));

        var result = await hub.CallAsync("rude.poke");
        Assert.True(result.IsError);
        await hub.UntilAsync(hub => hub.Servers[0].Problem?.Contains("more than 1 MB", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("floods", "after the flood", false)]
    [InlineData("wrong-id", "for you", false)]
    [InlineData("lies", "no tool result", true)]
    public async Task CallAsync_ServerThatMisbehaves_IsBorne(string kind, string expected, bool error)
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", HubFixture.Server("rude", kind)));

        var result = await hub.CallAsync("rude.poke");
        Assert.Equal(error, result.IsError);
        Assert.Contains(expected, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_ServerHangs_EndsAtTheLimit()
    {
        var definition = HubFixture.Server("rude", "hangs");
        definition.CallTimeoutSeconds = 1;
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", definition));

        var result = await hub.CallAsync("rude.poke");
        Assert.True(result.IsError);
        Assert.Contains("no sign of life for 1 seconds", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_ServerNoLongerReadsItsInput_EndsAtTheLimit()
    {
        var definition = HubFixture.Server("rude", "deaf");
        definition.CallTimeoutSeconds = 1;
        await using var hub = await HubFixture.StartAsync(options => options.Add("rude", definition));

        // More than the pipe holds, so that the writing itself does not end; and a second call, which waits behind it.
        var long_ = JsonSerializer.Serialize(new { text = new string('x', 1024 * 1024) });
        foreach (var result in await Task.WhenAll(hub.CallAsync("rude.poke", long_), hub.CallAsync("rude.poke")))
        {
            Assert.True(result.IsError);
            Assert.Contains("no sign of life for 1 seconds", result.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallAsync_Cancelled_CancelsAtTheServer(bool old)
    {
        using var log = new LineLog();
        await using var hub = await HubFixture.StartAsync(
            options => options.Add("f", old ? HubFixture.Server("stdio", "--old") : HubFixture.Server("stdio")), loggers: log);
        using var cancel = new CancellationTokenSource();

        var call = hub.CallAsync("f.wait", cancellationToken: cancel.Token);
        await log.SeenAsync("wait began");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await log.SeenAsync("wait was cancelled");
        Assert.Equal("and now", (await hub.CallAsync("f.echo", """{"text":"and now"}""")).Text);
    }

    [Fact]
    public async Task CallAsync_ProgressAndPreview_Travel()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")));
        var seen = new Seen();

        Assert.Equal("counted", (await hub.CallAsync("f.count", options: new ToolCallOptions { Progress = seen })).Text);
        // All of it before the result, which came after it.
        Assert.Equal(["step 1", "step 2", "step 3"], seen.Messages);
        Assert.Equal("preview", (await hub.CallAsync("f.preview", options: new ToolCallOptions { Preview = true })).Text);
        Assert.Equal("acted", (await hub.CallAsync("f.preview")).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallAsync_ServerAsks_TheCallersHandlerAnswers(bool old)
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", old ? HubFixture.Server("stdio", "--old") : HubFixture.Server("stdio")));
        var asked = new List<string?>();

        var answered = await hub.CallAsync("f.ask", options: new ToolCallOptions
        {
            Questions = new Answers((server, question) =>
            {
                asked.Add($"{server}: {question.Parameters.GetProperty("message").GetString()}");
                return new { action = "accept", content = new { colour = "green" } };
            }),
        });
        Assert.Equal("accept green", answered.Text);
        Assert.Equal(["f: Which colour?"], asked);
        var nobody = await hub.CallAsync("f.ask");
        Assert.True(nobody.IsError || nobody.Text.StartsWith("decline", StringComparison.Ordinal), nobody.Text);
    }

    private sealed class Answers(Func<string, ServerQuestion, object> answer) : IServerQuestions
    {
        public JsonElement Capabilities { get; } = JsonSerializer.SerializeToElement(new { elicitation = new { form = new { } } });

        public ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
            string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyDictionary<string, JsonElement>>(
                questions.ToDictionary(question => question.Key, question => JsonSerializer.SerializeToElement(answer(server, question.Value))));
    }

    [Fact]
    public async Task Tools_ServerAddsOne_IsSeen()
    {
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")));

        Assert.Null(hub.Hub.Find("f.grown"));
        await hub.CallAsync("f.grow");
        await hub.UntilAsync(hub => hub.Find("f.grown") is not null);
        Assert.Equal("grown", (await hub.CallAsync("f.grown")).Text);
    }

    [Fact]
    public async Task Tools_OneChangesAfterItWasPinned_IsOffUntilAccepted()
    {
        var pins = new MemoryPins();
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")), pins);

        await hub.CallAsync("f.change");
        await hub.UntilAsync(hub => hub.Find("f.echo") is null);
        Assert.Contains("changed its tool 'echo'", hub.Hub.Servers[0].Problem, StringComparison.Ordinal);
        Assert.NotNull(hub.Hub.Find("f.add"));
        pins.AcceptAll();
        await hub.UntilAsync(hub => hub.Find("f.echo") is not null);
    }

    [Theory]
    [InlineData(PinState.New, "was never started here")]
    [InlineData(PinState.Changed, "is another than when it was last accepted")]
    public async Task Command_NobodyLookedAt_IsStartedOnceItIsAccepted(PinState state, string said)
    {
        var pins = new MemoryPins { Command = state };
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")), pins);
        var status = Assert.Single(hub.Hub.Servers);
        Assert.Equal(ServerState.Failed, status.State);
        Assert.Contains(said, status.Problem, StringComparison.Ordinal);
        Assert.Contains("`agent tools accept f`", status.Problem, StringComparison.Ordinal);
        Assert.Empty(hub.Hub.Tools);

        pins.AcceptAll();

        await hub.UntilAsync(hub => hub.Find("f.echo") is not null);
        Assert.Null(hub.Hub.Servers[0].Problem);
    }

    [Fact]
    public async Task Command_WhoseAcceptanceWasNoticedAlready_DoesNotFailWhoAcceptsIt()
    {
        var pins = new MemoryPins { Command = PinState.New };
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", HubFixture.Server("stdio")), pins);
        await pins.LookedAt.WaitAsync(TimeSpan.FromSeconds(60));
        var told = pins.Listeners!;
        pins.Command = PinState.Same;
        await hub.UntilAsync(hub => hub.Find("f.echo") is not null);

        // Whoever accepts takes the listeners, and is slower than the server that looks by itself.
        told.Invoke(pins, EventArgs.Empty);
    }

    [Fact]
    public async Task Command_OfAServerOfTheProgram_IsNotAskedAbout()
    {
        var own = HubFixture.Server("stdio");
        own.BuiltIn = true;
        await using var hub = await HubFixture.StartAsync(options => options.Add("f", own), new MemoryPins { Command = PinState.New });

        Assert.NotNull(hub.Hub.Find("f.echo"));
    }

    [Fact]
    public async Task Stop_ServerDeafToTheEndOfItsInput_IsKilled()
    {
        var hub = await HubFixture.StartAsync(options =>
        {
            options.Add("stays", HubFixture.Server("rude", "stays"));
            options.Add("f", HubFixture.Server("stdio"));
        });
        var children = ChildrenOfThisProcess();
        Assert.NotEmpty(children);

        await hub.DisposeAsync();
        Assert.DoesNotContain(children, IsAlive);
    }

    private static List<int> ChildrenOfThisProcess() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!).Where(id =>
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{id}/stat");
                return File.ReadAllText($"/proc/{id}/cmdline").Contains("rude\0stays", StringComparison.Ordinal)
                    && stat[(stat.LastIndexOf(')') + 4)..].StartsWith($"{Environment.ProcessId} ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        })];

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private sealed class Seen : IProgress<ToolProgress>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string?> Messages { get; } = new();

        public void Report(ToolProgress value) => Messages.Enqueue(value.Message);
    }

    private sealed class MemoryPins : IToolPins
    {
        private readonly Dictionary<string, string> pinned = [];
        private readonly Dictionary<string, string> waiting = [];
        private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public event EventHandler? Changed;

        public EventHandler? Listeners => Changed;

        /// <summary>Completes when somebody who listens looks at what waits.</summary>
        public Task LookedAt => looked.Task;

        public PinState Command { get; set; } = PinState.Same;

        public ValueTask<PinCheck> CheckToolAsync(ToolDefinition tool, CancellationToken cancellationToken) => ValueTask.FromResult(CheckTool(tool));

        private PinCheck CheckTool(ToolDefinition tool)
        {
            lock (pinned)
            {
                var key = $"tool:{tool.Id}";
                if (pinned.TryAdd(key, tool.Hash))
                {
                    return new PinCheck(key, PinState.New, null, []);
                }

                if (pinned[key] == tool.Hash)
                {
                    return new PinCheck(key, PinState.Same, null, []);
                }

                waiting[key] = tool.Hash;
                return new PinCheck(key, PinState.Changed, "- a\n+ b", []);
            }
        }

        public ValueTask<PinCheck> CheckCommandAsync(string server, string commandLine, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new PinCheck($"command:{server}", Command, null, []));

        public IReadOnlyList<PinCheck> Pending()
        {
            looked.TrySetResult();
            return Command == PinState.Same ? [] : [new PinCheck("command:f", Command, null, [])];
        }

        public ValueTask<bool> AcceptAsync(string key, string acceptedBy, CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public void AcceptAll()
        {
            lock (pinned)
            {
                foreach (var (key, hash) in waiting)
                {
                    pinned[key] = hash;
                }
            }

            Command = PinState.Same;

            Changed?.Invoke(this, EventArgs.Empty);
        }
    }
}
