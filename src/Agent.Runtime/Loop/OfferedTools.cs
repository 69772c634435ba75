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

    public bool Add(ToolDefinition tool, bool compact)
    {
        if (!_byName.TryAdd(tool.Id.ModelName, tool))
        {
            return false;
        }

        // A model that writes the person's form of a name means the tool.
        _byName.TryAdd(tool.Id.ToString(), tool);
        var description = compact ? Shorten(tool.Description) : tool.Description;
        _definitions.Add(tool);
        _declarations.Add(AIFunctionFactory.CreateDeclaration(tool.Id.ModelName, description, tool.InputSchema));
        Measured += 12 + Context.TokenEstimator.Measure(description) + Context.TokenEstimator.Measure(tool.InputSchema.GetRawText());
        return true;
    }

    public ToolDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    private static string Shorten(string description)
    {
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        var first = end > 0 ? description[..(end + 1)] : description;
        return first.Length <= 200 ? first : first[..199] + "…";
    }
}
