using System.Net;
using System.Net.Sockets;
using Agent.Governance.Guardrails;

namespace Agent.Governance.Policy;

/// <summary>A decision with everything that led to it.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Facts">What was known of the call.</param>
/// <param name="Rule">The rule that spoke; null where none did.</param>
/// <param name="Warnings">What detectors noticed; never decides.</param>
internal sealed record Verdict(Decision Decision, CallFacts Facts, PolicyRule? Rule, IReadOnlyList<string> Warnings);

/// <summary>
/// Decides a call: what no rule may open (secrets going out, private networks, writes where only reads are, ways out of the
/// workspace), then the rules' denials, then the flow of labels, then what the rules say, then asking.
/// </summary>
internal static class PolicyEngine
{
    public const string Flow = "information flow";
    public const string Fixed = "fixed limits";
    public const string Nothing = "no rule";

    /// <param name="call">The call.</param>
    /// <param name="policy">The rules in force.</param>
    /// <param name="marker">The marker of the run, which may not leave it; null where there is none.</param>
    public static Verdict Decide(CallFacts call, PolicySet policy, string? marker = null)
    {
        var sensitive = SensitiveArguments.Find(call, policy.Guardrails, marker);
        if (FixedDenials(call, policy, sensitive) is { Count: > 0 } denials)
        {
            return Result(DecisionKind.Deny, denials, Fixed, null);
        }

        var rule = policy.Rules.FirstOrDefault(r => r.Covers(call));
        if (rule?.Decision == DecisionKind.Deny)
        {
            return Result(DecisionKind.Deny, [Words(rule)], rule.Name, rule);
        }

        if (call.Mode == PolicyMode.Plan && call.Has(ToolEffects.Write | ToolEffects.Destructive))
        {
            return Result(DecisionKind.Deny, ["plan mode: nothing is changed until you accept the plan"], "plan mode", rule);
        }

        var questions = FlowQuestions(call);
        questions.AddRange(sensitive.Ask);
        if (questions.Count > 0)
        {
            return Result(DecisionKind.Ask, questions, Flow, rule);
        }

        return rule is null
            ? Result(DecisionKind.Ask, [Unspoken(call)], Nothing, null)
            : Result(rule.Decision, [Words(rule)], rule.Name, rule);

        Verdict Result(DecisionKind kind, IReadOnlyList<string> reasons, string name, PolicyRule? by) =>
            new(new Decision(kind, reasons, name, policy.Version), call, by, ResultScreen.Warnings(call.Context));
    }

    /// <summary>Whether a rule denies every call of a tool, whatever its arguments.</summary>
    public static bool IsHidden(ToolDefinition tool, CallContext context, PolicySet policy)
    {
        var effects = policy.Declarations.Effects(tool);
        var call = new CallFacts
        {
            Tool = tool.Id,
            Declaration = policy.Declarations.For(tool.Id),
            Effects = effects,
            Arguments = default,
            Context = Label.Bottom,
            Mode = context.Mode,
            Client = context.Client,
        };
        foreach (var rule in policy.Rules)
        {
            if (rule.ByToolAlone && rule.Covers(call))
            {
                return rule.Decision == DecisionKind.Deny;
            }

            if (!rule.ByToolAlone && rule.Decision != DecisionKind.Deny)
            {
                // A rule before the denial could let some calls through.
                return false;
            }
        }

        return false;
    }

    private static List<string> FixedDenials(CallFacts call, PolicySet policy, SensitiveArguments sensitive)
    {
        var denials = new List<string>(sensitive.Deny);
        if (call.Has(ToolEffects.Egress) && call.Context.Confidentiality == Confidentiality.Secret)
        {
            denials.Add("the context holds a secret, which may not leave this machine");
        }

        foreach (var path in call.Paths)
        {
            if (Escapes(path, policy.Workspace))
            {
                denials.Add($"{path} leads out of the workspace");
            }
        }

        foreach (var url in call.Urls)
        {
            if (IsPrivate(url) && !policy.PrivateHosts.Any(h => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(h, url.Host) || h == url.Authority))
            {
                denials.Add($"{url.Host} is in a private network; the operator can allow it in policy:privateHosts");
            }
        }

        if (call.Statement is { Class: not SqlClass.Read } statement && call.Declaration.Effects == ToolEffects.Read)
        {
            denials.Add(statement.IsUnlearned
                ? $"what the statement does could not be learned from {call.Tool.Server} just now; see that the database can be reached (agent doctor), then it can be tried again"
                : $"{call.Tool} only reads, and the statement {Does(statement)}");
        }

        return denials;
    }

