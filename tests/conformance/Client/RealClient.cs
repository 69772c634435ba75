using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Conformance.Client;

/// <summary>
/// The .NET SDK's client against <c>agent mcp</c>, over stdio and HTTP and in both protocol generations: list, call, cancel,
/// approve, refuse. Prints a line for each.
/// </summary>
internal sealed class RealClient(string root)
{
    /// <summary>As long as a person takes to read, for an answer in an instant counts as the client's own.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1);

    private const string Never = "never";

    private string decision = "allow";
    private string shown = string.Empty;

    public static async Task<int> RunAsync(string agent, string root, string state, string url)
    {
        foreach (var version in new[] { "2026-07-28", "2025-11-25" })
        {
            await new RealClient(root).CheckAsync($"dotnet-stdio-{version}", version, new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = "dotnet",
                Arguments = [agent, "mcp", "--root", root, "--state", state],
                StandardErrorLines = _ => { },
            }));
            await new RealClient(root).CheckAsync($"dotnet-http-{version}", version, new HttpClientTransport(new HttpClientTransportOptions
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
            // The person has not answered when the caller gives up; this client does not always tell the server that it did.
            decision = Never;
            using var stop = new CancellationTokenSource();
            var cancelled = Path.Combine(root, $"{group}-cancelled.txt");
            stop.CancelAfter(Reading / 4);
            try
            {
                await client.CallToolAsync("files__write_file", Write(cancelled, "x"), cancellationToken: stop.Token);
                Expect(false, "it was not cancelled");
            }
            catch (OperationCanceledException)
            {
                await Task.Delay(Reading * 2);
                Expect(!File.Exists(cancelled), "a cancelled call went on");
            }

            Expect(Text(await client.CallToolAsync("files__read_file", new Dictionary<string, object?> { ["path"] = "hello.txt" })).Contains("hello", StringComparison.Ordinal), "the next call failed");
        });
    }

    private async ValueTask<ElicitResult> AnswerAsync(ElicitRequestParams? question, CancellationToken cancellationToken)
    {
        await Task.Delay(decision == Never ? Timeout.InfiniteTimeSpan : Reading, cancellationToken);
        shown = question?.Message ?? string.Empty;
        return new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["decision"] = JsonSerializer.SerializeToElement(decision) } };
    }

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
