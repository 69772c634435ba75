using System.Text.RegularExpressions;
using Agent.Cli.Composition;
using Microsoft.Extensions.Configuration;

namespace Agent.Cli.Workspace;

/// <summary>What the built-in servers work on. A flag of one kind replaces what the configuration says of that kind.</summary>
internal sealed partial record WorkspaceSettings(
    IReadOnlyList<string> Roots, IReadOnlyDictionary<string, string> Databases, IReadOnlyDictionary<string, string> Apis)
{
    /// <exception cref="CommandException">A root does not exist, or a database is of no known kind.</exception>
    public static WorkspaceSettings Read(IConfiguration configuration, Flags flags, string workingFolder, Func<string, string?> environment)
    {
        var roots = flags.Roots.Count > 0 ? flags.Roots : [.. configuration.GetSection("roots").GetChildren().Select(static child => child.Value).OfType<string>()];
        if (roots.Count == 0)
        {
            roots = [workingFolder];
        }

        roots = [.. roots.Select(root => Path.GetFullPath(root, workingFolder)).Distinct(StringComparer.Ordinal)];
        foreach (var root in roots.Where(static root => !Directory.Exists(root)))
        {
            throw new CommandException(ExitCode.Configuration, $"The root {root} is no folder; name an existing one with --root.");
        }

        var databases = Section("databases", flags.Databases);
        foreach (var (name, value) in databases)
        {
            if (!value.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase) && !value.StartsWith("postgres", StringComparison.OrdinalIgnoreCase))
            {
                throw new CommandException(ExitCode.Configuration, $"The database \"{name}\" must be sqlite:PATH or postgres:CONNECTION.");
            }
        }

        return new WorkspaceSettings(roots, databases, Section("apis", flags.Apis));

        Dictionary<string, string> Section(string key, IReadOnlyDictionary<string, string> given)
        {
            var pairs = given.Count > 0
                ? given
                : configuration.GetSection(key).GetChildren().Where(static child => !string.IsNullOrEmpty(child.Value)).ToDictionary(static child => child.Key, static child => child.Value!);
            return pairs.ToDictionary(static pair => pair.Key, pair => Expand(pair.Value, environment), StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary><c>${NAME}</c> stands for an environment variable, so that a file need not hold a password.</summary>
    private static string Expand(string text, Func<string, string?> environment) => Variable().Replace(text, match =>
        environment(match.Groups[1].Value) ?? throw new CommandException(
            ExitCode.Configuration, $"The configuration names the environment variable {match.Groups[1].Value}, which is not set."));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
