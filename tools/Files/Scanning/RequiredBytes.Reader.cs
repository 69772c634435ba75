using System.Text;

namespace Agent.Tools.Files.Scanning;

/// <summary>How a regular expression is put together: alternatives, sequences, repetitions, groups.</summary>
internal sealed partial class RequiredBytes
{
    private sealed partial class Reader(string pattern, bool ignoreCase)
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
    }
}
