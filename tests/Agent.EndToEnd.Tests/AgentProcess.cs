using System.Diagnostics;
using System.Text;

namespace Agent.EndToEnd.Tests;

/// <summary>What the command said and how it ended.</summary>
internal sealed record AgentExit(int Code, string Out, string Error)
{
    public override string ToString() => $"exit {Code}\n--- stdout\n{Out}\n--- stderr\n{Error}";
}

/// <summary>A workspace of its own: a folder, a state folder, an empty home; and the real command started in it.</summary>
internal sealed class AgentWorkspace : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>One with the files server, and with the database server where a database is named.</summary>
    public AgentWorkspace()
        : this("web")
    {
    }

    private AgentWorkspace(params string[] disabled)
    {
        Base = Directory.CreateTempSubdirectory("agent-e2e-").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Base, "work")).FullName;
        State = Path.Combine(Base, "state");
        Home = Directory.CreateDirectory(Path.Combine(Base, "home")).FullName;

        // A process costs a test more than most of what it looks at; each has those it needs. Recompiling hot code does not pay within seconds.
        Environment["DOTNET_TieredPGO"] = "0";
        foreach (var server in disabled)
        {
            Environment[$"AGENT__MCPSERVERS__{server.ToUpperInvariant()}__DISABLED"] = "true";
        }
    }

    /// <summary>One in which files and web are switched off: for what needs no tool, or databases alone.</summary>
    public static AgentWorkspace WithoutServers() => new("files", "web");

    /// <summary>One with all that a person has.</summary>
    public static AgentWorkspace WithEverything() => new([]);

    public string Base { get; }

    public string Folder { get; }

    public string State { get; }

    public string Home { get; }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What another shell needs to start the command in this workspace: words for <c>env</c>.</summary>
    public string ShellEnvironment => string.Join(' ', Environment.Append(new("LANG", "C.UTF-8")).Append(new("HOME", Home)).Append(new("AGENT_STATE", State)).Select(static pair => $"{pair.Key}={pair.Value}"));

    public string Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.AgentLibrary, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in (string[])["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AGENT_STATE", "XDG_STATE_HOME"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = Home;
        start.Environment["AGENT_STATE"] = State;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public async Task<AgentExit> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    public static async Task<AgentExit> FinishAsync(Process process, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("The command did not end in time.");
        }

        return new AgentExit(process.ExitCode, await output, await error);
    }

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
