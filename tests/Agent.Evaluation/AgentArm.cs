using System.Diagnostics;
using System.Text.Json;

namespace Agent.Evaluation;

/// <summary>The product as a person uses it: <c>agent ask</c>, one process a question.</summary>
/// <param name="sources">What is asked about.</param>
/// <param name="offline">The planner instead of the model.</param>
/// <param name="settings">Settings of the profile <c>small</c> that differ from the built-in ones.</param>
internal sealed class AgentArm(Sources sources, bool offline, IReadOnlyDictionary<string, string> settings) : IArm
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    public async Task<Outcome> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var (_, flags) = sources.For(question.Kind);
        string[] model = offline ? ["--model", "offline"] : ["--model", $"openai/{sources.Model}", "--endpoint", sources.Endpoint];
        var work = Directory.CreateDirectory(Path.Combine(sources.Folder, "work"));
        string[] root = flags.Contains("--root") ? [] : ["--root", work.FullName];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Sources.AgentFolder, "agent.dll"), "ask", question.Text, .. flags, .. root, .. model, "--format", "json"])
        {
            WorkingDirectory = work.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in (string[])["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "XDG_STATE_HOME"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = work.FullName;
        start.Environment["AGENT_STATE"] = Path.Combine(sources.Folder, "state");
        foreach (var (name, value) in settings)
        {
            start.Environment[$"AGENT__models__profiles__small__{name}"] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new Outcome(string.Empty, "time limit", 0, 0, 0);
        }

        var text = await output;
        if (!text.StartsWith('{'))
        {
            return new Outcome(string.Empty, $"exit {process.ExitCode}: {(await error).Trim()}", 0, 0, 0);
        }

        using var json = JsonDocument.Parse(text);
        var usage = json.RootElement.GetProperty("usage");
        return new Outcome(
            json.RootElement.GetProperty("answer").GetString()!,
            process.ExitCode == 0 ? "answered" : $"exit {process.ExitCode}",
            json.RootElement.GetProperty("tool_calls").GetArrayLength(),
            usage.GetProperty("input_tokens").GetInt64(),
            usage.GetProperty("output_tokens").GetInt64());
    }
}
