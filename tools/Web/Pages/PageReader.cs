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
internal sealed class PageReader(WebClient client)
{
    /// <summary>Reads a page.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page.</returns>
    /// <exception cref="RequestException">There is no such page, or nothing to read in it.</exception>
    public async Task<WebPage> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new WebRequest
            {
                Method = HttpMethod.Get,
                Url = url,
                Headers = [new("Accept", "text/html, text/markdown;q=0.9, text/plain;q=0.8, application/json;q=0.8, */*;q=0.5")],
            },
            cancellationToken);
        if (!answer.IsSuccess)
        {
            throw new RequestException($"{answer.Url.GetLeftPart(UriPartial.Path)} answered {(int)answer.Status} {answer.Reason}".TrimEnd() + "; check the address.");
        }

        return Render(answer);
    }

    private static WebPage Render(WebResponse answer)
    {
        var type = MediaTypes.Bare(answer.ContentType);
        if (type is "text/html" or "application/xhtml+xml" || (type.Length == 0 && HtmlPage.LooksLikeHtml(answer.Body.Span)))
        {
            var (title, markdown) = HtmlPage.Read(answer);
            return new WebPage(answer.Url, title, type, markdown, answer.Truncated);
        }

        if (MediaTypes.IsText(type) || type.Length == 0)
        {
            return new WebPage(answer.Url, null, type, answer.Text(), answer.Truncated);
        }

        throw new RequestException($"{answer.Url.GetLeftPart(UriPartial.Path)} is {type} of {answer.Body.Length} bytes, which cannot be read as text.");
    }
}
