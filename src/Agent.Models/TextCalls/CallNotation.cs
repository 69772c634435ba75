using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Models.Wire;

namespace Agent.Models.TextCalls;

/// <summary>A passage of text that is written as a call.</summary>
/// <param name="Start">Where the passage begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Name">The tool it names.</param>
/// <param name="Arguments">Its arguments: an object, or what stands in their place; null where they could not be read.</param>
/// <param name="Marked">Whether a notation marks it as a call, beyond its being JSON of a call's shape.</param>
internal sealed record WrittenCall(int Start, int End, string Name, JsonElement? Arguments, bool Marked);

/// <summary>
/// Finds calls in text, in the notations in which models write them when the server in front of them does not take them out:
/// Hermes and Qwen (<c>&lt;tool_call&gt;{…}&lt;/tool_call&gt;</c>), Qwen Coder (<c>&lt;function=name&gt;&lt;parameter=key&gt;…</c>), Llama
/// (<c>&lt;|python_tag|&gt;{…}</c>, <c>&lt;function=name&gt;{…}&lt;/function&gt;</c>), Mistral (<c>[TOOL_CALLS][{…}]</c>, <c>[TOOL_CALLS]name{…}</c>),
/// and JSON, fenced or bare.
/// </summary>
internal static partial class CallNotation
{
    private const int MaxCalls = 16;

    /// <summary>JSON nested deeper than this is no call; it keeps a text of nothing but braces from costing its square.</summary>
    private const int MaxDepth = 64;
    private static readonly string[] NameKeys = ["name", "tool", "tool_name", "function_name", "function", "recipient_name"];
    private static readonly string[] ArgumentKeys = ["arguments", "parameters", "args", "input", "tool_input", "params"];

