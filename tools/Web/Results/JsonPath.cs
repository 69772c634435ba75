using System.Globalization;
using System.Text.Json;

namespace Agent.Tools.Web.Results;

/// <summary>
/// JSONPath (RFC 9535): names, indexes, slices, wildcards, descendants, unions and filters with comparisons, existence and
/// <c>&amp;&amp; || !</c>; no functions. As people write it, too: the leading <c>$</c> may be left out.
/// </summary>
internal sealed class JsonPath
{
    private const int MostNodes = 200_000;

    private readonly List<Segment> _segments;

    private JsonPath(List<Segment> segments) => _segments = segments;

    private delegate void Selector(JsonElement node, JsonElement root, List<JsonElement> found);

    private sealed record Segment(bool Descendants, List<Selector> Selectors, bool Single);

    /// <summary>Whether it leads to one place at most.</summary>
    public bool IsSingular => _segments.TrueForAll(s => s is { Descendants: false, Single: true });

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <returns>The path, ready.</returns>
    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static JsonPath Parse(string text)
    {
        var reader = new Reader(text.Trim());
        var segments = reader.Path(start: true);
        reader.ExpectEnd();
        return new JsonPath(segments);
    }

    /// <summary>What it selects.</summary>
    /// <param name="root">The document.</param>
    /// <returns>The values, in the order of the document.</returns>
    public IReadOnlyList<JsonElement> Select(JsonElement root) => Run(_segments, root, root);

    private static List<JsonElement> Run(List<Segment> segments, JsonElement start, JsonElement root)
    {
        List<JsonElement> nodes = [start];
        foreach (var segment in segments)
        {
            var next = new List<JsonElement>();
            foreach (var node in segment.Descendants ? nodes.SelectMany(WithDescendants) : nodes)
            {
                foreach (var selector in segment.Selectors)
                {
                    selector(node, root, next);
                    if (next.Count > MostNodes)
                    {
                        throw new FormatException($"it selects more than {MostNodes} values");
                    }
                }
            }

            nodes = next;
        }

        return nodes;
    }

    private static IEnumerable<JsonElement> WithDescendants(JsonElement top)
    {
        var open = new Stack<JsonElement>([top]);
        while (open.TryPop(out var node))
        {
            yield return node;
            var children = node.ValueKind switch
            {
                JsonValueKind.Object => node.EnumerateObject().Select(m => m.Value).ToList(),
                JsonValueKind.Array => [.. node.EnumerateArray()],
                _ => [],
            };
            for (var i = children.Count - 1; i >= 0; i--)
            {
                open.Push(children[i]);
            }
        }
    }

    private sealed class Reader(string text)
    {
        private int _at;
        private int _depth;

        private char Peek() => _at < text.Length ? text[_at] : '\0';

        public void ExpectEnd()
        {
            if (_at < text.Length)
            {
                throw Wrong("what follows is not understood");
            }
        }

        public List<Segment> Path(bool start)
        {
            var segments = new List<Segment>();
            if (Peek() is '$' or '@')
            {
                _at++;
            }
            else if (start && (IsNameStart(Peek()) || Peek() == '*'))
            {
                segments.Add(Dotted(descendants: false));
            }

            while (true)
            {
                if (Peek() == '[')
                {
                    segments.Add(Bracketed(descendants: false));
                }
                else if (Peek() == '.')
                {
                    _at++;
                    var descendants = Peek() == '.';
                    if (descendants)
                    {
                        _at++;
                    }

                    segments.Add(descendants && Peek() == '[' ? Bracketed(true) : Dotted(descendants));
                }
                else
                {
                    return segments;
                }
            }
        }

        private Segment Dotted(bool descendants)
        {
            if (Peek() == '*')
            {
                _at++;
                return new Segment(descendants, [All], Single: false);
            }

            var begin = _at;
            while (IsNameStart(Peek()) || char.IsAsciiDigit(Peek()) || Peek() == '-')
            {
                _at++;
            }

            return _at > begin ? new Segment(descendants, [Name(text[begin.._at])], Single: true) : throw Wrong("a name is missing");
        }

