using System.Text;

namespace Agent.Tools.Files.Scanning;

/// <summary>
/// What every match of a pattern must contain: at least one of some short sequences of byte sets. From a literal it is the literal,
/// from <c>(readOnly|destructive)Hint</c> two literals, from <c>[A-Z][0-9]{3}</c> one sequence of four sets.
/// It is what a vector search and the index look for before the regular expression is asked.
/// </summary>
internal sealed class RequiredBytes
{
    private const int MaxAlternatives = 64;
    private const int MaxLength = 32;

    /// <summary>The sequences; at least one, none empty.</summary>
    public required IReadOnlyList<ByteSet[]> Sequences { get; init; }

    /// <summary>Whether finding a sequence is a match, so that nothing else need be asked.</summary>
    public bool IsWholePattern { get; init; }

    /// <summary>How likely a place in a text is a false candidate; the smaller, the better the filter.</summary>
    public double Likelihood { get; init; }

    /// <summary>Of a literal.</summary>
    public static RequiredBytes? FromLiteral(string literal, bool ignoreCase)
    {
        var sets = new List<ByteSet>();
        foreach (var value in Encoding.UTF8.GetBytes(literal))
        {
            if (ignoreCase && value >= 0x80)
            {
                return null;
            }

            sets.Add(ignoreCase ? ByteSet.Of(value).FoldCase() : ByteSet.Of(value));
        }

        return new RequiredBytes { Sequences = [[.. sets]], IsWholePattern = true, Likelihood = Score([[.. sets]]) };
    }

    /// <summary>Of a regular expression in .NET's syntax; null where nothing can be said.</summary>
    public static RequiredBytes? FromRegex(string pattern, bool ignoreCase)
    {
        var part = new Reader(pattern, ignoreCase).ReadAll();
        if (part is null)
        {
            return null;
        }

        var best = part.Best;
        return best is null ? null : new RequiredBytes
        {
            Sequences = best,
            IsWholePattern = part.Exact == best && !part.HasAssertions && part.Sequences.All(sequence => !sequence.Open),
            Likelihood = Score(best),
        };
    }

    private static double Score(IReadOnlyList<ByteSet[]> sequences) => sequences.Sum(WindowLikelihood);

    private static double WindowLikelihood(ByteSet[] sets)
    {
        var best = 1.0;
        for (var start = 0; start == 0 || start + 3 <= sets.Length; start++)
        {
            var product = 1.0;
            for (var i = start; i < Math.Min(start + 3, sets.Length); i++)
            {
                product *= sets[i].Likelihood;
            }

            best = Math.Min(best, product);
        }

        return best;
    }

    // Open: the match goes on after it in a way not told here.
    private readonly record struct Sequence(ByteSet[] Sets, bool Open);

    private sealed class Part
    {
        /// <summary>All the texts it can match, cut where open; null where there are too many.</summary>
        public List<Sequence>? All { get; init; }

        public IReadOnlyList<Sequence> Sequences => All ?? [];

        public IReadOnlyList<ByteSet[]>? Exact { get; init; }

        public IReadOnlyList<ByteSet[]>? Best { get; init; }

        public bool HasAssertions { get; init; }

        public static Part Unknown(bool assertions = false) => new() { HasAssertions = assertions };

        public static Part Of(List<Sequence> all, bool assertions, IReadOnlyList<ByteSet[]>? inner = null)
        {
            IReadOnlyList<ByteSet[]>? exact = all.Count > 0 && all.All(sequence => sequence.Sets.Length > 0)
                ? [.. all.Select(sequence => sequence.Sets)]
                : null;
            return new Part { All = all, Exact = exact, Best = Better(exact, inner), HasAssertions = assertions };
        }

        public static IReadOnlyList<ByteSet[]>? Better(IReadOnlyList<ByteSet[]>? x, IReadOnlyList<ByteSet[]>? y) =>
            x is null ? y : y is null || Score(x) <= Score(y) ? x : y;
    }

    private sealed class Reader(string pattern, bool ignoreCase)
    {
        private int at;
        private int depth;

        public Part? ReadAll()
        {
            try
            {
                var part = ReadAlternatives();
                return at == pattern.Length ? part : null;
            }
            catch (FormatException)
            {
                // Syntax that is not told here; the engine itself will say whether it is wrong.
                return null;
            }
        }

