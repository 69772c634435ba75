using System.Text;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Walking;

/// <summary>
/// A glob over a path with <c>/</c>: <c>*</c> and <c>?</c> stay within a name, <c>**</c> crosses names, <c>[a-z]</c>, <c>[!a]</c>,
/// <c>{a,b}</c>, and a backslash takes the next character as it is. Linear in pattern times path, whatever the pattern.
/// </summary>
internal sealed class Glob
{
    private enum TokenKind
    {
        Literal,
        One,
        Many,
        Class,

        /// <summary><c>**/</c>: any folders, or none.</summary>
        Folders,

        /// <summary><c>**</c> at the end: anything.</summary>
        Rest,
    }

    private readonly record struct Token(TokenKind Kind, char Literal = '\0', CharSet? Set = null);

    private sealed record CharSet(bool Negated, IReadOnlyList<(char From, char To)> Ranges)
    {
        public bool Contains(char c) => c != '/' && Negated != Ranges.Any(range => c >= range.From && c <= range.To);
    }

    private readonly Token[] tokens;
    private readonly string? exactName;
    private readonly string? nameSuffix;

    private Glob(Token[] tokens)
    {
        this.tokens = tokens;
        if (tokens is [{ Kind: TokenKind.Folders }, ..])
        {
            // The two shapes that nearly every pattern has: **/name and **/*suffix.
            var rest = tokens.AsSpan(1);
            if (rest.Length > 0 && AllLiteral(rest))
            {
                exactName = ToText(rest);
            }
            else if (rest.Length > 1 && rest[0].Kind == TokenKind.Many && AllLiteral(rest[1..]))
            {
                nameSuffix = ToText(rest[1..]);
            }
        }

        static bool AllLiteral(ReadOnlySpan<Token> span)
        {
            foreach (var token in span)
            {
                if (token.Kind != TokenKind.Literal || token.Literal == '/')
                {
                    return false;
                }
            }

            return true;
        }

        static string ToText(ReadOnlySpan<Token> span)
        {
            var text = new StringBuilder();
            foreach (var token in span)
            {
                text.Append(token.Literal);
            }

            return text.ToString();
        }
    }

    /// <summary>Reads a glob; alternatives in braces become globs of their own.</summary>
    /// <exception cref="ToolException">It is none, or has too many alternatives.</exception>
    public static IReadOnlyList<Glob> Parse(string pattern) =>
        [.. ExpandBraces(pattern, 0).Select(one => new Glob(Tokenize(one, pattern)))];

    /// <summary>A glob of a tool's argument: without a slash it matches a name anywhere, with one a path from the root.</summary>
    public static IReadOnlyList<Glob> ParseArgument(string pattern)
    {
        if (pattern.Length is 0 or > 1000)
        {
            throw new ToolException("A glob must have 1 to 1,000 characters, for example *.cs or src/**/*.md.");
        }

        var anchored = pattern.StartsWith('/') ? pattern[1..] : pattern.TrimEnd('/').Contains('/', StringComparison.Ordinal) ? pattern : "**/" + pattern;
        if (anchored.EndsWith('/'))
        {
            anchored += "**";
        }

        return Parse(anchored);
    }

    /// <summary>Whether a path matches as a whole.</summary>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        if (exactName is not null)
        {
            return path.EndsWith(exactName) && (path.Length == exactName.Length || path[^(exactName.Length + 1)] == '/');
        }

        if (nameSuffix is not null)
        {
            return path.EndsWith(nameSuffix);
        }

