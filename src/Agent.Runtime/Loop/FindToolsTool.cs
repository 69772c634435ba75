using System.Text;
using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>Finds tools by what they do, where there are too many to offer at once.</summary>
internal sealed class FindToolsTool(RunRegistry runs) : ILocalTool
{
    public const string Name = "find_tools";
    private const int DefaultLimit = 5;

    public ToolDefinition Definition { get; } = LocalTools.Define(
        Name,
        "Find tools",
        "Find more tools by what they should do; those found can be called from the next step on.",
        """
        {
          "type": "object",
          "properties": {
            "query": { "type": "string", "description": "What the tool should do, in a few words.", "minLength": 1, "maxLength": 300 },
            "limit": { "type": "integer", "minimum": 1, "maximum": 20, "default": 5 }
          },
          "required": ["query"], "additionalProperties": false
        }
        """);

    public ValueTask<ToolResult> CallAsync(JsonElement arguments, CallContext context, CancellationToken cancellationToken)
    {
        if (runs.Find(context.RunId) is not { } run)
        {
            return ValueTask.FromResult(ToolResult.FromText("There is no run to find tools for.", isError: true, Label.Bottom));
        }

        var limit = arguments.TryGetProperty("limit", out var most) ? most.GetInt32() : DefaultLimit;
        var found = run.FindTools(arguments.GetProperty("query").GetString()!, limit);
        if (found.Count == 0)
        {
            return ValueTask.FromResult(ToolResult.FromText("There are no more tools.", label: Label.Bottom));
        }

        var text = new StringBuilder();
        foreach (var tool in found)
        {
            text.Append(tool.Id.ModelName).Append(": ").Append(tool.Description.ReplaceLineEndings(" ")).Append('\n');
        }

        // Descriptions are a server's words: pinned and screened, but not the operator's own.
        return ValueTask.FromResult(ToolResult.FromText(
            text.ToString(), label: Label.From(Integrity.Internal, Confidentiality.Public, "tool descriptions")));
    }
}