        private Part ReadAlternatives()
        {
            if (++depth > 100)
            {
                throw new FormatException();
            }

            var saved = ignoreCase;
            var parts = new List<Part> { ReadSequence() };
            while (at < pattern.Length && pattern[at] == '|')
            {
                at++;
                parts.Add(ReadSequence());
            }

            ignoreCase = saved;
            depth--;
            if (parts.Count == 1)
            {
                return parts[0];
            }

            var assertions = parts.Any(part => part.HasAssertions);
            var best = parts.All(part => part.Best is not null) ? parts.SelectMany(part => part.Best!).ToList() : null;
            best = best?.Count > MaxAlternatives ? null : best;
            return parts.All(part => part.All is not null) && parts.Sum(part => part.All!.Count) <= MaxAlternatives
                ? Part.Of([.. parts.SelectMany(part => part.All!)], assertions, best)
                : new Part { Best = best, HasAssertions = assertions };
        }

        private Part ReadSequence()
        {
            var current = new List<Sequence> { new([], false) };
            IReadOnlyList<ByteSet[]>? best = null;
            var whole = true;
            var assertions = false;
            while (at < pattern.Length && pattern[at] is not ('|' or ')'))
            {
                var part = ReadQuantified();
                assertions |= part.HasAssertions;
                best = Part.Better(best, part.Best);
                if (part.All is null || !TryAppend(current, part.All, out var next))
                {
                    best = Part.Better(best, Part.Of(current, false).Exact);
                    whole = false;
                    current = part.All is null ? [new([], false)] : [.. part.All];
                    next = current;
                }

                current = next;
                if (current.All(sequence => sequence.Open))
                {
                    best = Part.Better(best, Part.Of(current, false).Exact);
                    whole &= at == pattern.Length || pattern[at] is '|' or ')';
                    if (!whole)
                    {
                        current = [new([], false)];
                    }
                }
            }

            var tail = Part.Of(current, assertions, best);
            return whole ? tail : new Part { Best = tail.Best, HasAssertions = assertions };
        }

        private static bool TryAppend(List<Sequence> left, List<Sequence> right, out List<Sequence> result)
        {
            result = [];
            foreach (var first in left)
            {
                if (first.Open)
                {
                    result.Add(first);
                    continue;
                }

                foreach (var second in right)
                {
                    result.Add(first.Sets.Length + second.Sets.Length > MaxLength
                        ? new Sequence([.. first.Sets, .. second.Sets.AsSpan(0, MaxLength - first.Sets.Length)], true)
                        : new Sequence([.. first.Sets, .. second.Sets], second.Open));
                }

                if (result.Count > MaxAlternatives / 2)
                {
                    return false;
                }
            }

            return true;
        }

        private Part ReadQuantified()
        {
            var part = ReadAtom();
            if (at >= pattern.Length)
            {
                return part;
            }

            int least, most;
            switch (pattern[at])
            {
                case '*':
                    (least, most) = (0, int.MaxValue);
                    at++;
                    break;
                case '+':
                    (least, most) = (1, int.MaxValue);
                    at++;
                    break;
                case '?':
                    (least, most) = (0, 1);
                    at++;
                    break;
                case '{' when TryReadCounts(out least, out most):
                    break;
                default:
                    return part;
            }

            if (at < pattern.Length && pattern[at] is '?' or '+')
            {
                // Lazy matches the same lines. A second + is no .NET syntax.
                at++;
            }

            return Repeat(part, least, most);
        }

        private static Part Repeat(Part part, int least, int most)
        {
            if (least == 0)
            {
                return most == 1 && part.All is { Count: < 8 } once
                    ? Part.Of([.. once, new Sequence([], false)], part.HasAssertions)
                    : Part.Unknown(part.HasAssertions);
            }

            if (part.All is null)
            {
                return part;
            }

            var all = new List<Sequence> { new([], false) };
            for (var i = 0; i < Math.Min(least, MaxLength); i++)
            {
                if (!TryAppend(all, part.All, out var next))
                {
                    return new Part { Best = part.Best, HasAssertions = part.HasAssertions };
                }

                all = next;
            }

            var open = most != least || least > MaxLength;
            return Part.Of(open ? [.. all.Select(sequence => sequence with { Open = true })] : all, part.HasAssertions, part.Best);
        }

