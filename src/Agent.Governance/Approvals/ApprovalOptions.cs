namespace Agent.Governance.Approvals;

/// <summary>The <c>approvals</c> section of the configuration.</summary>
public sealed class ApprovalOptions
{
    /// <summary>A question that nobody answers within this many minutes counts as refused.</summary>
    public int ExpireMinutes { get; set; } = 60;

    /// <summary>How often a waiting run looks for an answer from another process, in milliseconds.</summary>
    public int PollMilliseconds { get; set; } = 150;

    /// <summary>How long a grant for a session lasts at most, in hours.</summary>
    public int GrantHours { get; set; } = 12;

    /// <summary>How far ahead a grant until a date may reach, in days.</summary>
    public int GrantDays { get; set; } = 90;

    /// <summary>Questions that were answered, expired or withdrawn this many days ago are forgotten, and grants that ended; the audit keeps both.</summary>
    public int KeepDays { get; set; } = 30;

    internal IEnumerable<string> Validate()
    {
        if (ExpireMinutes is < 1 or > 60 * 24 * 30)
        {
            yield return "approvals:expireMinutes must lie between 1 and 43200.";
        }

        if (PollMilliseconds is < 10 or > 10_000)
        {
            yield return "approvals:pollMilliseconds must lie between 10 and 10000.";
        }

        if (GrantHours is < 1 or > 24 * 365)
        {
            yield return "approvals:grantHours must lie between 1 and 8760.";
        }

        if (GrantDays is < 0 or > 3650)
        {
            yield return "approvals:grantDays must lie between 0 and 3650.";
        }

        if (KeepDays is < 1 or > 3650)
        {
            yield return "approvals:keepDays must lie between 1 and 3650.";
        }
    }
}
