using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Pages;

/// <summary>A page as text.</summary>
/// <param name="Url">Where it was.</param>
/// <param name="Title">Its title; null where it has none.</param>
/// <param name="ContentType">What it was before it became text.</param>
/// <param name="Content">The text.</param>
/// <param name="Incomplete">Whether there was more than was read.</param>
internal sealed record WebPage(Uri Url, string? Title, string ContentType, string Content, bool Incomplete);

/// <summary>Fetches pages and makes text of them.</summary>
internal sealed class PageReader(WebClient client, WebOptions options, TimeProvider time)
{
    // Larger ones are not pages for reading, and take long to make sense of.
    private const int LargestHtml = 4 << 20;

    private readonly PageCache _cache = new(time);
    private readonly RobotsCache _robots = new(client, time);

    /// <summary>Reads a page.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page.</returns>
    /// <exception cref="RequestException">There is no such page, or nothing to read in it.</exception>
    public async Task<WebPage> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        var kept = _cache.Find(url, out var fresh);
        if (fresh)
        {
            return kept!.Page;
        }

        if (options.Robots)
        {
            await _robots.CheckAsync(url, cancellationToken);
        }

        var answer = await client.SendAsync(
            new WebRequest
            {
                Method = HttpMethod.Get,
                Url = url,
                Headers = [new("Accept", "text/html, text/markdown;q=0.9, text/plain;q=0.8, application/json;q=0.8, */*;q=0.5"), .. kept?.Validators ?? []],
                Robots = options.Robots ? _robots.CheckAsync : null,
            },
            cancellationToken);
        if ((int)answer.Status == 304 && kept is not null)
        {
            _cache.Keep(url, kept.Page, answer with { Headers = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase) { ["ETag"] = kept.Tag ?? string.Empty } });
            return kept.Page;
        }

        if (!answer.IsSuccess)
        {
            throw new RequestException($"{answer.Url.GetLeftPart(UriPartial.Path)} answered {(int)answer.Status} {answer.Reason}".TrimEnd() + "; check the address.");
        }

        var page = await RenderAsync(answer, cancellationToken);
        _cache.Keep(url, page, answer);
        return page;
    }

    private async Task<WebPage> RenderAsync(WebResponse answer, CancellationToken cancellationToken)
    {
        var type = MediaTypes.Bare(answer.ContentType);
        if (type is "text/html" or "application/xhtml+xml" || (type is "" or "text/plain" && HtmlPage.LooksLikeHtml(answer.Body.Span)))
        {
            var large = answer.Body.Length > LargestHtml;
            var (title, markdown) = HtmlPage.Read(large ? answer with { Body = answer.Body[..LargestHtml] } : answer);
            return new WebPage(answer.Url, title, type, markdown, answer.Truncated || large);
        }

        if (type == "application/pdf" || answer.Body.Span.StartsWith("%PDF-"u8))
        {
            return answer.Truncated
                ? throw new RequestException($"The PDF is larger than {answer.Body.Length} bytes, which is not read.")
                : new WebPage(answer.Url, null, "application/pdf", await PdfText.ReadAsync(answer.Body, time, cancellationToken), false);
        }

        if (MediaTypes.IsText(type) || (type.Length == 0 && !answer.Body.Span[..Math.Min(answer.Body.Length, 1024)].Contains((byte)0)))
        {
            return new WebPage(answer.Url, null, type, answer.Text(), answer.Truncated);
        }

        throw new RequestException($"{answer.Url.GetLeftPart(UriPartial.Path)} is {(type.Length == 0 ? "binary" : type)} of {answer.Body.Length} bytes, which cannot be read as text.");
    }
}
