using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Agent.StreamableHttp.Rules;

/// <summary>
/// Keeps other people's web pages out: a page that had its name point here (DNS rebinding) still sends its own name as
/// <c>Host</c>, and every page sends its <c>Origin</c>.
/// </summary>
internal static class OriginRules
{
    /// <summary>Why a request is refused; null where it is not.</summary>
    public static string? Refusal(HttpRequest request, McpHttpOptions options)
    {
        var host = request.Host.Host;
        if (!IsLoopback(host) && !string.Equals(host, options.Url.Host, StringComparison.OrdinalIgnoreCase)
            && !options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            return "This Host is not answered; add it to the allowed hosts if it is yours.";
        }

        var origins = request.Headers.Origin;
        return origins.Count == 0 || (origins.Count == 1 && IsAllowed(origins.ToString(), options))
            ? null
            : "Pages of this Origin may not call; add it to the allowed origins if it is yours.";
    }

    private static bool IsAllowed(string origin, McpHttpOptions options) =>
        options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsLoopback(uri.Host));

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>What a client says it takes.</summary>
internal static class AcceptRules
{
    public static bool TakesBoth(StringValues accept) => Takes(accept, "application/json") && TakesEvents(accept);

    public static bool TakesEvents(StringValues accept) => Takes(accept, "text/event-stream");

    private static bool Takes(StringValues accept, string type)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var list))
        {
            return false;
        }

        var wanted = new MediaTypeHeaderValue(type);
        foreach (var item in list)
        {
            if (item.Quality is not 0 && wanted.MediaType.Value is { } media
                && (item.MatchesAllTypes || string.Equals(item.MediaType.Value, media, StringComparison.OrdinalIgnoreCase)
                    || (item.MatchesAllSubTypes && media.StartsWith(item.Type.Value + "/", StringComparison.OrdinalIgnoreCase))))
            {
                return true;
            }
        }

        return false;
    }
}
