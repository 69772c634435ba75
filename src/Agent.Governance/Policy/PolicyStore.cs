using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Agent.Governance.Policy;

/// <summary>The governance part of the configuration says something that has no meaning. The message lists every problem, a line each.</summary>
/// <param name="problems">The problems.</param>
public sealed class PolicyException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Keeps the rules in force, and replaces them whole when the configuration changes and is sound.</summary>
internal sealed partial class PolicyStore : IPolicy, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ILogger<PolicyStore> _logger;
    private readonly IReadOnlyList<ISettingsSource> _sources;
    private readonly List<IDisposable> _watches = [];
    private readonly Lock _gate = new();
    private volatile PolicySet _current;
    private volatile string? _problem;

    /// <exception cref="PolicyException">The configuration is broken at the start: there are no old rules to keep.</exception>
    public PolicyStore(IConfiguration configuration, ILogger<PolicyStore> logger)
    {
        _configuration = configuration;
        _logger = logger;
        _sources = configuration is IConfigurationRoot root ? [.. root.Providers.OfType<ISettingsSource>()] : [];
        var problems = new List<string>();
        var set = PolicySet.Read(configuration, problems);
        problems.AddRange(PolicyTests.Run(set).Where(t => !t.Passed).Select(t => t.Message));
        _current = problems.Count == 0 ? set : throw new PolicyException(problems);
        _watches.Add(ChangeToken.OnChange(configuration.GetReloadToken, Reload));
        foreach (var file in Files())
        {
            // A file that cannot be parsed raises no reload of its own, and its silence must not pass for consent.
            if (file.Source is { FileProvider: { } provider, Path: { } path })
            {
                _watches.Add(ChangeToken.OnChange(() => provider.Watch(path), Reload));
            }
        }
    }

    /// <summary>The rules that the last decision was made by, without a look at the files: for what follows from that decision.</summary>
    public PolicySet Known => _current;

    /// <summary>Why the last change that was seen is not in force; null where it is.</summary>
    public string? KnownProblem => _problem;

    /// <summary>The rules in force; a file that changed since they were last asked for is read first.</summary>
    public PolicySet Current
    {
        get
        {
            if (_sources.Count > 0)
            {
                foreach (var source in _sources)
                {
                    source.Refresh();
                }
            }

            return _current;
        }
    }

    public string Version => Current.Version;

    public IReadOnlyList<PolicyRuleInfo> Rules =>
        [.. Current.Rules.Select(r => new PolicyRuleInfo(r.Name, r.Decision, [.. r.Conditions.Select(c => c.Words)], r.Reason))];

    /// <summary>Why a changed configuration is not in force; null where it is.</summary>
    public string? Problem => Current is not null ? _problem : null;

    /// <summary>Raised after the rules were replaced, or a change was found broken.</summary>
    public event EventHandler? Changed;

    public void Reload()
    {
        lock (_gate)
        {
            var problems = BrokenFiles().ToList();
            PolicySet? set = null;
            if (problems.Count == 0)
            {
                try
                {
                    set = PolicySet.Read(_configuration, problems);
                    if (problems.Count == 0)
                    {
                        problems.AddRange(PolicyTests.Run(set).Where(t => !t.Passed).Select(t => t.Message));
                    }
                }
                catch (Exception e)
                {
                    problems.Add($"The policy cannot be read: {e.Message}");
                }
            }

            if (problems.Count > 0)
            {
                var words = $"The changed policy is not in force, the rules from before are: {string.Join(" ", problems)}";
                if (words == _problem)
                {
                    return;
                }

                _problem = words;
                LogBroken(words);
            }
            else if (set!.Version != _current.Version || _problem is not null)
            {
                _problem = null;
                _current = set;
                LogReplaced(set.Version);
            }
            else
            {
                return;
            }
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    public IReadOnlyList<string> Check()
    {
        foreach (var source in _sources)
        {
            source.Refresh();
        }

        var problems = BrokenFiles().ToList();
        if (problems.Count == 0)
        {
            var set = PolicySet.Read(_configuration, problems);
            problems.AddRange(PolicyTests.Run(set).Where(t => !t.Passed).Select(t => t.Message));
        }

        return problems;
    }

    public IReadOnlyList<PolicyTestResult> Test() => PolicyTests.Run(Current);

    public PolicyExplanation Explain(ToolDefinition tool, JsonElement arguments, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(tool);
        ArgumentNullException.ThrowIfNull(context);
        var policy = Current;
        var verdict = PolicyEngine.Decide(CallFactsReader.Read(tool, arguments, context, policy), policy);
        var trace = new List<PolicyRuleTrace>();
        foreach (var rule in policy.Rules)
        {
            var failing = rule.FirstFailing(verdict.Facts);
            trace.Add(new PolicyRuleTrace(rule.Name, failing is null, failing));
            if (failing is null)
            {
                break;
            }
        }

        return new PolicyExplanation
        {
            Decision = verdict.Decision,
            Effects = verdict.Facts.Effects,
            Declared = verdict.Facts.Declared,
            Label = verdict.Facts.Label,
            Origins = [.. verdict.Facts.Origins, .. verdict.Facts.Addresses],
            Rules = trace,
            Warnings = verdict.Warnings,
        };
    }

    public void Dispose() => _watches.ForEach(w => w.Dispose());

    private IEnumerable<FileConfigurationProvider> Files() =>
        _configuration is IConfigurationRoot root ? root.Providers.OfType<FileConfigurationProvider>() : [];

    private IEnumerable<string> BrokenFiles()
    {
        foreach (var problem in _sources.Select(s => s.Problem).OfType<string>())
        {
            yield return problem;
        }

        foreach (var provider in Files())
        {
            if (provider.Source is not { FileProvider: { } files, Path: { } path })
            {
                continue;
            }

            if (files.GetFileInfo(path) is not { Exists: true } file)
            {
                if (!provider.Source.Optional)
                {
                    yield return $"{path} is missing.";
                }

                continue;
            }

            string? problem = null;
            try
            {
                using var stream = file.CreateReadStream();
                using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                problem = $"{file.PhysicalPath ?? path} is no JSON: {e.Message}";
            }

            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    private partial void LogBroken(string problem);

    [LoggerMessage(LogLevel.Information, "Policy {Version} is in force")]
    private partial void LogReplaced(string version);
}
