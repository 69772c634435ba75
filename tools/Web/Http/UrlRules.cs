namespace Agent.Tools.Web.Http;

/// <summary>Which addresses may be asked for at all, before anything is resolved or dialled.</summary>
internal sealed class UrlRules
{
    private const int LongestUrl = 8000;

    private readonly IReadOnlyList<string> _allow;
    private readonly IReadOnlyList<string> _deny;
    private readonly IReadOnlyList<int> _ports;
    private readonly IReadOnlyCollection<string> _named;

    /// <summary>Rules.</summary>
    /// <param name="allow">Hosts that may be reached, <c>*.example.com</c> for all below one; empty allows every host.</param>
    /// <param name="deny">Hosts that may not; stronger than <paramref name="allow"/>.</param>
    /// <param name="ports">Ports that may be reached.</param>
    /// <param name="named">Hosts (<c>host:port</c>) that the operator names; their port needs no list.</param>
    public UrlRules(IReadOnlyList<string> allow, IReadOnlyList<string> deny, IReadOnlyList<int> ports, IReadOnlyCollection<string> named)
    {
        _allow = allow;
        _deny = deny;
        _ports = ports;
        _named = named;
    }

    /// <summary>Reads an address as a person or model writes it.</summary>
    /// <param name="text">The address.</param>
    /// <returns>The address.</returns>
    /// <exception cref="RequestException">It is none, or may not be reached.</exception>
    public Uri Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length > LongestUrl)
        {
            throw new RequestException($"The address is longer than {LongestUrl} characters; shorten it.", refused: true);
        }

        if (!Uri.TryCreate(trimmed, UriKind.Absolute, out var url) || trimmed.Any(char.IsControl))
        {
            throw new RequestException("That is no web address; give one such as https://example.com/page.", refused: true);
        }

        Check(url);
        return url;
    }

    /// <summary>Checks an address.</summary>
    /// <param name="url">The address, of a request or of a redirect.</param>
    /// <exception cref="RequestException">It may not be reached.</exception>
    public void Check(Uri url)
    {
        if (url.Scheme is not ("http" or "https"))
        {
            throw new RequestException($"Addresses that begin with {url.Scheme}: are not reached; only http: and https: are.", refused: true);
        }

        if (url.UserInfo.Length > 0)
        {
            throw new RequestException("An address with a user name or password before its host is not reached; leave out what stands before @.", refused: true);
        }

        // The trailing dot of a full name is no way around a list.
        var host = url.IdnHost.TrimEnd('.');
        if (host.Length == 0)
        {
            throw new RequestException("The address has no host; give one such as https://example.com/page.", refused: true);
        }

        if (_deny.Any(pattern => Matches(pattern, host)))
        {
            throw new RequestException($"{host} is on the list of hosts that are not reached.", refused: true);
        }

        if (_named.Contains($"{url.IdnHost}:{url.Port}", StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        if (_allow.Count > 0 && !_allow.Any(pattern => Matches(pattern, host)))
        {
            throw new RequestException($"{host} is not on the list of hosts that are reached ({string.Join(", ", _allow.Take(5))}).", refused: true);
        }

        if (!_ports.Contains(url.Port))
        {
            throw new RequestException($"Port {url.Port} is not reached; the ports are {string.Join(", ", _ports)}.", refused: true);
        }
    }

    private static bool Matches(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : pattern == "*" || host.Equals(pattern.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}
