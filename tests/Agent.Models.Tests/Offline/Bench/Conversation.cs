using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Models.Offline;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A call that was made in a conversation.</summary>
internal sealed record MadeCall(string Tool, JsonObject Arguments, BenchResult Result);

/// <summary>What a request came to.</summary>
internal sealed record Reply(string Text, IReadOnlyList<MadeCall> Calls)
{
    /// <summary>The last statement that was run, on one line.</summary>
    public string Statement => Calls.Where(static c => c.Tool.EndsWith("query", StringComparison.Ordinal)).Select(static c => c.Arguments["statement"]!.ToString().ReplaceLineEndings(" ")).LastOrDefault() ?? string.Empty;

    public bool IsRefusal => Text.Contains("beyond the offline planner", StringComparison.Ordinal);
}

/// <summary>Plays the loop's part: sends the history, runs the calls, sends their results, until there is an answer.</summary>
internal sealed class Conversation(IReadOnlyList<BenchTool> tools, TimeProvider? time = null)
{
    private const int MostSteps = 12;

    private readonly OfflinePlannerClient _planner = new(time);
    private readonly List<ChatMessage> _history = [new(ChatRole.System, "You answer by calling tools.")];

    /// <summary>Refuses calls as a policy or a person would; null runs it.</summary>
    public Func<string, string?> Refuse { get; init; } = static _ => null;

    /// <summary>How a result reaches the planner: whole, or as text alone.</summary>
    public bool TextOnly { get; init; }

    public async Task<Reply> AskAsync(string text)
    {
        _history.Add(new ChatMessage(ChatRole.User, text));
        var calls = new List<MadeCall>();
        for (var step = 0; step < MostSteps; step++)
        {
            var response = await _planner.GetResponseAsync(_history, new ChatOptions { Tools = [.. tools] });
            _history.AddRange(response.Messages);
            var asked = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToList();
            if (asked.Count == 0)
            {
                return new Reply(response.Text, calls);
            }

            var results = new List<AIContent>();
            foreach (var call in asked)
            {
                var arguments = JsonNode.Parse(JsonSerializer.Serialize(call.Arguments))!.AsObject();
                var tool = tools.Single(t => t.Name == call.Name);
                var result = Refuse(call.Name) is { } reason ? BenchResult.Error(reason) : tool.Run(arguments);
                calls.Add(new MadeCall(call.Name, arguments, result));
                results.Add(TextOnly
                    ? new FunctionResultContent(call.CallId, result.Text)
                    : new FunctionResultContent(call.CallId, result.Text) { RawRepresentation = result.ToToolResult() });
            }

            _history.Add(new ChatMessage(ChatRole.Tool, results));
        }

        throw new InvalidOperationException($"No answer to “{text}” after {MostSteps} steps.");
    }
}
