using System.Text;
using System.Text.RegularExpressions;
using Agent.Tools.Files.Scanning;
using FsCheck.Xunit;

namespace Agent.Tools.Files.Tests.Scanning;

public sealed class FinderTests
{
    private static readonly string[] Literals = ["a", "ab", "needle", "Needle needle", "naïve", "xyzxyzxyz", "bb", "日本", "0aA9_bZ"];

    private static readonly string[] Expressions =
    [
        "needle", "(ab|needle|xyz)+q?", "[A-Z][0-9]{2}[a-c]", "a.*needle", "needle$", "^ab", "(?:a|b){2,3}xyz", "\\bneedle\\b", "x?yz", "[^a]needle",
        "(readOnly|destructive|need)Hint|xyzx", "\\d\\d\\d", "\\w+needle", "(?i)NEEDLE", "na.ve", "[日本]x", "(a|b|c|d|e|f|g|h|i)(1|2|3)", "a{0}b", "((((ab))))", "needle|",
        "\\x41b", "(?<name>ab)xyz", "ab|cd|ef|gh|ij|kl|mn|op|qr|st", "\\.cs", "[a-fA-F0-9]{4}-[a-f]", "\\S\\s\\d", "(alpha|epsilonEps).*delta",
    ];

    [Property(MaxTest = 400)]
    public bool Pattern_AnyText_FindsTheLinesThatTheEngineFinds(int seed)
    {
        var random = new Random(seed);
        var isRegex = random.Next(2) == 0;
        var ignoreCase = random.Next(3) == 0;
        var source = isRegex ? Expressions[random.Next(Expressions.Length)] : Literals[random.Next(Literals.Length)];
        var text = Text(random);
        var pattern = Pattern.Parse(source, isRegex, ignoreCase, wholeWord: false);
        var engine = new Regex(isRegex ? source : Regex.Escape(source), RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));

        var expected = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (engine.IsMatch(line))
            {
                expected.Add(line);
            }
        }

        if (expected.Count > 0 && text.EndsWith('\n') && expected[^1].Length == 0)
        {
            // What follows the last line break is no line.
            expected.RemoveAt(expected.Count - 1);
        }

        // What lies behind the text in a buffer is of no concern.
        var buffer = Encoding.UTF8.GetBytes(text + string.Concat(Enumerable.Repeat(isRegex ? "needle ab xyz A11a\n" : source, 30)));
        var bytes = buffer.AsSpan(0, Encoding.UTF8.GetByteCount(text));
        var actual = new List<string>();
        var from = 0;
        var scratch = new LineScratch();
        while (pattern.TryFindLine(bytes, ref from, scratch, out var start, out var end))
        {
            actual.Add(Encoding.UTF8.GetString(bytes[start..end]));
        }

        Assert.True(expected.SequenceEqual(actual), $"{source} (regex {isRegex}, case {!ignoreCase}) in {text}\nexpected {string.Join('|', expected)}\nactual {string.Join('|', actual)}");
        return true;
    }

    private static string Text(Random random)
    {
        string[] pieces =
        [
            "needle", "Needle", "NEEDLE", "ab", "AB", "xyz", "naïve", "\n", "\n", " ", "a", "b", "A1", "12a", "日本", "x", "readOnlyHint", "q", ".cs", "00ff-a", "Z99b", "0aA9_bZ", "\n\n", "cdefgh", "k", "alpha", "delta", "epsilonEpsilon", "beta",
        ];
        var text = new StringBuilder();
        for (var i = random.Next(120); i > 0; i--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
            if (random.Next(20) == 0)
            {
                text.Append('y', random.Next(90));
            }
        }

        return text.ToString();
    }
}
