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
    /// <summary>
    /// What to do with each kind in arguments; a kind left out follows its group (<c>secret</c>, <c>personal</c>). By default a
    /// credential may not go out and is asked about where it is written, and a card or social security number going out is asked about.
    /// </summary>
    public IReadOnlyDictionary<string, GuardAction> Arguments { get; init; } = new Dictionary<string, GuardAction>();

    public IReadOnlyDictionary<string, GuardAction> Results { get; init; } = new Dictionary<string, GuardAction>();

    public IReadOnlyDictionary<string, GuardAction> Answers { get; init; } = new Dictionary<string, GuardAction>();

    /// <summary>What is written into the audit and into messages of errors. A credential is masked whatever stands here.</summary>
    public IReadOnlyDictionary<string, GuardAction> Logs { get; init; } = new Dictionary<string, GuardAction>();

    /// <summary>Texts that must never go anywhere.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];

    public GuardAction InArguments(Sensitive found, bool egress) => Chosen(Arguments, found) ?? (found.Group, found.Kind) switch
    {
        (SensitiveGroup.Secret, _) => egress ? GuardAction.Deny : GuardAction.Ask,
        (_, "credit_card" or "us_ssn") => egress ? GuardAction.Ask : GuardAction.Allow,
        _ => GuardAction.Allow,
    };

    /// <summary>In a result or an answer a credential is masked, and what says something of a person stays.</summary>
    public GuardAction InResults(Sensitive found) => Chosen(Results, found) ?? Default(found);

    public GuardAction InAnswers(Sensitive found) => Chosen(Answers, found) ?? Default(found);

    public GuardAction InLogs(Sensitive found) => Chosen(Logs, found) switch
    {
        GuardAction.Deny => GuardAction.Deny,
        GuardAction.Allow when found.Group == SensitiveGroup.Personal => GuardAction.Allow,
        _ => GuardAction.Mask,
    };

    private static GuardAction Default(Sensitive found) => found.Group == SensitiveGroup.Secret ? GuardAction.Mask : GuardAction.Allow;

    private static GuardAction? Chosen(IReadOnlyDictionary<string, GuardAction> actions, Sensitive found) =>
        actions.TryGetValue(found.Kind, out var action) || actions.TryGetValue(LabelNames(found.Group), out action) ? action : null;

    private static string LabelNames(SensitiveGroup group) => group == SensitiveGroup.Secret ? "secret" : "personal";

    public static GuardrailOptions Read(IConfigurationSection section, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        var options = new GuardrailOptions
        {
            Arguments = Actions(reader, "arguments", problems),
            Results = Actions(reader, "results", problems),
            Answers = Actions(reader, "answers", problems),
            Logs = Actions(reader, "logs", problems),
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
            if (child.Key is not ("secret" or "personal") && !SensitiveData.Kinds.Contains(child.Key))
            {
                problems.Add($"{child.Path}: there is no such kind; known are secret, personal, {string.Join(", ", SensitiveData.Kinds)}.");
            }
            else if (Labels.LabelJson.TryParse<GuardAction>(child.Value, out var action))
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
