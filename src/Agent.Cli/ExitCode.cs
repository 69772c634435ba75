namespace Agent.Cli;

/// <summary>What the command tells its caller. The numbers are part of the interface and never change.</summary>
internal enum ExitCode
{
    /// <summary>Answered.</summary>
    Ok = 0,

    /// <summary>An error of our own.</summary>
    Internal = 1,

    /// <summary>The command line makes no sense.</summary>
    Usage = 2,

    /// <summary>The configuration makes no sense.</summary>
    Configuration = 3,

    /// <summary>A needed approval was refused, or nobody could give it.</summary>
    ApprovalRefused = 4,

    /// <summary>A limit or budget stopped the run.</summary>
    LimitReached = 5,

    /// <summary>No model could be reached.</summary>
    ModelUnavailable = 6,

    /// <summary>The audit log does not verify.</summary>
    AuditFailed = 7,

    /// <summary>Cancelled by the person: 128 and SIGINT.</summary>
    Cancelled = 130,
}

/// <summary>Ends the command with one sentence for the person.</summary>
/// <param name="code">What the caller is told.</param>
/// <param name="message">What is wrong and what to do next.</param>
/// <param name="innerException">What lies beneath, for the log.</param>
internal sealed class CommandException(ExitCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public ExitCode Code { get; } = code;
}

internal static class ExitCodes
{
    public static ExitCode ToExitCode(this RunStop stop) => stop switch
    {
        RunStop.Answered => ExitCode.Ok,
        RunStop.ApprovalRefused or RunStop.Waiting => ExitCode.ApprovalRefused,
        RunStop.LimitReached => ExitCode.LimitReached,
        RunStop.ModelUnavailable => ExitCode.ModelUnavailable,
        RunStop.Cancelled => ExitCode.Cancelled,
        _ => ExitCode.Internal,
    };
}
