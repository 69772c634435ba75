namespace Agent.Tools.Web.OpenApi;

/// <summary>A document that yields nothing at all; the message is one sentence that says why.</summary>
internal sealed class SpecFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
