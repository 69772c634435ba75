using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A tool with a real effect, offered under the name and schema that the planner reads.</summary>
internal sealed class BenchTool(string name, string description, string schema, Func<JsonObject, BenchResult> run) : AIFunctionDeclaration
{
    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema { get; } = JsonDocument.Parse(schema).RootElement.Clone();

    public BenchResult Run(JsonObject arguments) => run(arguments);
}

/// <summary>What a tool answers: text for people, JSON for programs.</summary>
internal sealed record BenchResult(string Text, JsonNode? Structured = null, bool IsError = false)
{
    public static BenchResult Error(string text) => new(text, null, true);

    public ToolResult ToToolResult()
    {
        var raw = new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Text }) };
        if (Structured is not null)
        {
            raw["structuredContent"] = Structured.DeepClone();
        }

        if (IsError)
        {
            raw["isError"] = true;
        }

        return new ToolResult { Raw = JsonDocument.Parse(raw.ToJsonString()).RootElement.Clone() };
    }
}
