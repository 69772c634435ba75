namespace Agent.Tools.Web.Http;

/// <summary>A request that was refused or failed; the message is one sentence for model and person.</summary>
internal sealed class RequestException : Exception
{
    public RequestException(string message, bool refused = false, Exception? innerException = null)
        : base(message, innerException) => Refused = refused;

    /// <summary>Whether our own rules said no, so that nothing was sent and trying again is of no use.</summary>
    public bool Refused { get; }
}
