using System.Text.Json;
using Agent.Runtime.Loop;

namespace Agent.Runtime.Plan;

/// <summary>The plan a person can see, kept by the model.</summary>
internal sealed class PlanTool(RunRegistry runs) : ILocalTool
{
    public const string Name = "update_plan";

    /// <summary>More steps than this are no plan.</summary>
    private const int MaxSteps = 30;

    public ToolDefinition Definition { get; } = LocalTools.Define(
        Name,
        "Update the plan",
        "Write or update the plan that the person sees, before work of three steps or more and after each of them. Give all steps.",
        """
        {
          "type": "object",
          "properties": {
            "steps": {
              "type": "array", "minItems": 1, "maxItems": 30,
              "items": {
                "type": "object",
                "properties": {
                  "step": { "type": "string", "minLength": 1, "maxLength": 300 },
                  "status": { "type": "string", "enum": ["pending", "in_progress", "completed", "skipped"] }
                },
                "required": ["step", "status"], "additionalProperties": false
              }
            }
          },
          "required": ["steps"], "additionalProperties": false
        }
        """);

    public ValueTask<ToolResult> CallAsync(JsonElement arguments, CallContext context, CancellationToken cancellationToken)
    {
        if (runs.Find(context.RunId) is not { } run)
        {
            return ValueTask.FromResult(ToolResult.FromText("There is no run whose plan this could be.", isError: true, Label.Bottom));
        }

        List<PlanStep> steps = [];
        foreach (var item in arguments.GetProperty("steps").EnumerateArray().Take(MaxSteps))
        {
            steps.Add(new PlanStep(item.GetProperty("step").GetString()!, item.GetProperty("status").GetString()!));
        }

        run.SetPlan(steps);
        var done = steps.Count(static s => s.Status is "completed" or "skipped");
        return ValueTask.FromResult(ToolResult.FromText($"The plan stands: {done} of {steps.Count} steps done.", label: Label.Bottom));
    }
}
