using System.Globalization;
using System.Text;

namespace Agent.Cli.Rendering;

/// <summary>Text from elsewhere made fit for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>Text whose line breaks and tabs stay and whose other control and invisible characters are spelled out.</summary>
    public static string Clean(string text) => Spell(text, static rune => rune.Value is '\n' or '\t');

    /// <summary>One line: line breaks are spelled out too.</summary>
    public static string Line(string text) => Spell(text, static rune => rune.Value == '\t');

    /// <summary>One line of at most so many columns.</summary>
    public static string Line(string text, int columns)
    {
        var line = Line(text.Length > columns * 4 ? text[..(columns * 4)] : text);
        if (line.Length == text.Length && TextWidth.Of(line) <= columns)
        {
            return line;
        }

        var cut = new StringBuilder();
        var width = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            width += TextWidth.Of(rune);
            if (width > columns - 1)
            {
                return cut.Append('…').ToString();
            }

            cut.Append(rune);
        }

        return cut.ToString();
    }

    private static string Spell(string text, Func<Rune, bool> stays)
    {
        StringBuilder? changed = null;
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsHidden(rune) && !stays(rune))
            {
                changed ??= new StringBuilder(text, 0, index, text.Length + 16);
                changed.Append(rune.Value switch { '\n' => "\\n", '\r' => "\\r", var value => $"\\u{{{value:x}}}" });
            }
            else
            {
                changed?.Append(rune);
            }

            index += rune.Utf16SequenceLength;
        }

        return changed?.ToString() ?? text;
    }

    /// <summary>Joiners of emoji and of some scripts are not hidden: without them, names are misspelled.</summary>
    private static bool IsHidden(Rune rune) => rune.Value is not (0x200c or 0x200d) && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;
}
