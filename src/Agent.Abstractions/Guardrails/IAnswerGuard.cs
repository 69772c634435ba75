namespace Agent;

/// <summary>An answer after it was screened.</summary>
/// <param name="Text">The answer as the person may see it; the same text where nothing was found.</param>
/// <param name="Findings">What was found and changed, one sentence each for the person; empty where nothing was.</param>
public sealed record GuardedAnswer(string Text, IReadOnlyList<string> Findings);

/// <summary>Screens an answer before it is final. Optional: where none is registered, answers stay as they are.</summary>
public interface IAnswerGuard
{
    /// <summary>Screens an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="context">The session and run that answer.</param>
    /// <param name="cancellationToken">Cancels the screening.</param>
    /// <returns>The answer as it may be shown.</returns>
    ValueTask<GuardedAnswer> ScreenAsync(string answer, CallContext context, CancellationToken cancellationToken);
}