        // The last * and the last **/ are the only places to come back to.
        int token = 0, at = 0, starToken = -1, starAt = 0, foldersToken = -1, foldersAt = 0;
        while (true)
        {
            if (token < tokens.Length)
            {
                var current = tokens[token];
                if (current.Kind == TokenKind.Rest)
                {
                    return at < path.Length || tokens.Length == 1;
                }

                if (current.Kind == TokenKind.Folders)
                {
                    foldersToken = ++token;
                    foldersAt = at;
                    starToken = -1;
                    continue;
                }

                if (current.Kind == TokenKind.Many)
                {
                    starToken = ++token;
                    starAt = at;
                    continue;
                }

                if (at < path.Length && Fits(current, path[at]))
                {
                    token++;
                    at++;
                    continue;
                }
            }
            else if (at == path.Length)
            {
                return true;
            }

            if (starToken >= 0 && starAt < path.Length && path[starAt] != '/')
            {
                token = starToken;
                at = ++starAt;
                continue;
            }

            if (foldersToken >= 0 && path[foldersAt..].IndexOf('/') is >= 0 and var slash)
            {
                foldersAt += slash + 1;
                token = foldersToken;
                at = foldersAt;
                starToken = -1;
                continue;
            }

            return false;
        }
    }

    private static bool Fits(in Token token, char c) => token.Kind switch
    {
        TokenKind.Literal => token.Literal == c,
        TokenKind.One => c != '/',
        _ => token.Set!.Contains(c),
    };

    private static Token[] Tokenize(string text, string whole)
    {
        var tokens = new List<Token>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when i + 1 < text.Length:
                    tokens.Add(new Token(TokenKind.Literal, text[++i]));
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.One));
                    break;
                case '*':
                    var start = i;
                    while (i + 1 < text.Length && text[i + 1] == '*')
                    {
                        i++;
                    }

                    var wholeName = i > start && (start == 0 || text[start - 1] == '/');
                    if (wholeName && i + 1 == text.Length)
                    {
                        tokens.Add(new Token(TokenKind.Rest));
                    }
                    else if (wholeName && text[i + 1] == '/')
                    {
                        i++;
                        if (tokens is not [.., { Kind: TokenKind.Folders }])
                        {
                            tokens.Add(new Token(TokenKind.Folders));
                        }
                    }
                    else
                    {
                        tokens.Add(new Token(TokenKind.Many));
                    }

                    break;
                case '[':
                    tokens.Add(ReadClass(text, ref i, whole));
                    break;
                default:
                    tokens.Add(new Token(TokenKind.Literal, text[i]));
                    break;
            }
        }

        return [.. tokens];
    }

    private static Token ReadClass(string text, ref int i, string whole)
    {
        var at = i + 1;
        var negated = at < text.Length && text[at] is '!' or '^';
        at += negated ? 1 : 0;
        var ranges = new List<(char, char)>();
        for (var first = true; ; first = false)
        {
            if (at >= text.Length)
            {
                throw new ToolException($"The glob '{whole}' has a '[' without a ']'; write \\[ for the character.");
            }

            if (text[at] == ']' && !first)
            {
                break;
            }

            var from = text[at] == '\\' && at + 1 < text.Length ? text[++at] : text[at];
            var to = from;
            if (at + 2 < text.Length && text[at + 1] == '-' && text[at + 2] != ']')
            {
                at += 2;
                to = text[at] == '\\' && at + 1 < text.Length ? text[++at] : text[at];
            }

            ranges.Add((from, to));
            at++;
        }

        i = at;
        return new Token(TokenKind.Class, Set: new CharSet(negated, ranges));
    }

    private static List<string> ExpandBraces(string pattern, int depth)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] == '{')
            {
                var parts = SplitBraces(pattern, i, out var end);
                var expanded = new List<string>();
                foreach (var part in parts)
                {
                    expanded.AddRange(ExpandBraces(string.Concat(pattern.AsSpan(0, i), part, pattern.AsSpan(end + 1)), depth + 1));
                    if (expanded.Count > 256 || depth > 16)
                    {
                        throw new ToolException("The glob has too many alternatives in braces; give several globs instead.");
                    }
                }

                return expanded;
            }
        }

        return [pattern];
    }

    private static List<string> SplitBraces(string pattern, int open, out int end)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = open + 1;
        for (var i = open; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '{':
                    depth++;
                    break;
                case ',' when depth == 1:
                    parts.Add(pattern[start..i]);
                    start = i + 1;
                    break;
                case '}' when --depth == 0:
                    parts.Add(pattern[start..i]);
                    end = i;
                    return parts;
                default:
                    break;
            }
        }

        throw new ToolException($"The glob '{pattern}' has a '{{' without a '}}'; write \\{{ for the character.");
    }
}
