namespace Agent.Runtime.Loop;

/// <summary>Keeps what is sent within the model's context.</summary>
internal sealed partial class AgentRun
{
    /// <summary>Makes room where it is needed.</summary>
    /// <returns>The tokens of the next request, as expected.</returns>
    private ValueTask<long> PrepareContextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_tokens.Expected(_conversation.Measured + _offered.Measured));
    }
}
