using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Models.Selection;

namespace Agent.Models.Profiles;

/// <summary>
/// Chooses how a model is treated, by what its server says it is. There are two built-in profiles: <c>default</c>, with no help at
/// all, and <c>small</c>, for models of few parameters (docs/models.md has the measurements).
/// </summary>
/// <param name="configured">Profiles of the configuration; they go before the built-in ones.</param>
internal sealed partial class ProfileTable(IReadOnlyDictionary<string, ProfileOptions> configured)
{
    /// <summary>Models of fewer parameters than this are small.</summary>
    public const double SmallBelow = 4e9;

    public const string SmallName = "small";

    /// <summary>A model that needs every help.</summary>
    public static ModelProfile Small { get; } = new()
    {
        Name = SmallName,
        MaxTools = 8,
        ForceFirstCall = true,
        ReadCallsFromText = true,
        WithholdToolsAfterData = true,
        Temperature = 0,
        Compact = true,
        Planner = true,
        Drafts = 6,
        DraftTemperature = 0.8f,
        Constrained = true,
        WorkedExamples = true,
        LinkedSchema = true,
        QuestionForm = true,
    };

    /// <summary>The profile by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The profile; null where there is none.</returns>
    public ModelProfile? Find(string name)
    {
        var builtIn = string.Equals(name, SmallName, StringComparison.OrdinalIgnoreCase) ? Small
            : string.Equals(name, ModelProfile.Default.Name, StringComparison.OrdinalIgnoreCase) ? ModelProfile.Default : null;
        if (!configured.TryGetValue(name, out var changes))
        {
            return builtIn;
        }

        var basis = builtIn ?? ModelProfile.Default;
        return basis with
        {
            Name = name,
            MaxTools = changes.MaxTools ?? basis.MaxTools,
            ForceFirstCall = changes.ForceFirstCall ?? basis.ForceFirstCall,
            ReadCallsFromText = changes.ReadCallsFromText ?? basis.ReadCallsFromText,
            WithholdToolsAfterData = changes.WithholdToolsAfterData ?? basis.WithholdToolsAfterData,
            Temperature = changes.Temperature ?? basis.Temperature,
            Compact = changes.Compact ?? basis.Compact,
            Planner = changes.Planner ?? basis.Planner,
            Drafts = changes.Drafts ?? basis.Drafts,
            DraftTemperature = changes.DraftTemperature ?? basis.DraftTemperature,
            Constrained = changes.Constrained ?? basis.Constrained,
            WorkedExamples = changes.WorkedExamples ?? basis.WorkedExamples,
            LinkedSchema = changes.LinkedSchema ?? basis.LinkedSchema,
            QuestionForm = changes.QuestionForm ?? basis.QuestionForm,
        };
    }

    /// <summary>The profile for a model: the configuration's choice, a configured pattern, its size, its name; else none.</summary>
    /// <param name="chosen">What the configuration says; null for nothing.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="parameters">How many parameters its server says it has; null where it does not say.</param>
    /// <param name="ownMachine">Whether it is served by a server of models on one's own machine, where a name tells the size.</param>
    public ModelProfile Choose(string? chosen, string model, double? parameters, bool ownMachine)
    {
        if (!string.IsNullOrWhiteSpace(chosen))
        {
            return Find(chosen) ?? throw new ModelException(ModelErrorKind.BadRequest, $"There is no profile '{chosen}'; models:profiles defines {string.Join(", ", configured.Keys.Append(SmallName).Append(ModelProfile.Default.Name).Distinct(StringComparer.OrdinalIgnoreCase))}.");
        }

        foreach (var (name, profile) in configured)
        {
            if (profile.Models.Exists(pattern => NamePattern.Matches(pattern, model)))
            {
                return Find(name)!;
            }
        }

        return (parameters ?? (ownMachine ? SizeIn(model) : null)) is < SmallBelow ? Find(SmallName)! : Find(ModelProfile.Default.Name)!;
    }

    /// <summary>The parameters that a name or a label such as <c>qwen2.5:0.5b</c>, <c>Llama-3.2-3B-Instruct</c>, <c>494.03M</c> tells.</summary>
    public static double? SizeIn(string text)
    {
        var match = SizePattern().Match(text);
        return match.Success && double.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number)
            ? number * (match.Groups[2].ValueSpan[0] is 'b' or 'B' ? 1e9 : 1e6)
            : null;
    }

    [GeneratedRegex(@"(?<![\w.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SizePattern();
}
