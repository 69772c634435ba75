namespace Agent;

/// <summary>
/// Takes secrets and personal data out of text that goes to logs and traces. Optional: where none is registered, such content is
/// not written at all.
/// </summary>
public interface ITextRedactor
{
    /// <summary>Redacts a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets.</returns>
    string Redact(string text);
}
