using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Conformance.Client;

/// <summary>
/// The .NET SDK's client against <c>agent mcp</c>, over stdio and HTTP and in both protocol generations: list, call, cancel,
/// approve, refuse. Prints a line for each.
/// </summary>
internal sealed partial class RealClient(string agent, string root, string state)
{
    /// <summary>As long as a person takes to read, for an answer in an instant counts as the client's own.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Never = "never";

    private string decision = "allow";
    private string shown = string.Empty;
    private int questions;
    private TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<int> RunAsync(string agent, string root, string state, string url)
    {
        foreach (var version in new[] { "2026-07-28", "2025-11-25" })
        {
            await new RealClient(agent, root, state).CheckAsync($"dotnet-stdio-{version}", version, new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = "dotnet",
                Arguments = [agent, "mcp", "--root", root, "--state", state],
                StandardErrorLines = _ => { },
            }));
            await new RealClient(agent, root, state).CheckAsync($"dotnet-http-{version}", version, new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(url),
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {(await File.ReadAllTextAsync(Path.Combine(state, "gateway.token"))).Trim()}" },
            }));
        }

        return 0;
    }

    private async Task CheckAsync(string group, string version, IClientTransport transport)
    {
        await using var client = await McpClient.CreateAsync(transport, new McpClientOptions
        {
            ProtocolVersion = version,
            ClientInfo = new Implementation { Name = "dotnet", Version = "1" },
            Handlers = new McpClientHandlers { ElicitationHandler = AnswerAsync },
        });
        var file = Path.Combine(root, $"{group}.txt");
        await OneAsync(group, "list", async () =>
        {
            var names = (await client.ListToolsAsync()).Select(tool => tool.Name).ToList();
            Expect(client.NegotiatedProtocolVersion == version && names.Contains("files__read_file"), string.Join(',', names));
        });
        await OneAsync(group, "call", async () =>
        {
            var result = await client.CallToolAsync("files__read_file", new Dictionary<string, object?> { ["path"] = "hello.txt" });
            Expect(result.IsError != true && Text(result).Contains("hello from the root", StringComparison.Ordinal), Text(result));
        });
        await OneAsync(group, "refuse", async () =>
        {
            decision = "deny";
            var result = await client.CallToolAsync("files__write_file", Write(file, "no"));
            Expect(result.IsError == true && !File.Exists(file), Text(result));
            Expect(shown.Contains("files.write_file", StringComparison.Ordinal) && shown.Contains("\"no\"", StringComparison.Ordinal), shown);
        });
        await OneAsync(group, "approve", async () =>
        {
            decision = "allow";
            var result = await client.CallToolAsync("files__write_file", Write(file, "yes"));
            Expect(result.IsError != true && (await File.ReadAllTextAsync(file)).TrimEnd() == "yes", Text(result));
        });
        await OneAsync(group, "cancel", async () =>
        {
            // The person has not answered when the caller gives up.
            decision = Never;
            asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var stop = new CancellationTokenSource();
            var cancelled = Path.Combine(root, $"{group}-cancelled.txt");
            var call = client.SendRequestAsync(
                new JsonRpcRequest
                {
                    Id = new RequestId(group),
                    Method = RequestMethods.ToolsCall,
                    Params = new JsonObject { ["name"] = "files__write_file", ["arguments"] = new JsonObject { ["path"] = Path.GetFileName(cancelled), ["content"] = "x" } },
                },
                stop.Token);
            await asked.Task.WaitAsync(Patience);
            await stop.CancelAsync();
            try
            {
                await call;
                Expect(false, "it was not cancelled");
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }

            if (version != "2026-07-28")
            {
                // The SDK means to say so, but its notification can be lost when the waiting ends first. In the newer protocol there
                // is nobody to tell: the question was the answer to the request.
                await client.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = new JsonObject { ["requestId"] = group } });
            }

            // Even a late yes must not wake a call whose client has gone.
            await ApproveAsync(Question().Match(shown).Groups["id"].Value);
            Expect(Text(await client.CallToolAsync("files__read_file", new Dictionary<string, object?> { ["path"] = "hello.txt" })).Contains("hello", StringComparison.Ordinal), "the next call failed");
            Expect(!File.Exists(cancelled), "a cancelled call went on");

            // Made again, the call of a client that said so goes on with the yes; one that still holds its question is asked anew.
            decision = "allow";
            var before = questions;
            var again = await client.CallToolAsync("files__write_file", Write(cancelled, "x"));
            Expect(again.IsError != true && File.Exists(cancelled), Text(again));
            Expect(questions - before == (version == "2026-07-28" ? 1 : 0), $"it was asked {questions - before} times");
        });
    }

    private async ValueTask<ElicitResult> AnswerAsync(ElicitRequestParams? question, CancellationToken cancellationToken)
    {
        questions++;
        shown = question?.Message ?? string.Empty;
        asked.TrySetResult();
        await Task.Delay(decision == Never ? Timeout.InfiniteTimeSpan : Reading, cancellationToken);
        return new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["decision"] = JsonSerializer.SerializeToElement(decision) } };
    }

    private async Task ApproveAsync(string id)
    {
        using var terminal = Process.Start(new ProcessStartInfo("dotnet", [agent, "approvals", "approve", id, "--state", state]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = terminal.StandardOutput.ReadToEndAsync();
        var wrong = await terminal.StandardError.ReadToEndAsync();
        await terminal.WaitForExitAsync();
        Expect(terminal.ExitCode == 0, $"'approvals approve {id}' said: {await said} {wrong}");
    }

    [GeneratedRegex(@"Approval (?<id>\S+);")]
    private static partial Regex Question();

    private static Dictionary<string, object?> Write(string file, string content) => new() { ["path"] = Path.GetFileName(file), ["content"] = content };

    private static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    private static async Task OneAsync(string group, string name, Func<Task> body)
    {
        try
        {
            await body();
            Console.WriteLine($"ok {group} {name}");
        }
        catch (Exception exception)
        {
            Console.WriteLine($"bad {group} {name}: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
