using System.Collections.Concurrent;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Pages;

/// <summary>The robots.txt of hosts, kept for a while.</summary>
internal sealed class RobotsCache(WebClient client, TimeProvider time)
{
    private const int MostHosts = 500;
    private const int MostBytes = 512 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (RobotsRules Rules, DateTimeOffset Until)> _rules = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses a page that its host wants left alone.</summary>
    /// <exception cref="RequestException">The page is not to be read.</exception>
    public async Task CheckAsync(Uri url, CancellationToken cancellationToken)
    {
        var origin = url.GetLeftPart(UriPartial.Authority);
        if (!_rules.TryGetValue(origin, out var known) || known.Until < time.GetUtcNow())
        {
            if (_rules.Count > MostHosts)
            {
                _rules.Clear();
            }

            known = (await LoadAsync(new Uri(origin + "/robots.txt"), cancellationToken), time.GetUtcNow() + Life);
            _rules[origin] = known;
        }

        if (!known.Rules.Allows(url))
        {
            throw new RequestException($"The robots.txt of {url.Host} asks programs not to read {url.AbsolutePath}; ask the person to open it, or an operator to set robots to false.", refused: true);
        }
    }

    private async Task<RobotsRules> LoadAsync(Uri url, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new WebRequest { Method = HttpMethod.Get, Url = url, Headers = [new("Accept", "text/plain, */*;q=0.1")], MaxBytes = MostBytes }, cancellationToken);
        return answer.IsSuccess ? RobotsRules.Parse(answer.Text()) : (int)answer.Status >= 500 ? RobotsRules.DenyAll : RobotsRules.AllowAll;
    }
}
