using System.Text;

namespace Agent.Tools.Files.Reading;

/// <summary>How a file holds its text: encoding, mark at its beginning, line ends. What is written back is written the same way.</summary>
internal sealed record TextFormat
{
    /// <summary>UTF-8 without a mark, with line feeds: what a new file gets.</summary>
    public static TextFormat Default { get; } = new() { Name = "utf-8", Encoding = new UTF8Encoding(false, true), LineEnd = "\n" };

    /// <summary>The encoding's name.</summary>
    public required string Name { get; init; }

    /// <summary>Throws on what it cannot hold.</summary>
    public required Encoding Encoding { get; init; }

    /// <summary>The mark at the beginning of the file.</summary>
    public byte[] Mark { get; init; } = [];

    /// <summary>The line end that most lines have.</summary>
    public required string LineEnd { get; init; }

    /// <summary>Whether all lines end so.</summary>
    public bool IsUniform { get; init; } = true;

    /// <summary>The line ends in words.</summary>
    public string LineEndName => (LineEnd == "\r\n" ? "crlf" : "lf") + (IsUniform ? string.Empty : ", mixed");

    /// <summary>Reads text; null where the bytes are none.</summary>
    public static (TextFormat Format, string Text)? Read(ReadOnlySpan<byte> bytes)
    {
        if (Detect(bytes) is not { } found)
        {
            return null;
        }

        string text;
        try
        {
            text = found.Encoding.GetString(bytes[found.Mark.Length..]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        var crlf = text.AsSpan().Count("\r\n");
        var all = text.AsSpan().Count('\n');
        return (found with { LineEnd = crlf * 2 > all ? "\r\n" : "\n", IsUniform = crlf == 0 || crlf == all }, text);
    }

    /// <summary>The bytes of a text in this format.</summary>
    /// <exception cref="EncoderFallbackException">The encoding has no form for a character.</exception>
    public byte[] GetBytes(string text) => [.. Mark, .. Encoding.GetBytes(text)];

    private static TextFormat? Detect(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<(string Name, Encoding Encoding)> marked =
        [
            ("utf-8 with mark", new UTF8Encoding(true, true)),
            ("utf-32le", new UTF32Encoding(false, true, true)),
            ("utf-32be", new UTF32Encoding(true, true, true)),
            ("utf-16le", new UnicodeEncoding(false, true, true)),
            ("utf-16be", new UnicodeEncoding(true, true, true)),
        ];
        foreach (var (name, encoding) in marked)
        {
            if (bytes.StartsWith(encoding.Preamble))
            {
                return new TextFormat { Name = name, Encoding = encoding, Mark = encoding.GetPreamble(), LineEnd = "\n" };
            }
        }

        var probe = bytes[..Math.Min(bytes.Length, 8192)];
        if (probe.Contains((byte)0))
        {
            return DetectUtf16(probe);
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return bytes.Contains((byte)0) ? null : Default;
        }

        // Text in one of the old encodings has hardly any control characters.
        var controls = 0;
        foreach (var value in probe)
        {
            controls += value is < 9 or (> 13 and < 32 and not 27) ? 1 : 0;
        }

        if (controls * 50 > probe.Length || bytes.Contains((byte)0))
        {
            return null;
        }

        var (old, decoder) = OldEncoding.Of(bytes);
        return new TextFormat { Name = old, Encoding = decoder, LineEnd = "\n" };
    }

    // UTF-16 without a mark: in Western text every other byte is zero.
    private static TextFormat? DetectUtf16(ReadOnlySpan<byte> probe)
    {
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < probe.Length; i += 2)
        {
            even += probe[i] == 0 ? 1 : 0;
            odd += probe[i + 1] == 0 ? 1 : 0;
        }

        var pairs = probe.Length / 2;
        return (odd * 10 > pairs * 7 && even * 20 < pairs) ? new TextFormat { Name = "utf-16le", Encoding = new UnicodeEncoding(false, false, true), LineEnd = "\n" }
            : (even * 10 > pairs * 7 && odd * 20 < pairs) ? new TextFormat { Name = "utf-16be", Encoding = new UnicodeEncoding(true, false, true), LineEnd = "\n" }
            : null;
    }
}
