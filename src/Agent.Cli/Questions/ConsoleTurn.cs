namespace Agent.Cli.Questions;

/// <summary>The keys of the console, which one question at a time may read: an approval's or a server's.</summary>
internal sealed class ConsoleTurn : IDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(30);

    private ConsoleTurn()
    {
    }

    public static async Task<ConsoleTurn> TakeAsync(CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        return new ConsoleTurn();
    }

    /// <summary>What was typed before a question appeared answers nothing.</summary>
    public static void DropTypedAhead()
    {
        while (Console.KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    /// <summary>The next key, not shown; looked for now and then, because a read of the console cannot be cancelled.</summary>
    public static async Task<ConsoleKeyInfo> ReadKeyAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (!Console.KeyAvailable)
        {
            await Task.Delay(Look, time, cancellationToken);
        }

        return Console.ReadKey(intercept: true);
    }

    public void Dispose() => Gate.Release();
}
