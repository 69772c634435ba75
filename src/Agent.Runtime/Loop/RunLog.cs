using Microsoft.Extensions.Logging;

namespace Agent.Runtime.Loop;

/// <summary>What a run writes to the log: ids and counts, never content.</summary>
internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Error, "Run {Run} of session {Session} failed.")]
    public static partial void Failed(ILogger logger, Exception exception, string session, string run);

    [LoggerMessage(2, LogLevel.Warning, "Run {Run}: the model's try {Number} ({Model}) failed: {Kind}. {Note}")]
    public static partial void AttemptFailed(ILogger logger, string run, int number, string model, ModelErrorKind kind, string? note);

    [LoggerMessage(3, LogLevel.Information, "Run {Run}: {Tool} ended {Outcome} in {Milliseconds} ms.")]
    public static partial void CallEnded(ILogger logger, string run, string tool, ToolOutcomeKind outcome, long milliseconds);

    [LoggerMessage(4, LogLevel.Error, "Run {Run}: the pipeline threw for a call of {Tool}.")]
    public static partial void PipelineThrew(ILogger logger, Exception exception, string run, string tool);

    [LoggerMessage(5, LogLevel.Information, "Run {Run}: the conversation was compacted from {Before} to {After} tokens.")]
    public static partial void Compacted(ILogger logger, string run, long before, long after);

    [LoggerMessage(6, LogLevel.Warning, "Run {Run}: the client of model {Model} threw.")]
    public static partial void ModelThrew(ILogger logger, Exception exception, string run, string model);

    [LoggerMessage(7, LogLevel.Error, "Run {Run}: the audit did not take the record {Type}.")]
    public static partial void RecordFailed(ILogger logger, Exception exception, string run, string type);
}
