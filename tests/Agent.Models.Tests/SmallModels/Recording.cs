using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Models.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.SmallModels;

/// <summary>A request to a small model's server, and the answer that it gave to it (Recorded/README.md).</summary>
internal sealed class Recording
{
    private readonly JsonElement request;
    private readonly string body;

    public Recording(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "SmallModels", "Recorded", name);
        using var document = JsonDocument.Parse(File.ReadAllText(path + ".request.json"));
        request = document.RootElement.Clone();
        var text = File.ReadAllText(path + ".response.txt");
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        Status = int.Parse(text.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        ContentType = text[4..end];
        body = text[(end + 1)..];
    }

    public int Status { get; }

    public string ContentType { get; }

    /// <summary>The conversation that was sent.</summary>
    public List<ChatMessage> Messages => [.. request.GetProperty("messages").EnumerateArray().Select(Message)];

    /// <summary>The tools that were offered.</summary>
    public List<AITool> Tools =>
    [
        .. request.GetProperty("tools").EnumerateArray().Select(static t => t.GetProperty("function")).Select(static f =>
            AIFunctionFactory.CreateDeclaration(f.GetProperty("name").GetString()!, f.GetProperty("description").GetString(), f.GetProperty("parameters"))),
    ];

    /// <summary>All text of the answer.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var line in body.Split('\n').Where(static l => l.StartsWith("data: {", StringComparison.Ordinal)))
            {
                using var chunk = JsonDocument.Parse(line[6..]);
                foreach (var choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
                {
                    text.Append(choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null);
                }
            }

            return text.ToString();
        }
    }

    /// <summary>Gives the answer again, byte by byte as it came.</summary>
    public Func<HttpContext, Task> Replay() => FakeServer.Status(Status, body, ContentType);

    private static ChatMessage Message(JsonElement message)
    {
        var text = message.GetProperty("content").GetString() ?? string.Empty;
        if (message.TryGetProperty("tool_call_id", out var id))
        {
            return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id.GetString()!, text)]);
        }

        if (!message.TryGetProperty("tool_calls", out var calls))
        {
            return new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), text);
        }

        return new ChatMessage(ChatRole.Assistant,
        [
            .. calls.EnumerateArray().Select(static c => new FunctionCallContent(
                c.GetProperty("id").GetString()!,
                c.GetProperty("function").GetProperty("name").GetString()!,
                JsonSerializer.Deserialize<Dictionary<string, object?>>(c.GetProperty("function").GetProperty("arguments").GetString()!))),
        ]);
    }
}
