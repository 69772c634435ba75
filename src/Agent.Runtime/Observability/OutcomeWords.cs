namespace Agent.Runtime.Observability;

/// <summary>The words by which results, spans and metrics say how something ended.</summary>
internal static class OutcomeWords
{
    public const string Ok = "ok";
    public const string Pending = "pending";

    public static string Of(ToolOutcome outcome) => Of(outcome.Kind, outcome.Result?.IsError == true);

    /// <summary>How a call ended.</summary>
    /// <param name="kind">What the pipeline says.</param>
    /// <param name="failed">Whether the tool's own answer says that it failed.</param>
    public static string Of(ToolOutcomeKind kind, bool failed) => kind switch
    {
        ToolOutcomeKind.Completed => failed ? "error" : Ok,
        ToolOutcomeKind.Rejected => "rejected",
        ToolOutcomeKind.Denied => "denied",
        ToolOutcomeKind.Failed => "failed",
        ToolOutcomeKind.Pending => Pending,
        _ => "unknown",
    };

    public static string Of(DecisionKind? kind) => kind switch
    {
        DecisionKind.Allow => "allow",
        DecisionKind.Ask => "ask",
        DecisionKind.Deny => "deny",
        _ => "none",
    };

    public static string Of(RunStop stop) => stop switch
    {
        RunStop.Answered => "answered",
        RunStop.ApprovalRefused => "approval_refused",
        RunStop.LimitReached => "limit_reached",
        RunStop.ModelUnavailable => "model_unavailable",
        RunStop.Cancelled => "cancelled",
        RunStop.Waiting => "waiting",
        _ => "failed",
    };

    public static string Of(ApprovalState state) => state switch
    {
        ApprovalState.Pending => Pending,
        ApprovalState.Approved => "approved",
        ApprovalState.Denied => "denied",
        ApprovalState.Expired => "expired",
        ApprovalState.Used => "used",
        _ => "void",
    };

    public static string Of(Integrity integrity) => integrity switch
    {
        Integrity.Trusted => "trusted",
        Integrity.Internal => "internal",
        _ => "untrusted",
    };

    public static string Of(Confidentiality confidentiality) => confidentiality switch
    {
        Confidentiality.Public => "public",
        Confidentiality.Internal => "internal",
        Confidentiality.Private => "private",
        _ => "secret",
    };
}
