namespace Agent;

/// <summary>A text after screening.</summary>
/// <param name="Text">The text as it may be shown: secrets masked, links that would carry data out defused.</param>
/// <param name="Findings">What was found, one short sentence each, without the values; empty where nothing was.</param>
/// <param name="Refused">True where the text may not be shown at all; <paramref name="Text"/> then says so.</param>
public sealed record ScreenedText(string Text, IReadOnlyList<string> Findings, bool Refused = false);

/// <summary>Screens an answer while it streams. Not safe for several threads.</summary>
public interface IAnswerScreen
{
    /// <summary>Takes a piece of the answer.</summary>
    /// <param name="delta">The piece.</param>
    /// <returns>What may be shown now; text that could still turn out to be a secret or a link is held back.</returns>
    string Push(string delta);

    /// <summary>Ends the answer.</summary>
    /// <returns>The rest that was held back, and what was found in all of it.</returns>
    ScreenedText Finish();
}

/// <summary>Screens text on its way to a model, to a person and to a log. It annotates and masks; it never allows a call.</summary>
public interface IGuardrails
{
    /// <summary>What the system prompt must say about the marker that surrounds text from elsewhere in this run.</summary>
    /// <param name="runId">The run; each has a marker that nobody can guess.</param>
    /// <returns>A short paragraph.</returns>
    string Instruction(string runId);

    /// <summary>
    /// Text from elsewhere as the model shall read it: hidden characters removed, secrets masked, and, where the label is
    /// not trusted, surrounded by the run's marker and its source.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="source">Where the text comes from, for example <c>web.fetch</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="label">Its label.</param>
    /// <returns>The text for the model.</returns>
    string ForModel(string runId, string source, string text, Label label);

    /// <summary>Begins to screen an answer: secrets, canaries, and links or images that would carry data out.</summary>
    /// <param name="context">The run whose answer it is.</param>
    /// <returns>The screen.</returns>
    IAnswerScreen OpenAnswer(CallContext context);

    /// <summary>Screens a whole answer.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="context">The run whose answer it is.</param>
    /// <returns>The answer as it may be shown.</returns>
    ScreenedText ScreenAnswer(string text, CallContext context);

    /// <summary>Masks secrets and personal data, for logs and error messages.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without them.</returns>
    string Redact(string text);
}
