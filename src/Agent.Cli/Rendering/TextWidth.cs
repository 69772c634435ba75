using System.Globalization;
using System.Text;

namespace Agent.Cli.Rendering;

/// <summary>How many columns text takes on a terminal (UAX 11: wide characters take two, combining ones none).</summary>
internal static class TextWidth
{
    public static int Of(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x20 || value is >= 0x7f and < 0xa0)
        {
            return 0;
        }

        if (value < 0x300)
        {
            return 1;
        }

        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            ? 0
            : IsWide(value) ? 2 : 1;
    }

    public static int Of(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    /// <summary>The width of text that holds ANSI sequences, which take none.</summary>
    public static int OfAnsi(string text)
    {
        var width = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\e')
            {
                i = AfterSequence(text, i);
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            width += Of(rune);
            i += length;
        }

        return width;
    }

    /// <summary>The text up to a width, with every ANSI sequence kept.</summary>
    public static string CutAnsi(string text, int width)
    {
        if (text.Length <= width && !text.Contains('\e', StringComparison.Ordinal) && Of(text) <= width)
        {
            return text;
        }

        var cut = new StringBuilder(text.Length);
        var taken = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\e')
            {
                var end = AfterSequence(text, i);
                cut.Append(text, i, end - i);
                i = end;
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            taken += Of(rune);
            if (taken <= width)
            {
                cut.Append(text, i, length);
            }

            i += length;
        }

        return cut.ToString();
    }

    private static int AfterSequence(string text, int start)
    {
        var i = start + 1;
        if (i < text.Length && text[i] == '[')
        {
            i++;
            while (i < text.Length && text[i] is < '@' or > '~')
            {
                i++;
            }
        }

        return Math.Min(text.Length, i + 1);
    }

    private static bool IsWide(int value) => value is
        >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0x303e or >= 0x3041 and <= 0x33ff or >= 0x3400 and <= 0x4dbf or >= 0x4e00 and <= 0x9fff or
        >= 0xa000 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3 or >= 0xf900 and <= 0xfaff or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or
        >= 0xffe0 and <= 0xffe6 or >= 0x1f300 and <= 0x1f64f or >= 0x1f680 and <= 0x1f6ff or >= 0x1f900 and <= 0x1f9ff or >= 0x20000 and <= 0x3fffd;
}
