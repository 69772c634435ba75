using System.Runtime.InteropServices;
using Agent.Cli.Workspace;
using Agent.Mcp.Servers;

namespace Agent.Cli.Composition;

/// <summary>The servers that come with the program: <c>files</c>, <c>sql</c>, <c>web</c>, each in a folder of its own beside it.</summary>
internal static class BuiltInServers
{
    public static void Add(McpServersOptions servers, WorkspaceSettings workspace, StateFolder state, string programFolder)
    {
        servers.Add("files", Define("files", programFolder, [.. workspace.Roots.SelectMany(static root => new[] { "--root", root }), "--state", state.Combine("files"), "--private", state.Path]));

        if (workspace.Databases.Count > 0)
        {
            servers.Add("sql", Define("sql", programFolder, [.. Named("--database", workspace.Databases), "--state", state.Combine("sql")]));
        }

        servers.Add("web", Define("web", programFolder, [.. Named("--api", workspace.Apis), .. workspace.Roots.SelectMany(static root => new[] { "--root", root }), "--state", state.Combine("web")]));
    }

    private static IEnumerable<string> Named(string flag, IReadOnlyDictionary<string, string> values) =>
        values.SelectMany(pair => new[] { flag, $"{pair.Key}={pair.Value}" });

    private static McpServerDefinition Define(string name, string programFolder, List<string> arguments)
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
