using System.Collections.Concurrent;

namespace Agent.Runtime.Loop;

/// <summary>The runs that go on in this process, for the tools that belong to one.</summary>
internal sealed class RunRegistry
{
    private readonly ConcurrentDictionary<string, AgentRun> _runs = new(StringComparer.Ordinal);

    public IEnumerable<AgentRun> All => _runs.Values;

    public AgentRun? Find(string run) => _runs.GetValueOrDefault(run);

    public void Add(string id, AgentRun run) => _runs[id] = run;

    public void Remove(string id) => _runs.TryRemove(id, out _);
}
