using System.Globalization;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Pages;

/// <summary>A few pages, kept as text: fresh ones are used as they are, older ones are asked for with their validators (RFC 9111).</summary>
internal sealed class PageCache(TimeProvider time)
{
    private const int MostPages = 64;
    private const int MostCharacters = 16_000_000;
    private static readonly TimeSpan LongestFresh = TimeSpan.FromHours(1);

    // Parts of one long page are asked for one after another: they should be parts of the same page.
    private static readonly TimeSpan LeastFresh = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _order = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byUrl = new(StringComparer.Ordinal);
    private long _characters;

    /// <summary>A page as it is kept.</summary>
    internal sealed record Entry(string Url, WebPage Page, string? Tag, string? Modified, DateTimeOffset FreshUntil)
    {
        /// <summary>The headers that ask whether it is still the same.</summary>
        public IEnumerable<KeyValuePair<string, string>> Validators
        {
            get
            {
                if (Tag is not null)
                {
                    yield return new("If-None-Match", Tag);
                }

                if (Modified is not null)
                {
                    yield return new("If-Modified-Since", Modified);
                }
            }
        }
    }

    /// <summary>A page that is kept; fresh where <paramref name="fresh"/> says so.</summary>
    public Entry? Find(Uri url, out bool fresh)
    {
        lock (_lock)
        {
            fresh = false;
            if (!_byUrl.TryGetValue(url.AbsoluteUri, out var node))
            {
                return null;
            }

            _order.Remove(node);
            _order.AddFirst(node);
            fresh = time.GetUtcNow() < node.Value.FreshUntil;
            return node.Value;
        }
    }

    /// <summary>Keeps a page, unless its host asks not to.</summary>
    public void Keep(Uri url, WebPage page, WebResponse answer)
    {
        var control = answer.Headers.GetValueOrDefault("Cache-Control") ?? string.Empty;
        if (page.Incomplete || control.Contains("no-store", StringComparison.OrdinalIgnoreCase) || page.Content.Length > MostCharacters / 4)
        {
            return;
        }

        var life = MaxAge(control) is { } seconds && !control.Contains("no-cache", StringComparison.OrdinalIgnoreCase) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        life = life < LeastFresh ? LeastFresh : life > LongestFresh ? LongestFresh : life;
        var entry = new Entry(
            url.AbsoluteUri, page, answer.Headers.GetValueOrDefault("ETag") is { Length: > 0 } tag ? tag : null, answer.Headers.GetValueOrDefault("Last-Modified"), time.GetUtcNow() + life);
        lock (_lock)
        {
            Remove(entry.Url);
            _byUrl[entry.Url] = _order.AddFirst(entry);
            _characters += page.Content.Length;
            while (_order.Count > MostPages || _characters > MostCharacters)
            {
                Remove(_order.Last!.Value.Url);
            }
        }
    }

    private void Remove(string url)
    {
        if (_byUrl.Remove(url, out var node))
        {
            _order.Remove(node);
            _characters -= node.Value.Page.Content.Length;
        }
    }

    private static int? MaxAge(string control)
    {
        foreach (var part in control.Split(','))
        {
            var word = part.Trim();
            if (word.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase) && int.TryParse(word.AsSpan(8).Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return seconds;
            }
        }

        return null;
    }
}