        private Segment Bracketed(bool descendants)
        {
            _at++;
            var selectors = new List<Selector>();
            var single = true;
            do
            {
                Blanks();
                selectors.Add(One(ref single));
                Blanks();
            }
            while (Take(","));
            Expect("]");
            return new Segment(descendants, selectors, single && selectors.Count == 1);
        }

        private Selector One(ref bool single)
        {
            switch (Peek())
            {
                case '*':
                    _at++;
                    single = false;
                    return All;
                case '\'' or '"':
                    return Name(Quoted());
                case '?':
                    _at++;
                    single = false;
                    var condition = Or();
                    return (node, root, found) =>
                    {
                        foreach (var child in Children(node))
                        {
                            if (condition(child, root))
                            {
                                found.Add(child);
                            }
                        }
                    };
                default:
                    return IndexOrSlice(ref single);
            }
        }

        private Selector IndexOrSlice(ref bool single)
        {
            var first = Whole();
            Blanks();
            if (!Take(":"))
            {
                return first is { } index ? Index(index) : throw Wrong("an index, a name in quotes, * or ? is missing");
            }

            single = false;
            Blanks();
            var second = Whole();
            Blanks();
            int? step = null;
            if (Take(":"))
            {
                Blanks();
                step = Whole();
            }

            return Slice(first, second, step ?? 1);
        }

        private Func<JsonElement, JsonElement, bool> Or()
        {
            if (++_depth > 50)
            {
                throw Wrong("it is nested too deeply");
            }

            var left = And();
            Blanks();
            while (Take("||"))
            {
                var (a, b) = (left, And());
                left = (node, root) => a(node, root) || b(node, root);
                Blanks();
            }

            _depth--;
            return left;
        }

        private Func<JsonElement, JsonElement, bool> And()
        {
            var left = Not();
            Blanks();
            while (Take("&&"))
            {
                var (a, b) = (left, Not());
                left = (node, root) => a(node, root) && b(node, root);
                Blanks();
            }

            return left;
        }

        private Func<JsonElement, JsonElement, bool> Not()
        {
            Blanks();
            if (Peek() == '!' && _at + 1 < text.Length && text[_at + 1] != '=')
            {
                _at++;
                var inner = Not();
                return (node, root) => !inner(node, root);
            }

            if (Take("("))
            {
                var inner = Or();
                Blanks();
                Expect(")");
                return inner;
            }

            return Comparison();
        }

        private Func<JsonElement, JsonElement, bool> Comparison()
        {
            var left = Operand(out var isPath);
            Blanks();
            foreach (var sign in (string[])["==", "!=", "<=", ">=", "<", ">"])
            {
                if (Take(sign))
                {
                    Blanks();
                    var right = Operand(out _);
                    return (node, root) => Compare(sign, left(node, root), right(node, root));
                }
            }

            return isPath ? (node, root) => left(node, root) is not null : throw Wrong("a comparison is missing");
        }

        private Func<JsonElement, JsonElement, JsonElement?> Operand(out bool isPath)
        {
            isPath = Peek() is '@' or '$';
            if (isPath)
            {
                var fromRoot = Peek() == '$';
                var segments = Path(start: false);
                return (node, root) => Run(segments, fromRoot ? root : node, root) is [var only, ..] ? only : null;
            }

            JsonElement value;
            if (Peek() is '\'' or '"')
            {
                value = JsonSerializer.SerializeToElement(Quoted(), ReplyJson.Default.String);
            }
            else
            {
                var begin = _at;
                while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '-' or '+' or '.')
                {
                    _at++;
                }

                try
                {
                    value = JsonElement.Parse(text[begin.._at]);
                }
                catch (JsonException)
                {
                    _at = begin;
                    throw Wrong("a value is missing: a number, a text in quotes, true, false, null, or a path that begins with @");
                }
            }

            return (_, _) => value;
        }

