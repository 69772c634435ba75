using System.Text;

namespace Agent.Tools.Web.Security;

/// <summary>Takes secrets out of what a service sends back: some echo what they are given.</summary>
internal static class Redaction
{
    /// <summary>What stands where a secret stood.</summary>
    public const string Mark = "[secret]";

    // Shorter ones would be found in ordinary words.
    private const int ShortestSecret = 6;

    /// <summary>Takes secrets out of bytes.</summary>
    public static ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> body, IEnumerable<string> secrets)
    {
        foreach (var secret in Usable(secrets))
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            if (body.Span.IndexOf(bytes) >= 0)
            {
                body = Replace(body.Span, bytes);
            }
        }

        return body;
    }

    /// <summary>Takes secrets out of a text.</summary>
    public static string Clean(string text, IEnumerable<string> secrets)
    {
        foreach (var secret in Usable(secrets))
        {
            text = text.Replace(secret, Mark, StringComparison.Ordinal);
        }

        return text;
    }

    private static IEnumerable<string> Usable(IEnumerable<string> secrets) =>
        secrets.Where(s => s.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length);

    private static byte[] Replace(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret)
    {
        using var clean = new MemoryStream(body.Length);
        while (body.IndexOf(secret) is var at and >= 0)
        {
            clean.Write(body[..at]);
            clean.Write("[secret]"u8);
            body = body[(at + secret.Length)..];
        }

        clean.Write(body);
        return clean.ToArray();
    }
}
