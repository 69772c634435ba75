using Agent.Models.Routing;
using Agent.Models.Selection;
using Microsoft.Extensions.AI;

namespace Agent.Models.Catalogue;

/// <summary>A model that can be asked: its client, what is known of it, and how it has been doing.</summary>
/// <param name="spec">How it was configured.</param>
/// <param name="known">What is known without asking its server.</param>
/// <param name="connect">Asks the server what it is, and makes the client. The second value says whether the server answered.</param>
/// <param name="circuit">How it has been doing.</param>
/// <param name="time">The clock.</param>
internal sealed class ConfiguredModel(
    ModelSpec spec,
    ModelInfo known,
    Func<ModelSpec, ModelInfo, CancellationToken, Task<ConnectedModel>> connect,
    CircuitBreaker circuit,
    TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim gate = new(1, 1);
    private ConnectedModel? connected;
    private DateTimeOffset askedAt;

    /// <summary>How it was configured.</summary>
    public ModelSpec Spec => spec;

    /// <summary>How it has been doing.</summary>
    public CircuitBreaker Circuit => circuit;

    /// <summary>What is known now.</summary>
    public ModelInfo Info { get; private set; } = known;

    /// <summary>The client; the server is asked what it is first, where that was not done yet.</summary>
    /// <param name="cancellationToken">Cancels the look.</param>
    public async ValueTask<IChatClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (connected is { Settled: true } ready)
        {
            return ready.Client;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            // A server that was down is asked again, though not by every request.
            if (connected is null || (!connected.Settled && time.GetUtcNow() - askedAt >= AskAgainAfter))
            {
                var model = await connect(spec, Info, cancellationToken);
                askedAt = time.GetUtcNow();
                Info = model.Info;
                connected = model;
            }

            return connected.Client;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A server said how large its context is when a request was too long for it.</summary>
    /// <param name="size">Tokens.</param>
    public void LearnContext(int size) => Info = Info with { ContextWindow = size };

    public void Dispose()
    {
        gate.Dispose();
        connected?.Client.Dispose();
    }
}

/// <summary>A model with its client.</summary>
/// <param name="Client">The client.</param>
/// <param name="Info">What is known of the model.</param>
/// <param name="Settled">False where its server did not answer the questions about it, so that they are asked again.</param>
internal sealed record ConnectedModel(IChatClient Client, ModelInfo Info, bool Settled);