    private static List<string> FlowQuestions(CallFacts call)
    {
        var questions = new List<string>();
        if (call.Has(ToolEffects.Destructive))
        {
            questions.Add("it cannot be undone");
        }

        // A reading whose destination the operator vouches for with private text is no way out for what the model chose.
        var acts = call.Has(ToolEffects.Write | ToolEffects.Destructive)
            || (call.Has(ToolEffects.Egress) && call.Declaration.Carries < Confidentiality.Private);
        if (acts && call.Context.Integrity == Integrity.Untrusted)
        {
            questions.AddRange(call.Origins.Where(o => !o.Trusted).Concat(call.Addresses)
                .Select(o => $"{o.Path} \"{Short(o.Value)}\" comes from {o.Origin}{(o.Origin.EndsWith(Labels.Provenance.AfterUntrusted, StringComparison.Ordinal) ? string.Empty : ", and untrusted text has been read")}"));
        }

        if (call.Has(ToolEffects.Egress))
        {
            // A destination that the person named may receive what is the person's.
            var named = call.Origins.Count > 0 && call.Origins.All(o => o.Trusted);
            var clearance = named && call.Declaration.Carries < Confidentiality.Private ? Confidentiality.Private : call.Declaration.Carries;
            if (call.Context.Confidentiality > clearance)
            {
                questions.Add($"it may carry {LabelName(call.Context.Confidentiality)} text out to {Target(call)}, which you did not name");
            }
        }

        return questions;
    }

    private static string Target(CallFacts call) =>
        call.Urls.Count > 0 ? call.Urls[0].Host : call.Origins.FirstOrDefault(o => !o.Trusted) is { } origin ? $"\"{Short(origin.Value)}\"" : call.Tool.Server;

    private static string Unspoken(CallFacts call) =>
        !call.Declared ? $"nothing is declared about {call.Tool}, so it may write and carry data out"
        : call.Statement is { Class: not SqlClass.Read } statement ? $"the statement {Does(statement)}{(statement.Tables.Count > 0 ? $" ({string.Join(", ", statement.Tables.Take(5))})" : string.Empty)}"
        : call.Has(ToolEffects.Write) ? "it changes something"
        : "no rule allows it";

    private static string Does(SqlStatement statement) => statement switch
    {
        { IsUnlearned: true } => "could not be learned from the database",
        { Class: SqlClass.Write } => "writes",
        { Class: SqlClass.Schema } => "changes tables or what belongs to them",
        { Class: SqlClass.Administration } => "administers the database, or cannot be prepared by itself",
        _ => "changes or removes data",
    };

    private static string Words(PolicyRule rule) => rule.Reason is { } reason ? $"{reason} (rule \"{rule.Name}\")" : $"rule \"{rule.Name}\"";

    private static string LabelName(Confidentiality value) => Labels.LabelJson.Name(value);

    private static string Short(string value) => value.Length <= 80 ? value : value[..77] + "…";

    private static bool Escapes(string path, IReadOnlyList<string> workspace)
    {
        var normal = PathGlob.Normalize(path);
        if (normal == ".." || normal.StartsWith("../", StringComparison.Ordinal) || path.StartsWith('~'))
        {
            return true;
        }

        return workspace.Count > 0 && (normal.StartsWith('/') || System.IO.Path.IsPathRooted(path))
            && !workspace.Any(root => normal == root || normal.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    private static bool IsPrivate(Uri url)
    {
        if (!url.IsAbsoluteUri)
        {
            return false;
        }

        var host = url.IdnHost.TrimEnd('.');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsPrivate(address);
    }

    private static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.Equals(IPAddress.IPv6Any);
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] is 0 or 10 or 127 or >= 224
            || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31)
            || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 169 && bytes[1] == 254)
            || (bytes[0] == 100 && bytes[1] is >= 64 and <= 127);
    }
}