        private string Quoted()
        {
            var quote = text[_at++];
            var name = new System.Text.StringBuilder();
            while (Peek() != quote)
            {
                if (_at >= text.Length)
                {
                    throw Wrong("a quote is not closed");
                }

                if (Peek() == '\\' && _at + 1 < text.Length)
                {
                    _at++;
                    if (Peek() == 'u' && _at + 4 < text.Length && ushort.TryParse(text.AsSpan(_at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
                    {
                        name.Append((char)code);
                        _at += 5;
                        continue;
                    }

                    name.Append(Peek() switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
                }
                else
                {
                    name.Append(Peek());
                }

                _at++;
            }

            _at++;
            return name.ToString();
        }

        private int? Whole()
        {
            var begin = _at;
            if (Peek() == '-')
            {
                _at++;
            }

            while (char.IsAsciiDigit(Peek()))
            {
                _at++;
            }

            if (_at == begin)
            {
                return null;
            }

            return int.TryParse(text.AsSpan(begin, _at - begin), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong("that is no whole number");
        }

        private bool Take(string word)
        {
            if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0)
            {
                return false;
            }

            _at += word.Length;
            return true;
        }

        private void Expect(string word)
        {
            if (!Take(word))
            {
                throw Wrong($"{word} is missing");
            }
        }

        private void Blanks()
        {
            while (char.IsWhiteSpace(Peek()))
            {
                _at++;
            }
        }

        private FormatException Wrong(string what) => new($"{what}, at character {_at + 1}");

        private static bool IsNameStart(char c) => char.IsLetter(c) || c is '_' or '$' or '@' || c >= '\u0080';
    }

    private static IEnumerable<JsonElement> Children(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().Select(m => m.Value),
        JsonValueKind.Array => node.EnumerateArray(),
        _ => [],
    };

    private static void All(JsonElement node, JsonElement root, List<JsonElement> found) => found.AddRange(Children(node));

    private static Selector Name(string name) => (node, _, found) =>
    {
        if (node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var value))
        {
            found.Add(value);
        }
    };

    private static Selector Index(int index) => (node, _, found) =>
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            var at = index < 0 ? node.GetArrayLength() + index : index;
            if (at >= 0 && at < node.GetArrayLength())
            {
                found.Add(node[at]);
            }
        }
    };

    private static Selector Slice(int? first, int? second, int step) => (node, _, found) =>
    {
        if (node.ValueKind != JsonValueKind.Array || step == 0)
        {
            return;
        }

        var length = node.GetArrayLength();
        var from = Bound(first ?? (step > 0 ? 0 : length - 1), length, step);
        var to = second is { } end ? Bound(end, length, step) : step > 0 ? length : -1;
        for (long i = from; step > 0 ? i < to : i > to; i += step)
        {
            found.Add(node[(int)i]);
        }
    };

    private static int Bound(int index, int length, int step)
    {
        var at = index < 0 ? length + index : index;
        return step > 0 ? Math.Clamp(at, 0, length) : Math.Clamp(at, -1, length - 1);
    }

    private static bool Compare(string sign, JsonElement? left, JsonElement? right)
    {
        if (sign is "==" or "!=")
        {
            return Same(left, right) == (sign == "==");
        }

        if (left is not { } a || right is not { } b)
        {
            return sign is "<=" or ">=" && left is null && right is null;
        }

        int? order = (a.ValueKind, b.ValueKind) switch
        {
            (JsonValueKind.Number, JsonValueKind.Number) => a.GetDouble().CompareTo(b.GetDouble()),
            (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(a.GetString(), b.GetString()),
            _ => null,
        };
        return sign switch
        {
            "<" => order < 0,
            ">" => order > 0,
            "<=" => order <= 0 || (order is null && Same(left, right)),
            _ => order >= 0 || (order is null && Same(left, right)),
        };
    }

    private static bool Same(JsonElement? left, JsonElement? right) =>
        left is { } a && right is { } b ? JsonElement.DeepEquals(a, b) : left is null && right is null;
}
