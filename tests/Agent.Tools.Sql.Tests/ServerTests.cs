using System.Diagnostics;
using System.Text.Json;

namespace Agent.Tools.Sql.Tests;

/// <summary>The executable, as any MCP client starts it.</summary>
public sealed class ServerTests : IClassFixture<ChinookCopy>
{
    private readonly ChinookCopy copy;

    public ServerTests(ChinookCopy copy) => this.copy = copy;

    [ChinookFact]
    public async Task Server_OverStdio_ListsItsToolsAndAnswers()
    {
        using var server = Start("--database", "chinook=sqlite:" + copy.Path);

        var tools = (await server.AskAsync("tools/list", "{}")).GetProperty("tools").EnumerateArray().ToDictionary(tool => tool.GetProperty("name").GetString()!);
        Assert.Equal(["describe_schema", "execute", "explain", "find_value", "list_databases", "query", "sample_rows"], tools.Keys.Order());
        Assert.All(tools.Values, tool => Assert.Equal("object", tool.GetProperty("outputSchema").GetProperty("type").GetString()));
        Assert.True(tools["query"].GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean());
        Assert.True(tools["execute"].GetProperty("annotations").GetProperty("destructiveHint").GetBoolean());

        var result = await server.AskAsync("tools/call", """{"name":"query","arguments":{"statement":"SELECT Name, 9007199254740993 AS \"big\"\"\" FROM Genre WHERE GenreId = 1"}}""");
        Assert.Equal("""[["Rock","9007199254740993"]]""", result.GetProperty("structuredContent").GetProperty("rows").GetRawText());
        Assert.Equal("chinook", result.GetProperty("structuredContent").GetProperty("database").GetString());
        Assert.StartsWith("Name | big\"\nRock | 9007199254740993\n", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Server_TenThousandRows_ArriveWholeAndInOneLine()
    {
        using var server = Start("--database", "chinook=sqlite:" + copy.Path);

        var result = await server.AskAsync("tools/call", """{"name":"query","arguments":{"statement":"SELECT a.* FROM Track a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) LIMIT 10000","limit":10000,"max_bytes":16000000,"format":"json"}}""");

        Assert.Equal(10000, result.GetProperty("structuredContent").GetProperty("rows").GetArrayLength());
        Assert.False(result.GetProperty("structuredContent").GetProperty("truncated").GetBoolean());
    }

    [ChinookFact]
    public async Task Server_ManyCallsAtOnce_GetTheirOwnAnswers()
    {
        using var server = Start("--database", "chinook=sqlite:" + copy.Path);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            server.AskAsync("tools/call", $$$"""{"name":"query","arguments":{"statement":"SELECT {{{i}}} AS n"}}""")));

        Assert.Equal(Enumerable.Range(0, 50), answers.Select(answer => answer.GetProperty("structuredContent").GetProperty("rows")[0][0].GetInt32()));
    }

    [ChinookFact]
    public async Task Server_PreviewInMeta_TellsAndDoesNothing()
    {
        using var server = Start("--database", "chinook=sqlite:" + copy.Path);

        var result = await server.AskAsync("tools/call", """{"name":"execute","arguments":{"statement":"UPDATE Genre SET Name = 'x' WHERE GenreId = 1"},"_meta":{"agent/preview":true}}""");

        var preview = result.GetProperty("structuredContent").GetProperty("preview");
        Assert.Equal("rows", preview.GetProperty("kind").GetString());
        Assert.Contains("- 1       | Rock", preview.GetProperty("text").GetString(), StringComparison.Ordinal);
        var after = await server.AskAsync("tools/call", """{"name":"query","arguments":{"statement":"SELECT Name FROM Genre WHERE GenreId = 1"}}""");
        Assert.Equal("Rock", after.GetProperty("structuredContent").GetProperty("rows")[0][0].GetString());
    }