        private bool TryReadCounts(out int least, out int most)
        {
            least = most = 0;
            var end = pattern.IndexOf('}', at);
            if (end < 0)
            {
                return false;
            }

            var parts = pattern[(at + 1)..end].Split(',');
            if (parts.Length > 2 || !int.TryParse(parts[0], System.Globalization.NumberStyles.None, null, out least))
            {
                return false;
            }

            most = parts.Length == 1 ? least : parts[1].Length == 0 ? int.MaxValue : int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out var number) ? number : -1;
            if (most < 0)
            {
                return false;
            }

            at = end + 1;
            return true;
        }

        private Part ReadAtom()
        {
            var c = pattern[at++];
            switch (c)
            {
                case '(':
                    return ReadGroup();
                case '[':
                    return ReadClass();
                case '.':
                    return Part.Of([new([ByteSet.Any with { C = 0, D = 0 }], false), new([ByteSet.NonAscii], true)], false);
                case '^' or '$':
                    return Part.Of([new([], false)], true);
                case '\\':
                    return ReadEscape();
                case '*' or '+' or '?':
                    throw new FormatException();
                default:
                    if (char.IsHighSurrogate(c) && at < pattern.Length && char.IsLowSurrogate(pattern[at]))
                    {
                        return Literal(char.ConvertToUtf32(c, pattern[at++]));
                    }

                    return Literal(c);
            }
        }

        private Part Literal(int codePoint)
        {
            if (codePoint == '\n')
            {
                // Never in a line.
                return Part.Unknown();
            }

            if (codePoint < 0x80)
            {
                var set = ByteSet.Of((byte)codePoint);
                return Part.Of([new([ignoreCase ? set.FoldCase() : set], false)], false);
            }

            if (ignoreCase || !Rune.IsValid(codePoint))
            {
                return Part.Unknown();
            }

            Span<byte> bytes = stackalloc byte[4];
            var length = new Rune(codePoint).EncodeToUtf8(bytes);
            return Part.Of([new([.. bytes[..length].ToArray().Select(ByteSet.Of)], false)], false);
        }

        private Part ReadGroup()
        {
            var savedCase = ignoreCase;
            var lookaround = false;
            if (at < pattern.Length && pattern[at] == '?')
            {
                var rest = pattern.AsSpan(at);
                if (rest.StartsWith("?:"))
                {
                    at += 2;
                }
                else if (rest.StartsWith("?=") || rest.StartsWith("?!"))
                {
                    at += 2;
                    lookaround = true;
                }
                else if (rest.StartsWith("?<=") || rest.StartsWith("?<!"))
                {
                    at += 3;
                    lookaround = true;
                }
                else if (rest.StartsWith("?>"))
                {
                    at += 2;
                }
                else if (rest.StartsWith("?<") || rest.StartsWith("?'"))
                {
                    var end = pattern.IndexOf(rest[1] == '<' ? '>' : '\'', at + 2);
                    if (end < 0 || pattern.AsSpan(at, end - at).Contains('-'))
                    {
                        throw new FormatException();
                    }

                    at = end + 1;
                }
                else
                {
                    return ReadOptions();
                }
            }

            var part = ReadAlternatives();
            if (at >= pattern.Length || pattern[at++] != ')')
            {
                throw new FormatException();
            }

            ignoreCase = savedCase;
            return lookaround ? Part.Of([new([], false)], true) : part;
        }

        private Part ReadOptions()
        {
            var on = true;
            var set = ignoreCase;
            for (at++; at < pattern.Length; at++)
            {
                switch (pattern[at])
                {
                    case '-':
                        on = false;
                        break;
                    case 'i':
                        set = on;
                        break;
                    case 's' or 'm' or 'n':
                        break;
                    case ')':
                        // To the end of the enclosing group; ReadAlternatives puts it back there.
                        at++;
                        ignoreCase = set;
                        return Part.Of([new([], false)], false);
                    case ':':
                        at++;
                        var saved = ignoreCase;
                        ignoreCase = set;
                        var part = ReadAlternatives();
                        ignoreCase = saved;
                        return at < pattern.Length && pattern[at++] == ')' ? part : throw new FormatException();
                    default:
                        throw new FormatException();
                }
            }

            throw new FormatException();
        }

