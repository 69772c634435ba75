using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Mcp.Servers;

/// <summary>
/// Characters that a screen does not show or that turn the text around (controls, formats, tags, private use): a model reads
/// them, and a person who looks at the text does not.
/// </summary>
internal static class HiddenText
{
    /// <summary>Whether a person does not see it. Line breaks and tabs are layout.</summary>
    public static bool IsHidden(Rune rune) => rune.Value is not ('\n' or '\r' or '\t') && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The text with each hidden character as its code.</summary>
    public static string Show(string text) => Replace(text, static rune => string.Create(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>"));

    /// <summary>The value without hidden characters in any of its texts and names.</summary>
    /// <param name="value">Any JSON.</param>
    /// <param name="found">Whether there were any.</param>
    public static JsonElement Remove(JsonElement value, out bool found)
    {
        found = false;
        var raw = value.GetRawText();
        if (Ascii.IsValid(raw) && !raw.Contains("\\u", StringComparison.Ordinal))
        {
            return value;
        }

        var clean = Clean(Wire.ToNode(value), ref found);
        return found ? Wire.ToElement(clean) : value;
    }

    private static JsonNode? Clean(JsonNode? node, ref bool found)
    {
        switch (node)
        {
            case JsonObject members:
                var cleaned = new JsonObject();
                foreach (var (name, member) in members)
                {
                    cleaned[Clean(name, ref found)] = Clean(member, ref found);
                }

                return cleaned;
            case JsonArray items:
                var list = new JsonArray();
                foreach (var item in items)
                {
                    list.Add(Clean(item, ref found));
                }

                return list;
            case JsonValue text when text.TryGetValue(out string? words):
                return JsonValue.Create(Clean(words, ref found));
            default:
                return node?.DeepClone();
        }
    }

    private static string Clean(string text, ref bool found)
    {
        var clean = Replace(text, static _ => string.Empty);
        found |= clean.Length != text.Length;
        return clean;
    }

    private static string Replace(string text, Func<Rune, string> replacement)
    {
        StringBuilder? written = null;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsHidden(rune))
            {
                written ??= new StringBuilder(text.Length).Append(text, 0, at);
                written.Append(replacement(rune));
            }
            else
            {
                written?.Append(rune.ToString());
            }

            at += rune.Utf16SequenceLength;
        }

        return written?.ToString() ?? text;
    }
}
