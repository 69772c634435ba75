using System.Text.Json;
using Agent.Runtime.Context;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The tools of one run, as they are offered to the model. Only these may run.</summary>
internal sealed class OfferedTools
{
    private readonly Dictionary<string, ToolDefinition> _byName = new(StringComparer.Ordinal);
    private readonly List<AITool> _declarations = [];
    private readonly List<ToolDefinition> _definitions = [];

    /// <summary>Their declarations; the list only grows within a run, so that what was sent stays a prefix.</summary>
    public IList<AITool> Declarations => _declarations;

    public IReadOnlyList<ToolDefinition> Definitions => _definitions;

    /// <summary>Their size in the estimator's units.</summary>
    public long Measured { get; private set; }

    public bool Add(ToolDefinition tool, bool compact, IReadOnlySet<string>? request = null)
    {
        if (!_byName.TryAdd(tool.Id.ModelName, tool))
        {
            return false;
        }

        // A model that writes the person's form of a name means the tool.
        _byName.TryAdd(tool.Id.ToString(), tool);
        _definitions.Add(tool);
        _declarations.Add(Declare(tool, compact, request));
        Measured += Measure(tool, compact, request);
        return true;
    }

    /// <summary>A tool as a model is told of it.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="compact">Whether in short.</param>
    /// <param name="request">The words of the request that it is told for; null where it is told in all its parameters.</param>
    public static AITool Declare(ToolDefinition tool, bool compact, IReadOnlySet<string>? request = null)
    {
        var (description, schema) = Shape(tool, compact, request);
        return AIFunctionFactory.CreateDeclaration(tool.Id.ModelName, description, schema);
    }

    /// <summary>The size of a tool's declaration in the estimator's units.</summary>
    public static long Measure(ToolDefinition tool, bool compact, IReadOnlySet<string>? request = null)
    {
        var (description, schema) = Shape(tool, compact, request);
        return Measure(description, schema);
    }

    public ToolDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    private static (string Description, JsonElement Schema) Shape(ToolDefinition tool, bool compact, IReadOnlySet<string>? request) =>
        compact ? (Shorten(tool.Description), CompactSchema.Write(tool.InputSchema, request)) : (tool.Description, tool.InputSchema);

    private static long Measure(string description, JsonElement schema) =>
        12 + TokenEstimator.Measure(description) + TokenEstimator.Measure(schema.GetRawText());

    private static string Shorten(string description)
    {
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        var first = end > 0 ? description[..(end + 1)] : description;
        return first.Length <= 200 ? first : first[..199] + "…";
    }
}
