using Agent.Governance.Policy;
using Microsoft.Extensions.Configuration;

namespace Agent.Governance.Guardrails;

/// <summary>What is done where something sensitive is found.</summary>
internal enum GuardAction
{
    /// <summary>Nothing.</summary>
    Allow,

    /// <summary>It is replaced by its kind.</summary>
    Mask,

    /// <summary>A person is asked.</summary>
    Ask,

    /// <summary>It may not go on.</summary>
    Deny,
}

/// <summary>The <c>guardrails</c> section of the configuration.</summary>
internal sealed record GuardrailOptions
{
    /// <summary>What to do with each kind in arguments; a kind left out follows its group.</summary>
    public IReadOnlyDictionary<string, GuardAction> Arguments { get; init; } = new Dictionary<string, GuardAction>();

    public IReadOnlyDictionary<string, GuardAction> Results { get; init; } = new Dictionary<string, GuardAction>();

    public IReadOnlyDictionary<string, GuardAction> Answers { get; init; } = new Dictionary<string, GuardAction>();

    /// <summary>Texts that must never go anywhere.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];

    public static GuardrailOptions Read(IConfigurationSection section, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        var options = new GuardrailOptions
        {
            Arguments = Actions(reader, "arguments", problems),
            Results = Actions(reader, "results", problems),
            Answers = Actions(reader, "answers", problems),
            Canaries = reader.List("canaries") ?? [],
        };
        reader.End();
        return options;
    }

    private static Dictionary<string, GuardAction> Actions(SectionReader reader, string name, ICollection<string> problems)
    {
        var actions = new Dictionary<string, GuardAction>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in reader.Children(name))
        {
            if (Labels.LabelJson.TryParse<GuardAction>(child.Value, out var action))
            {
                actions[child.Key] = action;
            }
            else
            {
                problems.Add($"{child.Path}: must be allow, mask, ask or deny, not \"{child.Value}\".");
            }
        }

        return actions;
    }
}
