using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;

namespace Agent.Models.Offline.Web;

/// <summary>A request, taken apart for finding an operation: the words that carry meaning, and what may be arguments.</summary>
internal sealed partial class OperationRequest
{
    private static readonly HashSet<string> Small = new(StringComparer.Ordinal)
    {
        "api", "using", "via", "service", "endpoint", "call", "operation", "get", "list", "show", "give", "find", "tell", "is", "are", "what", "which", "how", "many", "much", "me", "the", "current", "currently",
        "new", "want", "need", "please", "by", "with", "its", "details", "detail", "information", "info", "number", "no", "id", "called", "named", "it", "i", "do", "does", "did", "has", "have", "when", "will",
        "who", "where", "and", "or", "of", "for", "to", "in", "from", "on", "at", "a", "an", "there", "all", "every", "any", "our", "my", "your", "we", "you", "be", "can", "one", "now", "that", "this", "because", "reason", "status", "state", "kind", "like", "running", "date",
    };

    private readonly HashSet<int> _ofRows = [];

    private OperationRequest(string text, IReadOnlyList<Token> tokens, IReadOnlyList<string> codes)
    {
        Text = text;
        Tokens = tokens;
        Codes = codes;
        for (var i = 0; i < tokens.Count;)
        {
            var next = i + 1;
            for (var last = Math.Min(i + Lexicon.LongestPhrase, tokens.Count); last > i; last--)
            {
                var item = Lexicon.Find(string.Join(' ', tokens.Skip(i).Take(last - i).Select(static t => t.Lower)));
                if (item is null)
                {
                    continue;
                }

                if (item.Kind is ItemKind.Compare or ItemKind.Superlative or ItemKind.Aggregate or ItemKind.Count or ItemKind.Top or ItemKind.HowMuch)
                {
                    // These are asked of the rows that come back, with the number that a bound is followed by.
                    _ofRows.UnionWith(Enumerable.Range(i, last - i));
                    if (item.Kind == ItemKind.Compare && last < tokens.Count && tokens[last].Kind == TokenKind.Number)
                    {
                        _ofRows.Add(last);
                    }
                }

                if (last - i > 1 && item.Kind is ItemKind.Filler or ItemKind.Verb or ItemKind.Preposition or ItemKind.Ask)
                {
                    // "take place": no word of it says more.
                    _ofRows.UnionWith(Enumerable.Range(i, last - i));
                }

                next = last;
                break;
            }

            i = next;
        }
    }

    public string Text { get; }

    public IReadOnlyList<Token> Tokens { get; }

    /// <summary>What looks like an identifier: <c>TEA-ASSAM-250</c>, <c>AB12</c>.</summary>
    public IReadOnlyList<string> Codes { get; }

    public static OperationRequest Read(string text)
    {
        var codes = CodePattern().Matches(text).Select(static m => m.Value).Where(static c => (c.Any(char.IsAsciiDigit) || c.Contains('-', StringComparison.Ordinal)) && !DateOnly.TryParseExact(c, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)).ToList();
        var rest = codes.Aggregate(text, static (t, c) => t.Replace(c, new string(' ', c.Length), StringComparison.Ordinal));
        // "two seats" are 2 of them.
        var tokens = Tokenizer.Read(rest).Select(static t => t.Kind == TokenKind.Word && t.Lower != "one" && Lexicon.Find(t.Lower) is { Kind: ItemKind.Number } number ? t with { Kind = TokenKind.Number, Number = number.Number } : t).ToList();
        return new OperationRequest(text, tokens, codes);
    }

    /// <summary>Whether a word says something that an operation must account for.</summary>
    public bool Matters(int at) => !_ofRows.Contains(at) && Matters(Tokens[at]);

    /// <summary>Whether a number belongs to a bound on the rows and is no argument.</summary>
    public bool IsBound(int at) => _ofRows.Contains(at);

    private static bool Matters(Token token) =>
        token.Kind switch
        {
            TokenKind.Sign => false,
            TokenKind.Word => !Small.Contains(token.Lower) && Lexicon.Find(token.Lower)?.Kind is not (ItemKind.Filler or ItemKind.Ask or ItemKind.Preposition or ItemKind.Who or ItemKind.When or ItemKind.Count or ItemKind.HowMuch or ItemKind.Superlative or ItemKind.Top or ItemKind.Aggregate or ItemKind.With or ItemKind.And or ItemKind.Compare or ItemKind.Unit or ItemKind.Number or ItemKind.Sort or ItemKind.Direction or ItemKind.Per),
            _ => true,
        };

    [GeneratedRegex(@"\b(?=[A-Za-z0-9-]*[A-Z0-9])(?:[A-Z0-9]+(?:-[A-Z0-9]+)+|[A-Z]{1,4}\d{2,}|[a-z0-9]+-[a-z0-9-]*\d[a-z0-9-]*|[0-9a-f]{8}-[0-9a-f-]{27})\b")]
    private static partial Regex CodePattern();
}
