using Agent.Cli.Rendering;
using Agent.Governance.Approvals;

namespace Agent.Cli.Approvals;

/// <summary>A standing approval as a person reads it.</summary>
internal static class GrantText
{
    public static string Line(Grant grant)
    {
        var arguments = grant.Arguments.Count == 0 ? "any arguments" : string.Join(", ", grant.Arguments.Select(static a => $"{a.Key} = {a.Value}"));
        return TerminalText.Line(
            $"{grant.Id}  {grant.Tool}  with {arguments}  {(grant.SessionId is { } session ? $"in session {session}, " : string.Empty)}until {grant.ExpiresAt.ToLocalTime():yyyy-MM-dd HH:mm}"
            + $"{(grant.Tainted ? ", also after untrusted text was read" : string.Empty)}, given by {grant.GivenBy}");
    }
}