    /// <summary>What may begin a call: text from here on is held back until it is known.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look from.</param>
    /// <returns>Where it begins; -1 where nothing does. A mark that is cut off at the end counts.</returns>
    public static int IndexOfStart(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] is '<' or '[' or '{' or '`' && BeginsAt(text, i))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The calls of a text, in its order.</summary>
    /// <param name="text">The text.</param>
    /// <returns>At most 16 calls that do not overlap.</returns>
    public static List<WrittenCall> Find(string text)
    {
        var calls = new List<WrittenCall>();
        for (var at = IndexOfStart(text, 0); at >= 0 && calls.Count < MaxCalls;)
        {
            var found = ReadAt(text, at);
            calls.AddRange(found);
            at = IndexOfStart(text, found.Count > 0 ? Math.Max(found[^1].End, at + 1) : at + 1);
        }

        return calls;
    }

    /// <summary>Everything in a text that could be taken for a call in any notation, also JSON in the middle of a line, and calls inside calls.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The calls.</returns>
    public static IEnumerable<WrittenCall> FindAnywhere(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '{' or '[' or '<')
            {
                foreach (var call in ReadAt(text, at))
                {
                    yield return call;
                }
            }
        }
    }

    /// <summary>Whether a text is nothing but the marks around a call that the server took out of it.</summary>
    /// <param name="text">The text.</param>
    public static bool IsOnlyMarks(string text) => OnlyMarksPattern().IsMatch(text);

    private static bool BeginsAt(string text, int at)
    {
        foreach (var mark in Marks)
        {
            if (string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0
                || (text.Length - at < mark.Length && mark.StartsWith(text[at..], StringComparison.Ordinal)))
            {
                return true;
            }
        }

        // JSON counts where a line begins, or inside a fence, which begins a line itself.
        return text[at] is '{' or '[' or '`' && IsLineStart(text, at) && (text[at] != '[' || LooksLikeArray(text, at)) && (text[at] != '`' || LooksLikeFence(text, at));
    }

    private static readonly string[] Marks = ["<tool_call>", "<|python_tag|>", "<function=", "<function_call>", "<tools>", "[TOOL_CALLS]"];

    private static bool IsLineStart(string text, int at)
    {
        for (var i = at - 1; i >= 0 && text[i] != '\n'; i--)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool LooksLikeArray(string text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                return text[i] == '{';
            }
        }

        return true;
    }

    private static bool LooksLikeFence(string text, int at) => "```".StartsWith(text[at..Math.Min(text.Length, at + 3)], StringComparison.Ordinal);

    private static List<WrittenCall> ReadAt(string text, int at)
    {
        if (Tagged(text, at, "<tool_call>", "</tool_call>") is { } hermes)
        {
            return hermes;
        }

        if (Tagged(text, at, "<function_call>", "</function_call>") is { } wrapped)
        {
            return wrapped;
        }

        if (Tagged(text, at, "<tools>", "</tools>") is { } tools)
        {
            return tools;
        }

        if (Tagged(text, at, "<|python_tag|>", "<|eom_id|>") is { } llama)
        {
            return llama;
        }

        if (StartsAt(text, at, "<function="))
        {
            return FunctionTag(text, at) is { } call ? [call] : [];
        }

        if (StartsAt(text, at, "[TOOL_CALLS]"))
        {
            return Mistral(text, at);
        }

        if (StartsAt(text, at, "```"))
        {
            return Fenced(text, at);
        }

        return FromJson(text, at, at, marked: false, out _);
    }

    /// <summary>JSON between tags; a missing end tag, as at the end of a cut answer, is forgiven where the JSON itself is whole.</summary>
    private static List<WrittenCall>? Tagged(string text, int at, string open, string close)
    {
        if (!StartsAt(text, at, open))
        {
            return null;
        }

        var inside = SkipSpace(text, at + open.Length);

        // Qwen Coder puts a function's tag between these.
        if (StartsAt(text, inside, "<function=") && FunctionTag(text, inside) is { } function)
        {
            var after = SkipSpace(text, function.End);
            return [function with { Start = at, End = StartsAt(text, after, close) ? after + close.Length : function.End }];
        }

        var calls = FromJson(text, at, inside, marked: true, out var end);
        if (calls.Count > 0)
        {
            // Several objects between one pair of tags, one a line.
            for (var next = SkipSpace(text, end); next < text.Length && text[next] is '{' or ';' or ','; next = SkipSpace(text, end))
            {
                var more = FromJson(text, next, text[next] == '{' ? next : SkipSpace(text, next + 1), marked: true, out end);
                if (more.Count == 0)
                {
                    break;
                }

                calls.AddRange(more);
            }

            var after = SkipSpace(text, calls[^1].End);
            if (StartsAt(text, after, close))
            {
                calls[^1] = calls[^1] with { End = after + close.Length };
            }
        }

        return calls;
    }

    /// <summary><c>&lt;function=name&gt;{…}&lt;/function&gt;</c>, or parameters in tags of their own.</summary>
    private static WrittenCall? FunctionTag(string text, int at)
    {
        var nameEnd = text.IndexOf('>', at);
        var nameStart = at + "<function=".Length;
        if (nameEnd < 0 || nameEnd - nameStart is 0 or > 128)
        {
            return null;
        }

        var name = text[nameStart..nameEnd].Trim().Trim('"', '\'');
        var inside = SkipSpace(text, nameEnd + 1);
        if (inside < text.Length && text[inside] == '{')
        {
            var json = JsonAt(text, inside, out var end);
            var after = SkipSpace(text, end);
            return new WrittenCall(at, StartsAt(text, after, "</function>") ? after + "</function>".Length : end, name, json, true);
        }

        var close = text.IndexOf("</function>", inside, StringComparison.Ordinal);
        var body = text[inside..(close < 0 ? text.Length : close)];
        var matches = ParameterPattern().Matches(body);
        if (matches.Count == 0 && body.Trim().Length > 0)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var match in matches.DistinctBy(m => m.Groups[1].Value))
            {
                var value = match.Groups[2].Value.Trim('\r', '\n');
                writer.WritePropertyName(match.Groups[1].Value.Trim());

                // Numbers, flags, lists and objects are written bare; everything else is text.
                if (JsonReading.TryParse(value) is { ValueKind: not JsonValueKind.String } literal)
                {
                    literal.WriteTo(writer);
                }
                else
                {
                    writer.WriteStringValue(value);
                }
            }

            writer.WriteEndObject();
        }

        return new WrittenCall(at, close < 0 ? text.Length : close + "</function>".Length, name, JsonReading.TryParse(buffer.ToArray()), true);
    }

    private static List<WrittenCall> Mistral(string text, int at)
    {
        var inside = SkipSpace(text, at + "[TOOL_CALLS]".Length);
        if (inside < text.Length && text[inside] is '[' or '{')
        {
            return FromJson(text, at, inside, marked: true, out _);
        }

        // Newer models: the name, then [ARGS] or not, then the arguments.
        var match = MistralNamePattern().Match(text, inside);
        if (!match.Success || match.Index != inside)
        {
            return [];
        }

        var json = JsonAt(text, inside + match.Length, out var end);
        return [new WrittenCall(at, end, match.Groups[1].Value, json, true)];
    }

    private static List<WrittenCall> Fenced(string text, int at)
    {
        var lineEnd = text.IndexOf('\n', at);
        if (lineEnd < 0)
        {
            return [];
        }

        var inside = SkipSpace(text, lineEnd + 1);
        if (inside >= text.Length || text[inside] is not ('{' or '['))
        {
            return [];
        }

        var calls = FromJson(text, at, inside, marked: false, out _);
        if (calls.Count > 0)
        {
            var after = SkipSpace(text, calls[^1].End);
            if (StartsAt(text, after, "```"))
            {
                calls[^1] = calls[^1] with { End = after + 3 };
            }
        }

        return calls;
    }

    private static List<WrittenCall> FromJson(string text, int start, int at, bool marked, out int end)
    {
        var json = JsonAt(text, at, out end);
        if (json is not { } value)
        {
            // A mark and a name are enough to say what was meant, though it cannot run; without a mark, a beginning that only a call has.
            return (marked ? NameInPattern() : BeginningPattern()).Match(text, at) is { Success: true } name
                ? [new WrittenCall(start, text.Length, name.Groups[1].Value, null, true)]
                : [];
        }

        var calls = new List<WrittenCall>();
        foreach (var item in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(MaxCalls)] : new List<JsonElement> { value })
        {
            if (Shape(item) is not var (name, arguments))
            {
                return [];
            }

            calls.Add(new WrittenCall(calls.Count == 0 ? start : end, end, name, arguments, marked));
        }

        return calls;
    }

    /// <summary>An object that has a name, arguments, and little else.</summary>
    private static (string Name, JsonElement? Arguments)? Shape(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (item.Text("type") == "function" && item.Get("function") is { ValueKind: JsonValueKind.Object } function)
        {
            return Shape(function);
        }

        if (item.Items("tool_calls").ToList() is [var only])
        {
            return Shape(only);
        }

        var name = NameKeys.Select(k => item.Text(k)).FirstOrDefault(n => !string.IsNullOrWhiteSpace(n));
        var key = ArgumentKeys.FirstOrDefault(k => item.TryGetProperty(k, out _));
        if (name is null || key is null || item.EnumerateObject().Count() > 5)
        {
            return null;
        }

        var arguments = item.GetProperty(key);
        return (name.Trim(), arguments.ValueKind switch
        {
            JsonValueKind.String => JsonReading.TryParse(arguments.GetString()!),
            JsonValueKind.Null => JsonReading.TryParse("{}"),
            _ => arguments,
        });
    }

    /// <summary>The JSON value that begins at a place.</summary>
    private static JsonElement? JsonAt(string text, int at, out int end)
    {
        end = at;
        at = SkipSpace(text, at);
        if (at >= text.Length || text[at] is not ('{' or '['))
        {
            return null;
        }

        var depth = 0;
        var inText = false;
        for (var i = at; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when inText:
                    i++;
                    break;
                case '"':
                    inText = !inText;
                    break;
                case '{' or '[' when !inText:
                    if (++depth > MaxDepth)
                    {
                        end = text.Length;
                        return null;
                    }

                    break;
                case '}' or ']' when !inText && --depth == 0:
                    end = i + 1;

                    // A template's doubled brace around a whole object is a habit of Llama's smallest models.
                    return JsonReading.TryParse(text[at..end]);
            }
        }

        end = text.Length;
        return null;
    }

    private static bool StartsAt(string text, int at, string mark) => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0;

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    [GeneratedRegex(@"\A(?:\s|```\w*|[\[\]{}]|</?tool_call>|</?function_call>|</?tools>|<\|python_tag\|>|<\|eom_id\|>|\[TOOL_CALLS\](?:[\w.-]+\[ARGS\])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex OnlyMarksPattern();

    [GeneratedRegex(@"<parameter=([^>]{1,128})>(.*?)(?:</parameter>|(?=<parameter=)|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex(@"\G([A-Za-z_][\w.-]{0,127})\s*(?:\[CALL_ID\][\w-]*\s*)?(?:\[ARGS\])?\s*(?=\{)", RegexOptions.CultureInvariant)]
    private static partial Regex MistralNamePattern();

    [GeneratedRegex("""\G\s*\[?\s*\{\s*"(?:name|tool|tool_name|function_name|function)"\s*:\s*"([^"]{1,128})"\s*,\s*"(?:arguments|parameters|args|input|tool_input|params)"\s*:""", RegexOptions.CultureInvariant)]
    private static partial Regex BeginningPattern();

    [GeneratedRegex("""\G\s*[\[{\s]*"name"\s*:\s*"([^"]{1,128})""", RegexOptions.CultureInvariant)]
    private static partial Regex NameInPattern();
}
