using System.Net;
using System.Text;

namespace Agent.Tools.Web.Http;

/// <summary>An answer, read to its end or to the limit.</summary>
internal sealed record WebResponse
{
    /// <summary>Where it came from, after redirects.</summary>
    public required Uri Url { get; init; }

    public required HttpStatusCode Status { get; init; }

    public required string Reason { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether there was more than was read.</summary>
    public bool Truncated { get; init; }

    public string ContentType => Headers.GetValueOrDefault("Content-Type") ?? string.Empty;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public bool IsRedirect => Status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && Headers.ContainsKey("Location");

    /// <summary>The body as text, in the encoding that a byte-order mark or the header names, else UTF-8.</summary>
    public string Text()
    {
        var span = Body.Span;
        return span switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(span[3..]),
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(span[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(span[2..]),
            _ => (Charset(ContentType) ?? Encoding.UTF8).GetString(span),
        };
    }

    /// <summary>The encoding that a media type names; null where it names none that is known.</summary>
    public static Encoding? Charset(string contentType)
    {
        var at = contentType.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var name = contentType[(at + 8)..].Split(';')[0].Trim().Trim('"', '\'');
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
