using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Governance.Labels;
using Microsoft.Extensions.Configuration;

namespace Agent.Governance.Policy;

/// <summary>One condition of a rule: what it says, and whether a call satisfies it.</summary>
internal sealed record Condition(string Words, Func<CallFacts, bool> Holds);

/// <summary>A call in a rule's own tests.</summary>
/// <param name="Tool">The tool, <c>server.name</c>.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Effects">Its effects; null for what the declarations say.</param>
/// <param name="Mode">The mode.</param>
/// <param name="Client">Who drives.</param>
/// <param name="Tainted">Whether untrusted text is in the context.</param>
internal sealed record RuleExample(ToolId Tool, JsonElement Arguments, ToolEffects? Effects, PolicyMode Mode, string Client, bool Tainted);

/// <summary>A rule: what it decides, when, and the calls that prove it.</summary>
internal sealed record PolicyRule(
    string Name,
    DecisionKind Decision,
    string? Reason,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<RuleExample> Match,
    IReadOnlyList<RuleExample> NotMatch,
    bool ByToolAlone)
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether it asks for a label, so that another one is another case.</summary>
    public bool LooksAtLabel { get; } = Conditions.Any(static c =>
        c.Words.StartsWith("integrity is ", StringComparison.Ordinal) || c.Words.StartsWith("confidentiality is ", StringComparison.Ordinal));

    public bool Covers(CallFacts call)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Holds(call))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first condition that does not hold, in words; null where all hold.</summary>
    public string? FirstFailing(CallFacts call) => Conditions.FirstOrDefault(c => !c.Holds(call))?.Words;

    public static PolicyRule? Read(IConfigurationSection section, int number, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        var name = reader.Text("name") ?? string.Create(CultureInfo.InvariantCulture, $"rule {number}");
        var decision = reader.Word<DecisionKind>("decision");
        if (decision is null && reader.Text("decision") is null)
        {
            reader.Problem("a rule needs a decision: allow, ask or deny");
        }

        // What is allowed must fit in all its parts; one part is enough to ask or to deny.
        var all = decision == DecisionKind.Allow;
        bool Some<T>(IReadOnlyCollection<T> items, Func<T, bool> holds) => all ? items.Count > 0 && items.All(holds) : items.Any(holds);

        var reason = reader.Text("reason");
        var conditions = new List<Condition>();
        var toolOnly = true;

        void Add(string key, IReadOnlyList<string>? values, Func<CallFacts, IReadOnlyCollection<string>> parts, Func<string, string, bool> fits, bool tool = false)
        {
            if (values is null)
            {
                return;
            }

            if (values.Count == 0)
            {
                reader.Problem($"{key} is empty, so the rule could never match");
            }

            toolOnly &= tool;
            conditions.Add(new Condition($"{key} is {string.Join(" or ", values)}", call => Some(parts(call), part => values.Any(v => fits(v, part)))));
        }

        Add("server", reader.List("server"), c => [c.Tool.Server], (v, part) => Glob(v, part), tool: true);
        Add("tool", reader.List("tool"), c => [c.Tool.ToString()], ToolFits, tool: true);
        Add("client", reader.List("client"), c => [c.Client], (v, part) => Glob(v, part));
        var paths = reader.List("path");
        if (paths is { Count: > 0 })
        {
            toolOnly = false;
            var fits = PathGlob.Any(paths);
            conditions.Add(new Condition($"path is {string.Join(" or ", paths)}", call => Some(call.NormalPaths, fits)));
        }
        else if (paths is not null)
        {
            reader.Problem("path is empty, so the rule could never match");
        }

        Add("host", reader.List("host"), c => [.. c.Urls.Select(u => u.Host)], (v, part) => Glob(v, part, ignoreCase: true));
        Add("url", reader.List("url"), c => [.. c.Urls.Select(u => u.AbsoluteUri)], (v, part) => Glob(v, part));
        Add("method", reader.List("method"), c => c.Method is { } m ? [m] : [], (v, part) => part.Equals(v, StringComparison.OrdinalIgnoreCase));
        Add("table", reader.List("table"), c => c.Statement?.Tables ?? [], (v, part) => Glob(v, part, ignoreCase: true));
        AddWords("statement", reader.Words<SqlClass>("statement"), (c, v) => c.Statement?.Class == v || (v == SqlClass.Destructive && c.Statement?.Class > v));
        AddWords("mode", reader.Words<PolicyMode>("mode"), (c, v) => c.Mode == v);
        AddWords("integrity", reader.Words<Integrity>("integrity"), (c, v) => c.Context.Integrity == v);
        AddWords("confidentiality", reader.Words<Confidentiality>("confidentiality"), (c, v) => c.Context.Confidentiality == v);

        if (reader.Words<ToolEffects>("effect") is { } listed)
        {
            toolOnly = false;
            var effects = listed.Aggregate(ToolEffects.None, (a, b) => a | b);
            conditions.Add(all
                ? new Condition($"it may do nothing but {Listed(effects)}", c => (c.Effects & ~effects) == 0)
                : new Condition($"it may {Listed(effects)}", c => (c.Effects & effects) != 0));
        }

        if (reader.Text("declared") is { } declared)
        {
            toolOnly = false;
            var expected = declared.Equals("true", StringComparison.OrdinalIgnoreCase);
            conditions.Add(new Condition($"declared is {expected}", c => c.Declared == expected));
        }

        foreach (var argument in reader.Children("arguments"))
        {
            toolOnly = false;
            if (Argument(argument, all, problems) is { } condition)
            {
                conditions.Add(condition);
            }
        }

        var rule = new PolicyRule(
            name,
            decision ?? DecisionKind.Deny,
            reason,
            conditions,
            [.. reader.Children("match").Concat(reader.Children("matches")).Select(e => Example(e, problems)).OfType<RuleExample>()],
            [.. reader.Children("not_match").Concat(reader.Children("notMatch")).Select(e => Example(e, problems)).OfType<RuleExample>()],
            toolOnly);
        reader.End();
        return rule;

        void AddWords<T>(string key, IReadOnlyList<T>? values, Func<CallFacts, T, bool> holds)
            where T : struct, Enum
        {
            if (values is null)
            {
                return;
            }

            toolOnly = false;
            conditions.Add(new Condition($"{key} is {string.Join(" or ", values.Select(v => v.ToString().ToLowerInvariant()))}", call => values.Any(v => holds(call, v))));
        }
    }

    private static Condition? Argument(IConfigurationSection section, bool all, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        if (section.Value is { } glob)
        {
            return Argument(reader, section.Key, all, $"is like {glob}", v => Glob(glob, v));
        }

        var globs = reader.List("glob");
        var regex = reader.Text("regex");
        var min = reader.Text("min");
        var max = reader.Text("max");
        reader.End();
        var tests = new List<Func<string, bool>>();
        if (globs is not null)
        {
            tests.Add(v => globs.Any(g => Glob(g, v)));
        }

        if (regex is not null)
        {
            try
            {
                var compiled = new Regex(regex, RegexOptions.CultureInvariant, RegexLimit);
                tests.Add(compiled.IsMatch);
            }
            catch (ArgumentException e)
            {
                reader.Problem($"\"{regex}\" is no regular expression: {e.Message.TrimEnd('.')}");
            }
        }

        if (min is not null || max is not null)
        {
            var low = decimal.MinValue;
            var high = decimal.MaxValue;
            if ((min is not null && !TryNumber(min, out low)) || (max is not null && !TryNumber(max, out high)))
            {
                reader.Problem("min and max must be numbers");
            }

            tests.Add(v => TryNumber(v, out var number) && number >= low && number <= high);
        }

        if (tests.Count == 0)
        {
            reader.Problem("a condition on an argument needs glob, regex, min or max");
            return null;
        }

        return Argument(reader, section.Key, all, "fits", v => tests.TrueForAll(t => t(v)));
    }

    private static Condition? Argument(SectionReader reader, string name, bool all, string words, Func<string, bool> holds)
    {
        if (reader.Field(name) is not { } path)
        {
            return null;
        }

        return new Condition($"argument {name} {words}", call =>
        {
            var values = path.Select(call.Arguments).Select(Provenance.Scalar).OfType<string>().ToList();
            return all ? values.Count > 0 && values.TrueForAll(v => holds(v)) : values.Exists(v => holds(v));
        });
    }

    private static RuleExample? Example(IConfigurationSection section, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        var tool = reader.Text("tool") ?? section.Value;
        if (tool is null || tool.IndexOf('.', StringComparison.Ordinal) is var dot && dot <= 0)
        {
            reader.Problem("an example names its tool as server.name");
            return null;
        }

        _ = reader.Children("arguments");
        var example = new RuleExample(
            new ToolId(tool[..dot], tool[(dot + 1)..]),
            SectionReader.ToJson(section.GetSection("arguments")),
            reader.Words<ToolEffects>("effect")?.Aggregate(ToolEffects.None, (a, b) => a | b),
            reader.Word<PolicyMode>("mode") ?? PolicyMode.Ask,
            reader.Text("client") ?? "chat",
            reader.Flag("tainted"));
        reader.End();
        return example;
    }

    private static bool ToolFits(string pattern, string tool) =>
        Glob(pattern, pattern.Contains('.', StringComparison.Ordinal) ? tool : tool[(tool.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    private static string Listed(ToolEffects effects) => effects.ToString().ToLowerInvariant();

    private static bool Glob(string pattern, string value, bool ignoreCase = false) =>
        FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase);

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
