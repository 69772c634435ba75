using System.Text.RegularExpressions;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>Chooses a server and fills in its variables.</summary>
internal static partial class ServerAddress
{
    /// <summary>The address that an API is called at: the operator's, else the first of the document that is one.</summary>
    /// <returns>The address without a slash at its end; null where there is none.</returns>
    public static string? Of(ApiOptions options, IReadOnlyList<ApiServer> servers)
    {
        if (options.Server is { Length: > 0 } own)
        {
            return own.TrimEnd('/');
        }

        foreach (var server in servers)
        {
            var complete = true;
            var address = Variable().Replace(server.Template, match =>
            {
                var name = match.Groups[1].Value;
                if (options.Variables.TryGetValue(name, out var value) || server.Variables.TryGetValue(name, out value))
                {
                    return value;
                }

                complete = false;
                return match.Value;
            });
            if (complete && Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0)
            {
                return (url.Query.Length + url.Fragment.Length == 0 ? address : url.GetLeftPart(UriPartial.Path)).TrimEnd('/');
            }
        }

        return null;
    }

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Variable();
}
