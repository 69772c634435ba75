using System.Text.Json.Nodes;

namespace Agent.StreamableHttp.Authentication;

/// <summary>What became of a bearer token.</summary>
/// <param name="User">Who it is, stable for one person; null where the token was refused.</param>
/// <param name="Error"><c>invalid_token</c> or <c>insufficient_scope</c> (RFC 6750); null where none was sent or it was accepted.</param>
/// <param name="Message">One sentence where it was refused.</param>
public sealed record BearerResult(string? User, string? Error, string Message)
{
    /// <summary>Accepts a token.</summary>
    /// <param name="user">Who it is.</param>
    /// <returns>The result.</returns>
    public static BearerResult Accept(string user) => new(user, null, string.Empty);

    /// <summary>Refuses a request.</summary>
    /// <param name="error">The error's code; null where no token was sent.</param>
    /// <param name="message">One sentence.</param>
    /// <returns>The result.</returns>
    public static BearerResult Refuse(string? error, string message) => new(null, error, message);
}

/// <summary>Decides who may call by the token of the <c>Authorization</c> header.</summary>
public interface IBearerAuthenticator
{
    /// <summary>Looks at a token.</summary>
    /// <param name="token">The token; null where none was sent.</param>
    /// <param name="resource">The address of the endpoint: the audience a token must be for.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Who it is, or why not.</returns>
    ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken);

    /// <summary>The protected-resource metadata (RFC 9728), which tells a client where to get a token; null where there is no such place.</summary>
    /// <param name="resource">The address of the endpoint.</param>
    /// <returns>The document; null for none.</returns>
    JsonObject? Metadata(Uri resource);
}
