using System.Text;
using Agent.Tools.Web.Http;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Agent.Tools.Web.Pages;

/// <summary>Reads HTML: its title, and its main content as Markdown.</summary>
internal static class HtmlPage
{
    /// <summary>Reads a page.</summary>
    public static (string? Title, string Markdown) Read(WebResponse answer) => Read(Decode(answer), answer.Url);

    /// <summary>Reads a page.</summary>
    /// <param name="html">Its HTML.</param>
    /// <param name="url">Where it is; links are made absolute by it, or by its base element.</param>
    public static (string? Title, string Markdown) Read(string html, Uri url)
    {
        // Scripting off: what stands in noscript is for readers like us.
        var document = new HtmlParser(new HtmlParserOptions { IsScripting = false, IsNotConsumingCharacterReferences = false }).ParseDocument(html);
        var home = document.QuerySelector("base[href]")?.GetAttribute("href") is { } named && Uri.TryCreate(url, named, out var other) ? other : url;
        var title = Title(document);
        if (document.Body is not { } body)
        {
            return (title, string.Empty);
        }

        MainContent.RemoveClutter(body);
        var markdown = new MarkdownWriter(home).Write(MainContent.Find(body));
        return (title, markdown);
    }

    /// <summary>Whether bytes without a media type are HTML.</summary>
    public static bool LooksLikeHtml(ReadOnlySpan<byte> body)
    {
        var start = Encoding.ASCII.GetString(body[..Math.Min(body.Length, 512)]).TrimStart();
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<head", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<body", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Title(IDocument document)
    {
        var title = document.QuerySelector("meta[property='og:title']")?.GetAttribute("content") ?? document.Title;
        title = Inline.Collapse(title ?? string.Empty).Trim();
        return title.Length == 0 ? null : title.Length <= 300 ? title : title[..300] + "…";
    }

    // The header's word, then a byte-order mark's, then the page's own (HTML Standard, "encoding sniffing"); UTF-8 where none speaks.
    private static string Decode(WebResponse answer)
    {
        if (WebResponse.Charset(answer.ContentType) is null)
        {
            var head = Encoding.ASCII.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, 1024)]);
            var at = head.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && WebResponse.Charset(head.Substring(at, Math.Min(40, head.Length - at)).Replace("\"", string.Empty, StringComparison.Ordinal).Split('>', '/', ' ')[0]) is { } own)
            {
                return own.GetString(answer.Body.Span);
            }
        }

        return answer.Text();
    }
}
