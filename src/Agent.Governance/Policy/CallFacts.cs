using System.Text.Json;
using Agent.Governance.Labels;

namespace Agent.Governance.Policy;

/// <summary>Everything a rule may ask about a call. Computed once, without running anything.</summary>
internal sealed record CallFacts
{
    public required ToolId Tool { get; init; }

    public required ToolEffects Effects { get; init; }

    public required ToolDeclaration Declaration { get; init; }

    public required JsonElement Arguments { get; init; }

    /// <summary>The label of the context the call came out of.</summary>
    public required Label Context { get; init; }

    public required PolicyMode Mode { get; init; }

    public required string Client { get; init; }

    /// <summary>Whether the server is one the operator declared anything of.</summary>
    public bool Declared => !ReferenceEquals(Declaration, ToolDeclaration.Undeclared);

    /// <summary>Where each critical value came from.</summary>
    public IReadOnlyList<ArgumentOrigin> Origins { get; init; } = [];

    /// <summary>Addresses inside free text that did not come from the person.</summary>
    public IReadOnlyList<ArgumentOrigin> Addresses { get; init; } = [];

    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary><see cref="Paths"/> in their one form.</summary>
    public IReadOnlyList<string> NormalPaths => field ??= [.. Paths.Select(PathGlob.Normalize)];

    public IReadOnlyList<Uri> Urls { get; init; } = [];

    public string? Method { get; init; }

    public SqlStatement? Statement { get; init; }

    public bool Has(ToolEffects effect) => (Effects & effect) != 0;

    public bool ReadsOnly => !Has(ToolEffects.Write | ToolEffects.Destructive);

    /// <summary>The label of the whole call: the context it came out of, worsened by nothing else, since arguments come out of it.</summary>
    public Label Label => Context;
}

/// <summary>Finds the facts of a call.</summary>
internal static class CallFactsReader
{
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="context">Where the call comes from.</param>
    /// <param name="policy">The rules in force.</param>
    /// <param name="engine">What the engine says of the call's statements; null where it was not asked.</param>
    public static CallFacts Read(ToolDefinition tool, JsonElement arguments, CallContext context, PolicySet policy, SqlStatement? engine = null)
    {
        var declaration = policy.Declarations.For(tool.Id);
        var method = declaration.Method is { } name ? Text(arguments, name)?.ToUpperInvariant() ?? "GET" : null;
        var statements = declaration.Statement.SelectMany(p => p.Select(arguments)).Select(Labels.Provenance.Scalar).OfType<string>().ToList();
        var statement = engine ?? (statements.Count > 0 ? SqlStatement.Parse(string.Join(";\n", statements)) : null);
        if (statement is { IsKnown: false } && declaration.Effects == ToolEffects.Read)
        {
            // A misspelt statement to a tool that only reads is the engine's to refuse, in words that teach.
            statement = statement with { Class = SqlClass.Read };
        }

        var facts = new CallFacts
        {
            Tool = tool.Id,
            Declaration = declaration,
            Effects = Effects(policy.Declarations.Effects(tool), method, statement),
            Arguments = arguments,
            Context = context.Provenance.Label,
            Mode = context.Mode,
            Client = context.Client,
            Method = method,
            Statement = statement,
            Paths = [.. declaration.Paths.SelectMany(p => Values(arguments, p))],
            Urls = [.. declaration.Urls.SelectMany(p => Values(arguments, p)).Select(u => Uri.TryCreate(u, UriKind.Absolute, out var uri) ? uri : null).OfType<Uri>()],
        };

        var origins = new List<ArgumentOrigin>();
        var addresses = new List<ArgumentOrigin>();
        var provenance = context.Provenance as Provenance;
        foreach (var (place, value) in FieldPath.Leaves(arguments))
        {
            if (declaration.IsCritical(place))
            {
                if (Labels.Provenance.Scalar(value) is { } text)
                {
                    var origin = provenance?.Find(value, tool.Id, policy.Trusted) ?? new Origin(facts.Context.Integrity, "unknown");
                    origins.Add(new ArgumentOrigin(FieldPath.Format(place), text, origin.Words, origin.Trusted));
                }
            }
            else if (facts.Has(ToolEffects.Egress | ToolEffects.Write) && value.ValueKind == JsonValueKind.String)
            {
                foreach (var address in Guardrails.AddressPatterns.Find(value.GetString()!))
                {
                    var origin = provenance?.Find(address, tool.Id, policy.Trusted) ?? new Origin(facts.Context.Integrity, "unknown");
                    if (!origin.Trusted)
                    {
                        addresses.Add(new ArgumentOrigin(FieldPath.Format(place), address, origin.Words, false));
                    }
                }
            }
        }

        return facts with { Origins = origins, Addresses = addresses };
    }

    private static ToolEffects Effects(ToolEffects declared, string? method, SqlStatement? statement)
    {
        var effects = declared;
        effects = method switch
        {
            null => effects,
            "GET" or "HEAD" or "OPTIONS" => effects & ~(ToolEffects.Write | ToolEffects.Destructive),
            "DELETE" => effects | ToolEffects.Write | ToolEffects.Destructive,
            _ => (effects | ToolEffects.Write) & ~ToolEffects.Destructive,
        };
        return (statement?.Class, effects & ToolEffects.Write) switch
        {
            // Only a tool that may write is spared by a statement that only reads.
            (SqlClass.Read, ToolEffects.Write) => effects & ~(ToolEffects.Write | ToolEffects.Destructive),
            (SqlClass.Write, _) => (effects | ToolEffects.Write) & ~ToolEffects.Destructive,
            (>= SqlClass.Destructive, _) => effects | ToolEffects.Write | ToolEffects.Destructive,
            _ => effects,
        };
    }

    private static string? Text(JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) ? Labels.Provenance.Scalar(value) : null;

    private static IEnumerable<string> Values(JsonElement arguments, string name)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(Labels.Provenance.Scalar).OfType<string>()
            : Labels.Provenance.Scalar(value) is { } one ? [one] : [];
    }
}
