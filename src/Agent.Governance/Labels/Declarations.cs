using System.Collections.Concurrent;
using Agent.Governance.Policy;
using Microsoft.Extensions.Configuration;

namespace Agent.Governance.Labels;

/// <summary>The declarations in force: the operator's before the built-in ones, the more exact pattern before the wider.</summary>
internal sealed class Declarations
{
    private readonly IReadOnlyList<ToolDeclaration> _ordered;
    private readonly ConcurrentDictionary<ToolId, ToolDeclaration> _found = new();

    /// <param name="layers">The highest first.</param>
    public Declarations(IEnumerable<IReadOnlyList<ToolDeclaration>> layers) =>
        _ordered = [.. layers.SelectMany(l => l.OrderBy(d => d.Pattern.Contains('*', StringComparison.Ordinal)).ThenByDescending(d => d.Pattern.Length))];

    public ToolDeclaration For(ToolId tool)
    {
        if (_found.TryGetValue(tool, out var known))
        {
            return known;
        }

        // What an operator leaves out of a declaration keeps what is known of exactly this tool, such as which argument is a path.
        var found = _ordered.FirstOrDefault(d => d.Covers(tool)) ?? ToolDeclaration.Undeclared;
        var name = tool.ToString();
        found = _ordered.Where(d => d != found && d.Pattern == name).Aggregate(found, (above, below) => above.Over(below));
        if (_found.Count < 10_000)
        {
            _found.TryAdd(tool, found);
        }

        return found;
    }

    /// <summary>What a tool may do by itself, before its arguments are looked at.</summary>
    public ToolEffects Effects(ToolDefinition tool)
    {
        var declaration = For(tool.Id);
        if (declaration.Effects is { } declared)
        {
            return declared;
        }

        if (!declaration.TrustHints || tool.Hints.ReadOnly is null)
        {
            var careful = ToolEffects.Read | ToolEffects.Write | ToolEffects.Egress;
            return tool.Hints.Destructive == true ? careful | ToolEffects.Destructive : careful;
        }

        var effects = tool.Hints.ReadOnly == true ? ToolEffects.Read : ToolEffects.Read | ToolEffects.Write;
        if (tool.Hints.ReadOnly != true && tool.Hints.Destructive != false)
        {
            effects |= ToolEffects.Destructive;
        }

        return tool.Hints.OpenWorld == false ? effects : effects | ToolEffects.Egress;
    }

    public static IReadOnlyList<ToolDeclaration> Read(IConfigurationSection section, ICollection<string> problems) =>
        [.. section.GetChildren().Select(child => ReadOne(child, problems))];

    private static ToolDeclaration ReadOne(IConfigurationSection section, ICollection<string> problems)
    {
        var reader = new SectionReader(section, problems);
        if (!section.Key.Contains('.', StringComparison.Ordinal) && section.Key != "*")
        {
            reader.Problem("a declaration is named server.tool, with * for any part of it");
        }

        var effects = reader.Words<ToolEffects>("effects");
        var declaration = new ToolDeclaration
        {
            Pattern = section.Key,
            Written = new HashSet<string>(section.GetChildren().Select(c => c.Key), StringComparer.OrdinalIgnoreCase),
            Effects = effects?.Aggregate(ToolEffects.None, (all, one) => all | one),
            TrustHints = reader.Flag("trustHints"),
            Critical = reader.Paths("critical"),
            Carries = reader.Word<Confidentiality>("carries") ?? Confidentiality.Public,
            Integrity = reader.Word<Integrity>("integrity") ?? Integrity.Untrusted,
            Confidentiality = reader.Word<Confidentiality>("confidentiality") ?? Confidentiality.Private,
            Transforms = reader.Flag("transforms"),
            Fields = [.. reader.Children("fields").Select(f => ReadField(reader, f)).OfType<FieldLabel>()],
            Preview = reader.Flag("preview"),
            Classify = reader.Flag("classify"),
            Paths = reader.List("paths") ?? [],
            Urls = reader.List("urls") ?? [],
            Method = reader.Text("method"),
            Statement = reader.Paths("statement") ?? [],
            Stores = reader.List("stores") ?? [],
            Loads = reader.Paths("loads") ?? [],
            Space = reader.Text("space") ?? string.Empty,
        };
        reader.End();
        return declaration;
    }

    private static FieldLabel? ReadField(SectionReader reader, IConfigurationSection field)
    {
        var path = reader.Field(field.Key);
        if (string.Equals(field.Value, "issued", StringComparison.OrdinalIgnoreCase))
        {
            return path is null ? null : new FieldLabel(path, null, Issued: true);
        }

        if (!LabelJson.TryParse<Integrity>(field.Value, out var integrity))
        {
            reader.Problem($"the field {field.Key} must be trusted, issued, internal or untrusted, not \"{field.Value}\"");
            return null;
        }

        return path is null ? null : new FieldLabel(path, integrity, Issued: integrity == Integrity.Trusted);
    }
}