        private Part ReadEscape()
        {
            if (at >= pattern.Length)
            {
                throw new FormatException();
            }

            var c = pattern[at++];
            switch (c)
            {
                case 'b' or 'B' or 'A' or 'z' or 'Z' or 'G':
                    return Part.Of([new([], false)], true);
                case 'd' or 'w' or 's':
                    return Part.Of([new([Shorthand(c)], false), new([ByteSet.NonAscii], true)], false);
                case 'D' or 'W' or 'S':
                    return Part.Of([new([Complement(Shorthand(char.ToLowerInvariant(c)))], false), new([ByteSet.NonAscii], true)], false);
                case 'k' or 'p' or 'P' or (>= '1' and <= '9'):
                    if (c is 'k' or 'p' or 'P')
                    {
                        var end = pattern.IndexOfAny(['}', '>'], at);
                        at = end < 0 ? throw new FormatException() : end + 1;
                    }

                    return Part.Unknown();
                default:
                    return TryReadCharacterEscape(c, out var codePoint) ? Literal(codePoint) : throw new FormatException();
            }
        }

        private bool TryReadCharacterEscape(char c, out int codePoint)
        {
            codePoint = c switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'f' => '\f',
                'v' => '\v',
                'a' => '\a',
                'e' => 27,
                'x' => ReadHex(2),
                'u' => ReadHex(4),
                _ when !char.IsAsciiLetterOrDigit(c) && c != '_' => c,
                _ => -1,
            };
            return codePoint >= 0;
        }

        private int ReadHex(int digits)
        {
            if (at + digits > pattern.Length
                || !int.TryParse(pattern.AsSpan(at, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
            {
                throw new FormatException();
            }

            at += digits;
            return value;
        }

        private Part ReadClass()
        {
            var negated = at < pattern.Length && pattern[at] == '^';
            at += negated ? 1 : 0;
            var set = default(ByteSet);
            var beyondAscii = false;
            for (var first = true; ; first = false)
            {
                if (at >= pattern.Length)
                {
                    throw new FormatException();
                }

                var c = pattern[at++];
                if (c == ']' && !first)
                {
                    break;
                }

                int from = c;
                if (c == '[' && at < pattern.Length && pattern[at] == ':')
                {
                    throw new FormatException();
                }

                if (c == '\\')
                {
                    var escape = pattern[at++];
                    if (escape is 'd' or 'w' or 's')
                    {
                        set = set.Union(Shorthand(escape));
                        beyondAscii = true;
                        continue;
                    }

                    if (escape is 'D' or 'W' or 'S' or 'p' or 'P' || (escape != 'b' && !TryReadCharacterEscape(escape, out from)))
                    {
                        throw new FormatException();
                    }

                    from = escape == 'b' ? '\b' : from;
                }

                var to = from;
                if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
                {
                    at++;
                    if (pattern[at] == '[')
                    {
                        // Subtraction.
                        throw new FormatException();
                    }

                    to = pattern[at++];
                    if (to == '\\' && !TryReadCharacterEscape(pattern[at++], out to))
                    {
                        throw new FormatException();
                    }
                }

                for (var value = from; value <= Math.Min(to, 0x7f); value++)
                {
                    set = set.With((byte)value);
                }

                beyondAscii |= to >= 0x80;
            }

            set = ignoreCase ? set.FoldCase() : set;
            if (negated)
            {
                set = Complement(set);
                beyondAscii = true;
            }

            var all = new List<Sequence>();
            if (!set.IsEmpty)
            {
                all.Add(new([set], false));
            }

            if (beyondAscii)
            {
                all.Add(new([ByteSet.NonAscii], true));
            }

            return Part.Of(all, false);
        }

        // The ASCII part; what lies beyond is added as NonAscii.
        private static ByteSet Shorthand(char c)
        {
            var set = default(ByteSet);
            for (var value = 0; value < 0x80; value++)
            {
                if (c switch
                {
                    'd' => char.IsAsciiDigit((char)value),
                    'w' => char.IsAsciiLetterOrDigit((char)value) || value == '_',
                    _ => char.IsWhiteSpace((char)value) && value != '\n',
                })
                {
                    set = set.With((byte)value);
                }
            }

            return set;
        }

        private static ByteSet Complement(ByteSet set) => new(~set.A & ~(1UL << '\n'), ~set.B, 0, 0);
    }
}
