using System.Text.RegularExpressions;
using Spectre.Console;

namespace Agent.Cli.Rendering;

/// <summary>A light colouring of code that fits most languages: comments, strings, numbers, and the words that languages share.</summary>
internal static partial class CodeColors
{
    private static readonly Style Comment = new(Color.Grey);
    private static readonly Style Text = new(Color.Green);
    private static readonly Style Number = new(Color.Teal);
    private static readonly Style Word = new(Color.Purple);

    public static Paragraph Paint(string line, string? language, TerminalStyle style)
    {
        var paragraph = new Paragraph();
        if (!style.Color || language is "text" or "txt")
        {
            return paragraph.Append(line);
        }

        if (language is "diff" or "patch")
        {
            return paragraph.Append(line, line.StartsWith('+') ? style.Good : line.StartsWith('-') ? style.Bad : line.StartsWith('@') ? style.Dim : Style.Plain);
        }

        var at = 0;
        foreach (Match match in Token().Matches(line))
        {
            paragraph.Append(line[at..match.Index]);
            paragraph.Append(match.Value, match.Groups["comment"].Success ? Comment : match.Groups["text"].Success ? Text : match.Groups["number"].Success ? Number : Word);
            at = match.Index + match.Length;
        }

        return paragraph.Append(line[at..]);
    }

    [GeneratedRegex(
        """(?<comment>//.*$|--\s.*$|(?<=^|\s)#\s.*$)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\b\d[\d_.]*\b)|\b(?<word>abstract|and|as|async|await|begin|bool|break|by|case|catch|class|const|continue|def|delete|do|else|end|enum|except|false|finally|fn|for|foreach|from|func|function|group|having|if|import|in|inner|insert|int|interface|internal|into|is|join|let|limit|match|namespace|new|nil|none|not|null|on|or|order|override|package|private|protected|public|readonly|record|return|sealed|select|set|static|string|struct|switch|table|this|throw|true|try|type|union|update|using|values|var|void|where|while|with|yield)\b""",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Token();
}
