using Agent.Cli.Rendering;

namespace Agent.Cli.Chat;

/// <summary>What a slash command may do to the chat it was typed in: one at a terminal, or one line by line.</summary>
internal interface IChatHost
{
    ChatState State { get; }

    TerminalStyle Style { get; }

    /// <summary>Where the servers of a run ask.</summary>
    IServerQuestions Questions { get; }

    /// <summary>Columns.</summary>
    int Width { get; }

    /// <summary>Does something in order with everything else that happens.</summary>
    void Post(Action happening);

    /// <summary>Prints lines for good.</summary>
    void Print(IEnumerable<string> lines);

    /// <summary>Runs something that takes a while and can be cancelled, after what runs now.</summary>
    void Run(Func<CancellationToken, IAsyncEnumerable<RunEvent>> activity);

    /// <summary>Does something once nothing that was asked for before it runs any more.</summary>
    void InTurn(Action happening);

    /// <summary>Leaves once nothing runs any more; what runs is cancelled.</summary>
    void Leave();

    void ClearScreen();
}
