using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>A text made plain.</summary>
/// <param name="Text">The plain text, with what was hidden in it appended.</param>
/// <param name="Tricks">What hid something, in words.</param>
internal sealed record PlainText(string Text, IReadOnlyList<string> Tricks);

/// <summary>
/// Makes text plain before a detector reads it: one Unicode form, no invisible characters, look-alike letters as the Latin ones
/// they resemble, and what was packed into tags, base 64 or hidden HTML laid open.
/// </summary>
internal static partial class TextNormalizer
{
    private const int MaxLength = 200_000;

    private static readonly Dictionary<char, char> LookAlikes = Pairs(
        "аaеeоoрpсcхxуyіiјjѕsԁdһhӏlԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЅSЈJɑaɡgıiοoαaνvρpτtυuΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXոnսuօoցgհhᴀaʙbᴄcᴅdᴇeɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrᴛtᴜuᴠvᴡwʏyᴢz");

    public static PlainText Normalize(string text)
    {
        if (text.Length > MaxLength)
        {
            text = text[..MaxLength];
        }

        var tricks = new List<string>();
        var plain = Strip(text, tricks);
        if (!Ascii.IsValid(plain))
        {
            plain = Compatibility.Fold(plain);
            plain = Latin(plain, tricks);
        }

        var hidden = new StringBuilder();
        if (plain.Contains('<', StringComparison.Ordinal))
        {
            foreach (Match match in HiddenHtml().Matches(plain))
            {
                tricks.Add("hidden HTML");
                hidden.Append('\n').Append(Tag().Replace(match.Value, " "));
            }
        }

        if (plain.Contains('&', StringComparison.Ordinal))
        {
            plain = WebUtility.HtmlDecode(plain);
        }

        foreach (Match match in Base64().Matches(plain))
        {
            if (Decode(match.Value) is { } decoded)
            {
                tricks.Add("base 64");
                hidden.Append('\n').Append(decoded);
            }
        }

        if (Spaced().Match(plain) is { Success: true })
        {
            tricks.Add("letters set apart");
            hidden.Append('\n').Append(Spaced().Replace(plain, m => m.Value.Replace("  ", "\u0001", StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal).Replace('\u0001', ' ')));
        }

        return new PlainText(hidden.Length == 0 ? plain : plain + hidden, [.. tricks.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// The bare letters of a text, digits read as the letters they imitate, and look-alikes of one another as one, for finding a
    /// phrase that is spelt apart or in digits.
    /// </summary>
    public static string Squeeze(string text)
    {
        var bare = new StringBuilder(Math.Min(text.Length, 1 << 16));
        foreach (var c in text)
        {
            var letter = char.ToLowerInvariant(c) switch
            {
                '0' => 'o',
                '1' or '!' or '|' or 'l' or 'i' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                var other => other,
            };
            if (char.IsAsciiLetter(letter))
            {
                bare.Append(letter);
            }
        }

        return bare.ToString();
    }

    /// <summary>Takes out what a person does not see; text written in tag characters is said aloud.</summary>
    public static string Strip(string text, ICollection<string>? tricks = null)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length);
        var tags = new StringBuilder();
        var invisible = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case >= 0xE0020 and <= 0xE007E:
                    tags.Append((char)(rune.Value - 0xE0000));
                    break;
                case >= 0xE0000 and <= 0xE01EF or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or 0x00AD or 0x180E or 0x3164 or 0xFFA0 or 0x115F or 0x1160:
                    invisible++;
                    break;
                case >= 0xFE00 and <= 0xFE0F:
                    break;
                default:
                    visible.Append(rune);
                    break;
            }
        }

        if (invisible > 0)
        {
            tricks?.Add("invisible characters");
        }

        if (tags.Length > 0)
        {
            tricks?.Add("text in tag characters");
            visible.Append('\n').Append(tags);
        }

        return visible.ToString();
    }

    private static string Latin(string text, List<string> tricks)
    {
        // A whole text in another script is not a disguise; a look-alike within a Latin word is.
        var changed = false;
        var plain = MixedWord().Replace(text, word =>
        {
            changed = true;
            return string.Create(word.Length, word.Value, static (span, value) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = LookAlikes.GetValueOrDefault(value[i], value[i]);
                }
            });
        });
        if (changed && plain != text)
        {
            tricks.Add("look-alike letters");
        }

        return plain;
    }

    /// <summary>What a text may hide in another writing: percent signs, base 64, hexadecimal digits, backwards. For finding secrets on their way out.</summary>
    public static IEnumerable<string> Decodings(string text)
    {
        if (text.Length > MaxLength)
        {
            text = text[..MaxLength];
        }

        if (text.Contains('%', StringComparison.Ordinal))
        {
            yield return Uri.UnescapeDataString(text);
        }

        foreach (Match match in Base64().Matches(text))
        {
            if (Bytes(match.Value) is { Length: > 0 } bytes)
            {
                yield return Encoding.UTF8.GetString(bytes);
            }
        }

        foreach (Match match in Hexadecimal().Matches(text))
        {
            yield return Encoding.UTF8.GetString(Convert.FromHexString(match.ValueSpan[..(match.Length / 2 * 2)]));
        }

        yield return string.Create(text.Length, text, static (span, source) =>
        {
            source.CopyTo(span);
            span.Reverse();
        });
    }

    private static byte[]? Bytes(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var bytes = new byte[text.Length];
        return standard.Length % 4 != 1 && Convert.TryFromBase64String(standard.PadRight((standard.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    private static string? Decode(string text)
    {
        if (Bytes(text) is not { } bytes)
        {
            return null;
        }

        var decoded = Encoding.UTF8.GetString(bytes);
        var letters = decoded.Count(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or ',' or '\n');
        return letters >= decoded.Length * 9 / 10 && decoded.Contains(' ', StringComparison.Ordinal) ? decoded : null;
    }

    private static Dictionary<char, char> Pairs(string text)
    {
        var pairs = new Dictionary<char, char>();
        for (var i = 0; i + 1 < text.Length; i += 2)
        {
            pairs[text[i]] = text[i + 1];
        }

        return pairs;
    }

    [GeneratedRegex(@"<!--[\s\S]{1,5000}?-->|<(?<t>\w+)[^>]{0,500}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0|\bhidden\b|color\s*:\s*(?:white|#fff))[^>]{0,500}>[\s\S]{1,5000}?</\k<t>>|\b(?:alt|title|aria-label|content)\s*=\s*""[^""]{20,2000}""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HiddenHtml();

    [GeneratedRegex(@"<[^>]{1,2000}>|<!--|-->", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,8000}={0,2}(?![A-Za-z0-9+/_-])", RegexOptions.CultureInvariant)]
    private static partial Regex Base64();

    [GeneratedRegex(@"(?<![0-9A-Fa-f])[0-9A-Fa-f]{24,8000}(?![0-9A-Fa-f])", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"(?:\b\w[ ]{1,3}){8,}\w\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaced();

    [GeneratedRegex(@"(?=\w*[A-Za-z])(?=\w*[^\x00-\x7F])\w+", RegexOptions.CultureInvariant)]
    private static partial Regex MixedWord();
}
