using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace Agent.Runtime.Loop;

/// <summary>
/// The agent: many sessions at once, one run at a time in each. On shutdown every run ends where it is, with a history that can
/// go on; runs that wait for a person stay waiting.
/// </summary>
internal sealed class AgentRunner(RunServices services) : IAgentRunner, IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private int _active;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IAsyncEnumerable<RunEvent> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StreamAsync(RunStart.From(request), cancellationToken, default);
    }

    public IAsyncEnumerable<RunEvent> ResumeAsync(string sessionId, string client, ApprovalHandling approvals, IServerQuestions? questions, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sessionId);
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        return StreamAsync(RunStart.Resume(sessionId, client, approvals, questions), cancellationToken, default);
    }

    public IAsyncEnumerable<RunEvent> CompactAsync(string sessionId, string client, string? model, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sessionId);
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        return StreamAsync(RunStart.Compact(sessionId, client, model), cancellationToken, default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (Volatile.Read(ref _active) > 0)
        {
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async IAsyncEnumerable<RunEvent> StreamAsync(
        RunStart start, CancellationToken cancellationToken, [EnumeratorCancellation] CancellationToken enumerator)
    {
        // Unbounded: a slow reader must not hold up the run, and a run's events are about as many as its tokens.
        var events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumerator, _stopping.Token);
        Interlocked.Increment(ref _active);
        using var run = new AgentRun(services, start, events.Writer, _stopping.Token);
        var task = Task.Run(() => run.ExecuteAsync(cancel.Token), CancellationToken.None);
        try
        {
            // The run itself says how a cancelled one ended, so reading is never cancelled.
            await foreach (var item in events.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return item;
            }
        }
        finally
        {
            // A reader that leaves early takes the run with it.
            await cancel.CancelAsync();
            await task;
            if (Interlocked.Decrement(ref _active) == 0 && _stopping.IsCancellationRequested)
            {
                _drained.TrySetResult();
            }
        }
    }
}
