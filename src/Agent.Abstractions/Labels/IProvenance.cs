using System.Text.Json;

namespace Agent;

/// <summary>
/// What a caller's context holds and where each value in it came from. One for each session; it outlives compaction and
/// restarts, because what a model has read once it may repeat. Safe for use by several threads.
/// </summary>
public interface IProvenance
{
    /// <summary>The join of everything that entered the context.</summary>
    Label Label { get; }

    /// <summary>Takes in what the person said. Whole tokens of it are trusted values.</summary>
    /// <param name="text">The text.</param>
    void AddUserTurn(string text);

    /// <summary>Takes in text from elsewhere: an attachment, a prompt of a server, memory read back.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">Its label.</param>
    void AddText(string text, Label label);

    /// <summary>Takes in a tool's result under the label it carries, and the fields that the operator's map trusts.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="result">Its result.</param>
    void AddResult(ToolId tool, ToolResult result);

    /// <summary>The whole state, to be stored with the session.</summary>
    /// <returns>JSON that <see cref="IProvenanceFactory.Restore"/> reads.</returns>
    JsonElement Save();
}

/// <summary>Makes and restores <see cref="IProvenance"/>.</summary>
public interface IProvenanceFactory
{
    /// <summary>A context that holds nothing yet.</summary>
    /// <returns>The empty context.</returns>
    IProvenance Create();

    /// <summary>Restores a stored context. State that cannot be read gives one whose label is <see cref="Label.Missing"/>.</summary>
    /// <param name="state">What <see cref="IProvenance.Save"/> gave.</param>
    /// <returns>The context.</returns>
    IProvenance Restore(JsonElement state);
}
