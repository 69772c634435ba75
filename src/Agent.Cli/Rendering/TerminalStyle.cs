using Spectre.Console;
using Spectre.Console.Rendering;

namespace Agent.Cli.Rendering;

/// <summary>What the terminal can show, and what things look like on it.</summary>
/// <param name="Color">Whether colours and weights are sent.</param>
/// <param name="Unicode">Whether characters beyond ASCII are drawn by us; an answer keeps its own.</param>
internal sealed record TerminalStyle(bool Color, bool Unicode)
{
    public Style Heading { get; } = new(Spectre.Console.Color.Aqua, decoration: Decoration.Bold);

    public Style Strong { get; } = new(decoration: Decoration.Bold);

    public Style Emphasis { get; } = new(decoration: Decoration.Italic);

    public Style Strike { get; } = new(decoration: Decoration.Strikethrough);

    public Style Code { get; } = new(Spectre.Console.Color.Olive);

    public Style Link { get; } = new(Spectre.Console.Color.Blue, decoration: Decoration.Underline);

    public Style Dim { get; } = new(Spectre.Console.Color.Grey);

    public Style Good { get; } = new(Spectre.Console.Color.Green);

    public Style Bad { get; } = new(Spectre.Console.Color.Red);

    public Style Warning { get; } = new(Spectre.Console.Color.Yellow);

    /// <summary>What the environment says: NO_COLOR (no-color.org), TERM, the locale.</summary>
    public static TerminalStyle Detect(Func<string, string?> environment, bool isTerminal)
    {
        var locale = environment("LC_ALL") is { Length: > 0 } all ? all : environment("LC_CTYPE") is { Length: > 0 } type ? type : environment("LANG") ?? string.Empty;
        var unicode = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        var color = isTerminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not (null or "" or "dumb");
        return new TerminalStyle(color, unicode);
    }

    /// <summary>
    /// Text as the terminal can show it: without Unicode, the dashes, dots, quotes, marks and lines that we and most models write
    /// become ASCII of the same width; letters stay what they are.
    /// </summary>
    public string Fit(string text)
    {
        if (Unicode || System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                var at = Fancy.IndexOf(from[i], StringComparison.Ordinal);
                span[i] = at < 0 ? from[i] : Plain[at];
            }
        });
    }

    private const string Fancy = "…·•—–‘’“”│─┌┐└┘├┤┬┴┼╭╮╰╯✓✗☑☐☒▶◦→≥≤×";
    private const string Plain = "~|*--''\"\"|-+++++++++++++vxxo->o>><x";

    /// <summary>Something drawn by the library, as lines of at most <paramref name="width"/> columns.</summary>
    public List<string> Lines(IRenderable content, int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new FixedOutput(output, width),
        });
        console.Profile.Capabilities.Unicode = Unicode;
        console.Write(content);
        var text = output.ToString().Replace("\r", string.Empty, StringComparison.Ordinal);
        var lines = text.Split('\n').Select(static line => line.TrimEnd(' ')).ToList();
        if (lines.Count > 1 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    /// <summary>A piece of text with its style, for a line that is put together by hand.</summary>
    public string Paint(string text, Style style) => Color && text.Length > 0 ? $"{Code256(style)}{text}\e[0m" : text;

    private static string Code256(Style style)
    {
        var codes = new List<string>();
        if (style.Decoration.HasFlag(Decoration.Bold))
        {
            codes.Add("1");
        }

        if (style.Decoration.HasFlag(Decoration.Italic))
        {
            codes.Add("3");
        }

        if (style.Decoration.HasFlag(Decoration.Underline))
        {
            codes.Add("4");
        }

        if (style.Foreground != Spectre.Console.Color.Default)
        {
            codes.Add($"38;5;{Array.FindIndex(Known, known => known == style.Foreground)}");
        }

        return codes.Count == 0 ? string.Empty : $"\e[{string.Join(';', codes)}m";
    }

    private static readonly Color[] Known = [.. Enumerable.Range(0, 16).Select(static number => Spectre.Console.Color.FromInt32(number))];

    private sealed class FixedOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => 1000;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
