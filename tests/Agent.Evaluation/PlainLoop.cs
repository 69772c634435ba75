using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Evaluation;

/// <summary>
/// What most programs do: offer every tool of the server, call what the model calls, give back what comes, until it answers. The same
/// servers, model and temperature; a system prompt of one sentence; errors of the model's server are told to the model.
/// </summary>
internal sealed class PlainLoop(Sources sources) : IArm
{
    private const int MostSteps = 8;

    public async Task<Outcome> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var (server, flags) = sources.For(question.Kind);
        await using var client = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions { Name = server, Command = "dotnet", Arguments = [Path.Combine(Sources.AgentFolder, "servers", server, $"agent-{server}.dll"), .. flags] }),
            new McpClientOptions { DiscoverProbeTimeout = TimeSpan.FromMinutes(1) },
            cancellationToken: cancellationToken);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        var tools = new JsonArray([.. (await client.ListToolsAsync(cancellationToken: cancellationToken)).Select(static t => (JsonNode)new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = t.Name, ["description"] = t.Description, ["parameters"] = JsonNode.Parse(t.JsonSchema.GetRawText()) },
        })]);
        var messages = new JsonArray(Message("system", "You answer questions by calling the tools. Answer with the values."), Message("user", question.Text));
        long input = 0, output = 0;
        for (var step = 1; step <= MostSteps; step++)
        {
            var body = new JsonObject { ["model"] = sources.Model, ["temperature"] = 0, ["max_tokens"] = 512, ["tools"] = tools.DeepClone(), ["messages"] = messages.DeepClone() };
            using var response = await http.PostAsJsonAsync($"{sources.Endpoint}/chat/completions", body, cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // Most programs end here; this one asks once more.
                if (step > 1)
                {
                    return new Outcome(string.Empty, $"error {(int)response.StatusCode}", step, input, output);
                }

                messages.Add(Message("user", "That was no valid tool call. Try again."));
                continue;
            }

            input += answer!["usage"]?["prompt_tokens"]?.GetValue<long>() ?? 0;
            output += answer["usage"]?["completion_tokens"]?.GetValue<long>() ?? 0;
            var message = answer["choices"]![0]!["message"]!.AsObject();
            if (message["tool_calls"] is not JsonArray { Count: > 0 } calls)
            {
                return new Outcome(message["content"]?.GetValue<string>() ?? string.Empty, "answered", step, input, output);
            }

            messages.Add(message.DeepClone());
            foreach (var call in calls)
            {
                messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call!["id"]?.GetValue<string>(), ["content"] = await CallAsync(client, call["function"]!, cancellationToken) });
            }
        }

        return new Outcome(string.Empty, "step limit", MostSteps, input, output);
    }

    private static async Task<string> CallAsync(McpClient client, JsonNode function, CancellationToken cancellationToken)
    {
        try
        {
            var arguments = JsonNode.Parse(function["arguments"]!.GetValue<string>())!.AsObject().ToDictionary(static p => p.Key, static p => (object?)p.Value);
            var result = await client.CallToolAsync(function["name"]!.GetValue<string>(), arguments, cancellationToken: cancellationToken);
            return string.Join('\n', result.Content.OfType<TextContentBlock>().Select(static c => c.Text));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or ModelContextProtocol.McpException)
        {
            return "Error: " + e.Message;
        }
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
