using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Agent.Cli.Workspace;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Configuration;

namespace Agent.Cli.Composition;

/// <summary>
/// The servers that come with the program: <c>files</c>, <c>sql</c>, <c>web</c>, each in a folder of its own beside it. A server gets
/// the section of its name of the configuration; that and connection strings go by its environment, since a command line is
/// shown to everybody on the machine.
/// </summary>
internal static partial class BuiltInServers
{
    private const string SettingsVariable = "AGENT_SERVER_SETTINGS";

    // What libpq's own clients read, and so our server.
    private static readonly string[] PostgresVariables =
        ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT", "PGCHANNELBINDING", "PGOPTIONS"];

    public static void Add(
        McpServersOptions servers, WorkspaceSettings workspace, IConfiguration configuration, StateFolder state, string programFolder, Func<string, string?> environment)
    {
        var roots = workspace.Roots.SelectMany(static root => new[] { "--root", root }).ToArray();
        servers.Add("files", Define("files", programFolder, state, configuration, [.. roots, "--private", state.Path]));

        if (workspace.Databases.Count > 0 || configuration.GetSection("sql:databases").GetChildren().Any(static database => database["source"] is not null))
        {
            var sql = Define("sql", programFolder, state, configuration, []);
            AddDatabases(sql, workspace.Databases, environment);
            AddNamedVariables(sql, configuration.GetSection("sql:databases").GetChildren().Select(static database => database["source"]).OfType<string>(), environment);
            servers.Add("sql", sql);
        }

        servers.Add("web", Define("web", programFolder, state, configuration, [.. Named("--api", workspace.Apis), .. roots, "--private", state.Path]));
    }

    private static void AddDatabases(McpServerDefinition sql, IReadOnlyDictionary<string, string> databases, Func<string, string?> environment)
    {
        foreach (var (name, value) in databases)
        {
            var split = value.IndexOf(':', StringComparison.Ordinal);
            var (kind, source) = (value[..split], value[(split + 1)..]);
            var variable = $"AGENT_DATABASE_{sql.Env.Count}";
            if (source.StartsWith("env:", StringComparison.Ordinal))
            {
                variable = source["env:".Length..];
                source = environment(variable);
            }

            if (source is not null)
            {
                sql.Env[variable] = source;
            }

            sql.Args.Add("--database");
            sql.Args.Add($"{name}={kind}:env:{variable}");
        }

        foreach (var variable in PostgresVariables)
        {
            if (environment(variable) is { Length: > 0 } value)
            {
                sql.Env[variable] = value;
            }
        }
    }

    // A source in the settings may name variables (postgres:env:CRM, postgres://${USER}@…); no others of ours reach the server.
    private static void AddNamedVariables(McpServerDefinition sql, IEnumerable<string> sources, Func<string, string?> environment)
    {
        foreach (Match match in sources.SelectMany(static source => NamedVariable().Matches(source)))
        {
            if (environment(match.Groups["name"].Value) is { } value)
            {
                sql.Env[match.Groups["name"].Value] = value;
            }
        }
    }

    [GeneratedRegex(@"^[a-z]+:env:(?<name>.+)$|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex NamedVariable();

    private static IEnumerable<string> Named(string flag, IReadOnlyDictionary<string, string> values) =>
        values.SelectMany(pair => new[] { flag, $"{pair.Key}={pair.Value}" });

    private static McpServerDefinition Define(string name, string programFolder, StateFolder state, IConfiguration configuration, List<string> arguments)
    {
        arguments.AddRange(["--state", state.Combine(name)]);
        var section = configuration.GetSection(name);
        if (section.Exists())
        {
            arguments.AddRange(["--config", "env:" + SettingsVariable]);
        }

        var server = Program(name, programFolder, arguments);
        if (section.Exists())
        {
            server.Env[SettingsVariable] = SectionJson.Write(name, section);
        }

        return server;
    }

    private static McpServerDefinition Program(string name, string programFolder, List<string> arguments)
    {
        var folder = Path.Combine(programFolder, "servers", name);
        var library = Path.Combine(folder, $"agent-{name}.dll");
        return DotNetHost() is { } dotnet && File.Exists(library)
            ? new McpServerDefinition { Command = dotnet, Args = [library, .. arguments], BuiltIn = true }
            : new McpServerDefinition { Command = Path.Combine(folder, $"agent-{name}"), Args = arguments, BuiltIn = true };
    }

    /// <summary>
    /// The <c>dotnet</c> that runs this program, so that its servers run on the same runtime wherever it is installed; null in a
    /// program that carries its runtime with it.
    /// </summary>
    internal static string? DotNetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : null;
    }
}
