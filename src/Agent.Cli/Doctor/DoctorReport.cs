using System.Runtime.CompilerServices;
using Agent.Cli.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Works">Whether it works; null for a remark.</param>
/// <param name="What">The thing.</param>
/// <param name="Words">How it is, or how to mend it.</param>
/// <param name="Code">What the command ends with where it does not work.</param>
internal sealed record DoctorCheck(bool? Works, string What, string Words, ExitCode Code = ExitCode.Configuration)
{
    public override string ToString() => $"{(Works switch { true => "ok     ", false => "FAILED ", null => "note   " })}{What,-16} {Words}";
}

/// <summary>Looks at configuration, state, model and servers, one after the other.</summary>
internal static class DoctorReport
{
    /// <param name="application">The program.</param>
    /// <param name="started">Whether it is started already.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    public static async IAsyncEnumerable<DoctorCheck> CheckAsync(AgentApplication application, bool started, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new DoctorCheck(true, "configuration", application.Trust.TrustedFile ?? "appsettings.json and flags");
        if (application.Trust.UntrustedFile is { } untrusted)
        {
            yield return new DoctorCheck(null, "configuration", $"{untrusted} is not used until you trust it: type /trust in the chat, or name the file with --config");
        }

        yield return new DoctorCheck(true, "state", application.State.Path);
        yield return new DoctorCheck(true, "log", application.LogFile);
        if (!started)
        {
            await application.StartAsync(cancellationToken);
        }

        var probe = await application.Services.GetRequiredService<IModelCatalog>().ProbeAsync(null, cancellationToken);
        yield return new DoctorCheck(probe.Answered, "model", $"{probe.Model} — {probe.Model.Reason}", ExitCode.ModelUnavailable);
        if (probe.Problem is { } problem)
        {
            yield return new DoctorCheck(false, string.Empty, problem, ExitCode.ModelUnavailable);
        }

        var isPlanner = probe.Model.Provider == "offline";
        if (isPlanner)
        {
            yield return new DoctorCheck(true, string.Empty, "It plans calls by rules, from schemas and descriptions; a trial call would tell nothing of it.");
        }
        else if (string.Join(" · ", Facts(probe)) is { Length: > 0 } facts)
        {
            yield return new DoctorCheck(true, string.Empty, facts);
        }

        if (probe is { Answered: true, CalledTool: false } && !isPlanner)
        {
            yield return new DoctorCheck(null, string.Empty, "It was offered one tool and did not call it; questions on your data need a model that calls tools, and a server that lets it (llama.cpp: --jinja).");
        }

        if (probe is { Answered: true, ForcedChoice: false } && probe.Model.Capabilities.HasFlag(ModelCapabilities.ForcedToolChoice) && !isPlanner)
        {
            yield return new DoctorCheck(null, string.Empty, "Told that it must call the tool, it answered a greeting in words: its server does not hold it to a call that is demanded.");
        }
        else if (probe.CallsUnasked)
        {
            yield return new DoctorCheck(null, string.Empty, "It called the tool for a mere greeting too, so whether its server holds it to a demanded call cannot be told; expect calls that nobody needs.");
        }

        if (probe is { Answered: true } && !isPlanner && probe.Model.Profile.IsHelped)
        {
            yield return new DoctorCheck(null, string.Empty, $"The profile {probe.Model.Profile.Name} is for models that need help: {Help(probe.Model.Profile)}. docs/models.md says how to change it.");
        }

        await application.WaitUntilSettledAsync(cancellationToken);
        foreach (var server in application.Services.GetRequiredService<IToolHost>().Servers)
        {
            yield return new DoctorCheck(
                server.State switch { ServerState.Ready => true, ServerState.Disabled => null, _ => false },
                "server " + server.Name,
                server.State == ServerState.Ready ? $"{server.ToolCount} tools" : server.Problem ?? server.State.ToString().ToLowerInvariant());
            if (server.State == ServerState.Ready && server.Problem is { } left)
            {
                yield return new DoctorCheck(null, string.Empty, left);
            }
        }

        foreach (var companion in application.Services.GetRequiredService<Companions.CompanionHost>().Problems)
        {
            yield return new DoctorCheck(false, "companion", companion);
        }
    }

    private static string Help(ModelProfile profile) => (profile.Planner, profile.Drafts) switch
    {
        (true, > 0) => $"the offline planner answers what it reads, and up to {profile.Drafts} drafts of a statement are voted on",
        (true, _) => "the offline planner answers what it reads",
        _ => $"up to {profile.Drafts} drafts of a statement are voted on",
    };

    private static IEnumerable<string> Facts(ModelProbe probe)
    {
        foreach (var (name, value) in new[] { ("tool calls", probe.CalledTool), ("forced choice", probe.ForcedChoice), ("streaming", probe.Streamed) })
        {
            if (value is { } known)
            {
                yield return $"{name} {(!known ? "no" : probe.CalledInText && name == "tool calls" ? "yes, written as text" : "yes")}";
            }
        }

        if (probe.CallsUnasked)
        {
            yield return "forced choice not to be told";
        }

        if (probe.Model.ContextWindow is { } window)
        {
            yield return $"context {window:N0} tokens";
        }

        if (probe.TimeToFirstToken is { } first)
        {
            yield return $"first token after {first.TotalMilliseconds:N0} ms";
        }

        if (probe.TokensPerSecond is { } speed)
        {
            yield return $"{speed:N0} tokens/s";
        }

        if (probe.Answered)
        {
            yield return $"profile {probe.Model.Profile.Name}";
        }
    }
}
