using System.Text.Json;
using Agent.Governance.Guardrails;
using Agent.Governance.Labels;
using Agent.Json;
using Microsoft.Extensions.Configuration;

namespace Agent.Governance.Policy;

/// <summary>The rules, declarations and switches in force at one time; never changed, only replaced.</summary>
internal sealed class PolicySet
{
    public required IReadOnlyList<PolicyRule> Rules { get; init; }

    public required Declarations Declarations { get; init; }

    /// <summary>Values the operator trusts wherever they stand: addresses, hosts, paths, with <c>*</c>.</summary>
    public IReadOnlyList<string> Trusted { get; init; } = [];

    /// <summary>Hosts that may be called although they are private.</summary>
    public IReadOnlyList<string> PrivateHosts { get; init; } = [];

    /// <summary>The folders that paths must stay in; empty where the servers alone know them.</summary>
    public IReadOnlyList<string> Workspace { get; init; } = [];

    /// <summary>How many questions one run may ask before its calls are refused instead.</summary>
    public int MaxQuestions { get; init; } = 20;

    public GuardrailOptions Guardrails { get; init; } = new();

    /// <summary>The digest of everything above.</summary>
    public required string Version { get; init; }

    private static readonly string[] Parts = ["policy", "tools", "guardrails"];

    /// <summary>Reads what a configuration says, layer by layer, so that a later file's rules stand before, and never within, an earlier one's.</summary>
    public static PolicySet Read(IConfiguration configuration, ICollection<string> problems)
    {
        var layers = Layers(configuration);
        var top = configuration.GetSection("policy");
        var reader = new SectionReader(top, problems);
        var builtIn = reader.Text("builtIn") is not { } flag || !flag.Equals("false", StringComparison.OrdinalIgnoreCase);
        var defaults = Defaults();

        var replaced = Replaced(configuration, defaults);
        var rules = new List<PolicyRule>();
        var declarations = new List<IReadOnlyList<ToolDeclaration>>();
        foreach (var layer in layers)
        {
            declarations.Add(Declarations.Read(layer.GetSection("tools"), problems));
            rules.AddRange(Rules(layer));
        }

        declarations.Add([.. Declarations.Read(defaults.GetSection("tools"), problems).Where(d => !replaced.Contains(Server(d.Pattern)))]);
        if (builtIn)
        {
            rules.AddRange(Rules(defaults).Select(r => r with
            {
                Match = [.. r.Match.Where(e => !replaced.Contains(e.Tool.Server))],
                NotMatch = [.. r.NotMatch.Where(e => !replaced.Contains(e.Tool.Server))],
            }));
        }

        List<PolicyRule> Rules(IConfiguration layer) =>
            [.. layer.GetSection("policy:rules").GetChildren().Select((s, i) => PolicyRule.Read(s, rules.Count + i + 1, problems)).OfType<PolicyRule>()];

        foreach (var twice in rules.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add($"policy:rules: two rules are called \"{twice.Key}\".");
        }

        _ = reader.Children("rules");
        var set = new PolicySet
        {
            Rules = rules,
            Declarations = new Declarations(declarations),
            Trusted = reader.List("trusted") ?? [],
            PrivateHosts = reader.List("privateHosts") ?? [],
            Workspace = [.. (reader.List("workspace") ?? []).Select(p => PathGlob.Normalize(System.IO.Path.GetFullPath(p)))],
            MaxQuestions = reader.Number("maxQuestions", 20),
            Guardrails = GuardrailOptions.Read(configuration.GetSection("guardrails"), problems),
            Version = Digest(configuration, defaults, replaced),
        };
        reader.End();
        return set;
    }

    /// <summary>The sources of a configuration, the highest first; one that is not made of sources stands alone.</summary>
    private static List<IConfiguration> Layers(IConfiguration configuration)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return [configuration];
        }

        // One root around each source: rules of two files must not be merged by their number.
        return [.. root.Providers.Reverse().Select(p => (IConfiguration)new ConfigurationRoot([new Layer(p)]))];
    }

    internal static IConfiguration Defaults()
    {
        using var stream = typeof(PolicySet).Assembly.GetManifestResourceStream("defaults.json")!;
        return new ConfigurationBuilder().AddJsonStream(stream).Build();
    }

    /// <summary>
    /// Servers that somebody put in place of the program's own, by name. What is declared of the program's own says nothing of them:
    /// a stranger's server called <c>files</c> would else be believed.
    /// </summary>
    private static SortedSet<string> Replaced(IConfiguration configuration, IConfiguration defaults)
    {
        var own = defaults.GetSection("tools").GetChildren().Select(t => Server(t.Key)).ToHashSet(StringComparer.Ordinal);
        return new SortedSet<string>(configuration.GetSection("mcpServers").GetChildren().Select(s => s.Key).Where(own.Contains), StringComparer.Ordinal);
    }

    private static string Server(string pattern) => pattern.Split('.')[0];

    private static string Digest(IConfiguration configuration, IConfiguration defaults, SortedSet<string> replaced) => CanonicalJson.Digest(Audit.AuditData.Object(writer =>
    {
        writer.WriteString("replaced", string.Join(' ', replaced));
        foreach (var (name, source) in new[] { ("configured", configuration), ("default", defaults) })
        {
            writer.WriteStartObject(name);
            foreach (var part in Parts)
            {
                writer.WritePropertyName(part);
                SectionReader.ToJson(source.GetSection(part)).WriteTo(writer);
            }

            writer.WriteEndObject();
        }
    }));

    /// <summary>A source that is already loaded: reading it through a root of its own must not load it again.</summary>
    private sealed class Layer(IConfigurationProvider provider) : ConfigurationProvider
    {
        public override bool TryGet(string key, out string? value) => provider.TryGet(key, out value);

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            provider.GetChildKeys(earlierKeys, parentPath);
    }
}
