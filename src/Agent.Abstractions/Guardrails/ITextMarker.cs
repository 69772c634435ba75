namespace Agent;

/// <summary>
/// Marks text from elsewhere before a model reads it, so that the model can tell data from instructions. Optional: where none is
/// registered, the loop sends results as they are. It helps a model; it decides nothing.
/// </summary>
public interface ITextMarker
{
    /// <summary>What the system prompt says of the marks; one or two sentences that never change within a session.</summary>
    string Instructions { get; }

    /// <summary>Marks a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">Its label; trusted text comes back as it is.</param>
    /// <param name="source">Where it came from, for example <c>web.fetch</c>.</param>
    /// <returns>The marked text.</returns>
    string Mark(string text, Label label, string source);
}
