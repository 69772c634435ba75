namespace Agent.Runtime.Loop;

/// <summary>How a run begins: with a request, or where another left off.</summary>
internal sealed record RunStart(RunRequest? Request, string? SessionId, string Client, ApprovalHandling Approvals)
{
    public static RunStart From(RunRequest request) => new(request, request.SessionId, request.Client, request.Approvals);

    public static RunStart Resume(string session, string client, ApprovalHandling approvals) => new(null, session, client, approvals);
}
