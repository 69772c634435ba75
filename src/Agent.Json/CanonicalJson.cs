using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agent.Json;

/// <summary>
/// The one byte form of a JSON value (RFC 8785, JSON Canonicalization Scheme), so that equal values have equal digests.
/// It departs from the RFC in one point: an integer beyond ±2^53 is written with all its digits, because two different
/// identifiers must never share a digest.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Values nested deeper than this are refused.</summary>
    public const int MaxDepth = 128;

    /// <summary>Writes the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">Receives UTF-8.</param>
    /// <exception cref="FormatException">
    /// The value has no canonical form: a name stands twice in one object, text holds half a surrogate pair, a number is beyond
    /// a double, or it is nested deeper than <see cref="MaxDepth"/>.
    /// </exception>
    public static void Write(JsonElement value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(value, output, 0);
    }

    /// <summary>The canonical form as UTF-8.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="FormatException">As <see cref="Write(JsonElement, IBufferWriter{byte})"/>.</exception>
    public static byte[] GetBytes(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>sha256:</c> and the lower-case hexadecimal SHA-256 of the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The digest, 71 characters.</returns>
    /// <exception cref="FormatException">As <see cref="Write(JsonElement, IBufferWriter{byte})"/>.</exception>
    public static string Digest(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(value, buffer);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return "sha256:" + Convert.ToHexStringLower(hash);
    }

    private static void Write(JsonElement value, IBufferWriter<byte> output, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"JSON is nested deeper than {MaxDepth} levels.");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output, depth);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    if (!first)
                    {
                        output.Write(","u8);
                    }

                    first = false;
                    Write(item, output, depth + 1);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(GetText(value), output);
                break;
            case JsonValueKind.Number:
                WriteNumber(value, output);
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            default:
                throw new FormatException("There is no JSON value to write.");
        }
    }

    private static void WriteObject(JsonElement value, IBufferWriter<byte> output, int depth)
    {
        var members = new List<(string Name, JsonElement Value)>(value.GetPropertyCount());
        foreach (var member in value.EnumerateObject())
        {
            members.Add((GetName(member), member.Value));
        }

        // RFC 8785, 3.2.3: by UTF-16 code units, which is what ordinal comparison compares.
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));

        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                if (members[i].Name == members[i - 1].Name)
                {
                    throw new FormatException($"The name \"{members[i].Name}\" stands twice in one JSON object.");
                }

                output.Write(","u8);
            }

            WriteString(members[i].Name, output);
            output.Write(":"u8);
            Write(members[i].Value, output, depth + 1);
        }

        output.Write("}"u8);
    }

    private static string GetText(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("JSON text holds half a surrogate pair.", e);
        }
    }

    private static string GetName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A JSON name holds half a surrogate pair.", e);
        }
    }

    private static void WriteString(string text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Escaped);
            if (plain != 0)
            {
                var run = plain < 0 ? rest : rest[..plain];
                var room = output.GetSpan(Encoding.UTF8.GetMaxByteCount(run.Length));
                output.Advance(Encoding.UTF8.GetBytes(run, room));
                rest = rest[run.Length..];
                continue;
            }

            var c = rest[0];
            ReadOnlySpan<byte> escape = c switch
            {
                '"' => "\\\""u8,
                '\\' => "\\\\"u8,
                '\b' => "\\b"u8,
                '\t' => "\\t"u8,
                '\n' => "\\n"u8,
                '\f' => "\\f"u8,
                '\r' => "\\r"u8,
                _ => default,
            };
            if (escape.IsEmpty)
            {
                output.Write("\\u00"u8);
                var hex = output.GetSpan(2);
                ((byte)c).TryFormat(hex, out _, "x2", CultureInfo.InvariantCulture);
                output.Advance(2);
            }
            else
            {
                output.Write(escape);
            }

            rest = rest[1..];
        }

        output.Write("\""u8);
    }

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static i => (char)i), '"', '\\']);

    private static void WriteNumber(JsonElement value, IBufferWriter<byte> output)
    {
        Span<char> text = stackalloc char[40];
        if (value.TryGetInt64(out var integer))
        {
            integer.TryFormat(text, out var digits, default, CultureInfo.InvariantCulture);
            WriteAscii(text[..digits], output);
            return;
        }

        var raw = value.GetRawText();
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            // JSON allows no leading zeros, so the literal is the only form of this integer.
            WriteAscii(raw, output);
            return;
        }

        if (!value.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            throw new FormatException($"The number {(raw.Length <= 40 ? raw : string.Concat(raw.AsSpan(0, 40), "…"))} is beyond what a double holds.");
        }

        WriteAscii(ToEcmaScript(number), output);
    }

    private static void WriteAscii(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        var room = output.GetSpan(Math.Max(text.Length, 1));
        output.Advance(Encoding.ASCII.GetBytes(text, room));
    }

    /// <summary>ECMA-262, Number::toString: shortest digits that read back, exponent only outside 1e-6 … 1e21.</summary>
    internal static string ToEcmaScript(double number)
    {
        if (number == 0)
        {
            return "0";
        }

        var roundTrip = number.ToString("R", CultureInfo.InvariantCulture);
        var negative = number < 0;
        var (digits, exponent) = Decompose(roundTrip.AsSpan(negative ? 1 : 0));

        var text = new StringBuilder(32);
        if (negative)
        {
            text.Append('-');
        }

        // ECMA-262 calls the digits s, their count k, and the exponent n: the value is 0.s × 10^n.
        var k = digits.Length;
        var n = exponent;
        if (k <= n && n <= 21)
        {
            text.Append(digits).Append('0', n - k);
        }
        else if (n is > 0 and <= 21)
        {
            text.Append(digits.AsSpan(0, n)).Append('.').Append(digits.AsSpan(n));
        }
        else if (n is > -6 and <= 0)
        {
            text.Append("0.").Append('0', -n).Append(digits);
        }
        else
        {
            text.Append(digits[0]);
            if (k > 1)
            {
                text.Append('.').Append(digits.AsSpan(1));
            }

            text.Append('e').Append(n - 1 < 0 ? '-' : '+').Append(Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static (string Digits, int Exponent) Decompose(ReadOnlySpan<char> text)
    {
        var exponent = 0;
        var e = text.IndexOf('E');
        if (e >= 0)
        {
            exponent = int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        var all = string.Concat(whole, fraction);
        var n = whole.Length + exponent;
        var leading = all.AsSpan().IndexOfAnyExcept('0');
        return (all[leading..].TrimEnd('0'), n - leading);
    }
}
