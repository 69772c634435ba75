namespace Agent.Runtime.Loop;

/// <summary>How a run begins: with a request, or where another left off.</summary>
internal sealed record RunStart(RunRequest? Request, string? SessionId, string Client, ApprovalHandling Approvals)
{
    /// <summary>True where nothing is asked and only room is to be made.</summary>
    public bool OnlyCompacts { get; private init; }

    /// <summary>The model to ask; null for the one of the run that is taken up, or of the configuration.</summary>
    public string? Model { get; private init; } = Request?.ModelName;

    /// <summary>Answers what servers ask; null refuses each question.</summary>
    public IServerQuestions? Questions { get; private init; } = Request?.Questions;

    public static RunStart From(RunRequest request) => new(request, request.SessionId, request.Client, request.Approvals);

    public static RunStart Resume(string session, string client, ApprovalHandling approvals, IServerQuestions? questions) =>
        new(null, session, client, approvals) { Questions = questions };

    public static RunStart Compact(string session, string client, string? model) =>
        new(null, session, client, ApprovalHandling.Deny) { OnlyCompacts = true, Model = model };
}