    [ChinookFact]
    public async Task Server_SettingsAndSourceFromTheEnvironment_AreReadAndStandInNoCommandLine()
    {
        using var server = Start(
            new Dictionary<string, string>
            {
                ["AGENT_TEST_SETTINGS"] = """{"sql":{"databases":{"chinook":{"hide":["Customer.Email"]}},"rows":2}}""",
                ["AGENT_TEST_SOURCE"] = copy.Path,
                ["AGENT_TEST_FOLDER"] = Path.GetDirectoryName(copy.Path)!,
            },
            "--database", "chinook=sqlite:env:AGENT_TEST_SOURCE", "--database", "second=sqlite:${AGENT_TEST_FOLDER}/" + Path.GetFileName(copy.Path), "--config", "env:AGENT_TEST_SETTINGS");

        var result = (await server.AskAsync("tools/call", """{"name":"query","arguments":{"database":"chinook","statement":"SELECT * FROM Customer"}}""")).GetProperty("structuredContent");
        Assert.Equal(2, result.GetProperty("row_count").GetInt32());
        Assert.DoesNotContain("Email", result.GetProperty("columns").GetRawText(), StringComparison.Ordinal);
        var second = await server.AskAsync("tools/call", """{"name":"query","arguments":{"database":"second","statement":"SELECT Email FROM Customer LIMIT 1"}}""");
        Assert.Equal(1, second.GetProperty("structuredContent").GetProperty("row_count").GetInt32());
        Assert.DoesNotContain(copy.Path, File.ReadAllText($"/proc/{server.Id}/cmdline"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "--database", "x=oracle:y")]
    [InlineData(3, "--database", "x=sqlite:${AGENT_NOT_SET}/y")]
    [InlineData(3, "--config", "env:AGENT_NOT_SET")]
    [InlineData(3, "--database", "x=sqlite:/there/is/none")]
    [InlineData(3, "--database", "x=postgres:env:AGENT_NOT_SET")]
    [InlineData(2, "--nonsense", "x")]
    public async Task Server_WrongFlag_EndsWithOneSentence(int code, params string[] arguments)
    {
        using var server = Start(arguments);

        Assert.Equal(code, await server.EndAsync());
        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
        Assert.NotEmpty(server.Errors);
    }

    private static Client Start(params string[] arguments) => new(arguments, []);

    private static Client Start(Dictionary<string, string> environment, params string[] arguments) => new(arguments, environment);

    private sealed class Client : IDisposable
    {
        private readonly Process process;
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> waiting = new();
        private readonly System.Text.StringBuilder errors = new();
        private readonly Lock writing = new();
        private bool greeted;
        private int ids;

        public Client(string[] arguments, Dictionary<string, string> environment)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "agent-sql.dll"));
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            start.Environment["AGENT_STATE"] = Path.Combine(Path.GetTempPath(), "agent-sql-tests");
            process = Process.Start(start)!;
            process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
            process.OutputDataReceived += (_, line) => Deliver(line.Data);
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
        }

        public int Id => process.Id;

        public string Errors => errors.ToString().Trim();

        public async Task<JsonElement> AskAsync(string method, string parameters)
        {
            if (!greeted)
            {
                greeted = true;
                await SendAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"tests","version":"1"}}""");
                Write("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            }

            return await SendAsync(method, parameters);
        }

        public async Task<int> EndAsync()
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        private Task<JsonElement> SendAsync(string method, string parameters)
        {
            var id = Interlocked.Increment(ref ids);
            var done = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting[id] = done;
            Write($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
            return done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        private void Write(string line)
        {
            lock (writing)
            {
                process.StandardInput.Write(line + "\n");
                process.StandardInput.Flush();
            }
        }

        private void Deliver(string? line)
        {
            if (line is null)
            {
                return;
            }

            var message = JsonElement.Parse(line);
            if (message.TryGetProperty("id", out var id) && waiting.TryRemove(id.GetInt32(), out var done))
            {
                if (message.TryGetProperty("result", out var result))
                {
                    done.SetResult(result);
                }
                else
                {
                    done.SetException(new InvalidOperationException(line));
                }
            }
        }
    }
}
