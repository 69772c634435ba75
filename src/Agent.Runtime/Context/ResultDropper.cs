namespace Agent.Runtime.Context;

/// <summary>Old results go before old words.</summary>
internal static class ResultDropper
{
    /// <summary>What stands in the place of a dropped result.</summary>
    public static string Stub(string callId) => "[This result was dropped to save room; call the tool again if it is needed.]";
}
