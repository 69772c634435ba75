namespace Agent.Tools.Files.Scanning;

/// <summary>The characters of a regular expression: escapes and classes.</summary>
internal sealed partial class RequiredBytes
{
    private sealed partial class Reader
    {
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
