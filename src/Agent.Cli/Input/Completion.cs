namespace Agent.Cli.Input;

/// <summary>One way to go on.</summary>
/// <param name="Text">What the completed part would be.</param>
/// <param name="Note">A word on it; empty where there is none.</param>
internal sealed record Candidate(string Text, string Note = "");

/// <summary>The ways to go on from where the cursor is.</summary>
/// <param name="Start">Where the part to be completed begins.</param>
/// <param name="Candidates">What it could become, best first.</param>
internal sealed record Completions(int Start, IReadOnlyList<Candidate> Candidates)
{
    public static Completions None { get; } = new(0, []);
}

/// <summary>Finds ways to go on.</summary>
internal interface ICompleter
{
    /// <summary>The ways to go on.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="cursor">Where the cursor is.</param>
    Completions Complete(string text, int cursor);
}
