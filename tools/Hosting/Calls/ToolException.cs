namespace Agent.Tools.Hosting;

/// <summary>
/// A call that cannot be done as asked. The message reaches the model and the person as it stands: one sentence that says what
/// is wrong, and what is there instead or what to do next. It never holds a secret or a path outside the roots.
/// </summary>
public sealed class ToolException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="message">One sentence with the next step.</param>
    /// <param name="innerException">What lies beneath, for the log only.</param>
    public ToolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether an argument is missing or wrong, so that what the tool takes is told with it.</summary>
    public bool IsOfArguments { get; init; }
}
