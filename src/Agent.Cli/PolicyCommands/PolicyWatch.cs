using Agent.Cli.Composition;
using Agent.Governance.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.PolicyCommands;

/// <summary>
/// Says when changed settings are in force, and when they are broken and the rules from before stay. Decisions look at the settings by
/// themselves; while none is made, the watch looks every two seconds, so that whoever just saved a file hears of it.
/// </summary>
internal sealed class PolicyWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IPolicy policy;
    private readonly Action<string, bool> say;
    private readonly ITimer timer;

    /// <param name="application">Whose policy.</param>
    /// <param name="say">Takes one sentence, and whether it tells of a problem; on any thread.</param>
    public PolicyWatch(AgentApplication application, Action<string, bool> say)
    {
        policy = application.Services.GetRequiredService<IPolicy>();
        this.say = say;
        policy.Changed += OnChanged;
        timer = application.Services.GetRequiredService<TimeProvider>().CreateTimer(_ => _ = policy.Problem, null, Pause, Pause);
    }

    public async ValueTask DisposeAsync()
    {
        policy.Changed -= OnChanged;
        await timer.DisposeAsync();
    }

    private void OnChanged(object? sender, EventArgs e)
    {
        if (policy.Problem is { } problem)
        {
            say(problem, true);
        }
        else
        {
            say($"The changed settings are in force (policy {policy.Version[..Math.Min(19, policy.Version.Length)]}).", false);
        }
    }
}
