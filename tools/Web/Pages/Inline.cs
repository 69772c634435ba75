using System.Text;

namespace Agent.Tools.Web.Pages;

/// <summary>Text as HTML shows it: white space is one space.</summary>
internal static class Inline
{
    public static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        AppendCollapsed(result, text);
        return result.ToString();
    }

    /// <summary>Appends text, with no second space after one that is there.</summary>
    public static void AppendCollapsed(StringBuilder target, string text)
    {
        foreach (var c in text)
        {
            if (c is ' ' or '\t' or '\r' or '\n' or '\f' or '\u00A0')
            {
                if (target.Length > 0 && target[^1] is not (' ' or '\n'))
                {
                    target.Append(' ');
                }
            }
            else if (!IsHidden(c))
            {
                target.Append(c);
            }
        }
    }

    // Characters without width carry messages that no person sees.
    private static bool IsHidden(char c) => c is '\u200B' or '\u2060' or '\uFEFF' or '\u00AD' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') || (char.IsControl(c) && c != '\n');
}
