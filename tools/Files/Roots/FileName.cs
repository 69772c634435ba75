using System.Text;

namespace Agent.Tools.Files.Roots;

/// <summary>
/// Names between the kernel's bytes and our strings. A byte that is no UTF-8 becomes a lone low surrogate (U+DC80..U+DCFF), so that
/// every name comes back as it was; it is shown as U+FFFD. Names are never normalised or folded: a look-alike is another name.
/// </summary>
internal static class FileName
{
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
                bytes = bytes[used..];
            }
            else
            {
                text.Append((char)(0xDC00 + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>Encodes with a terminating zero. The buffer must hold three bytes for each character, and one.</summary>
    public static int Encode(ReadOnlySpan<char> name, Span<byte> buffer)
    {
        if (Ascii.FromUtf16(name, buffer, out var written) != System.Buffers.OperationStatus.Done)
        {
            written = 0;
            for (var i = 0; i < name.Length;)
            {
                if (Rune.DecodeFromUtf16(name[i..], out var rune, out var used) == System.Buffers.OperationStatus.Done)
                {
                    written += rune.EncodeToUtf8(buffer[written..]);
                    i += used;
                }
                else
                {
                    buffer[written++] = (byte)(name[i] - 0xDC00);
                    i++;
                }
            }
        }

        buffer[written] = 0;
        return written;
    }

    /// <summary>A path as text that is good UTF-16, whatever its names are: a character for each byte.</summary>
    public static string ToCursor(string path)
    {
        var bytes = new byte[(path.Length * 3) + 1];
        return Encoding.Latin1.GetString(bytes, 0, Encode(path, bytes));
    }

    /// <summary>The path that <see cref="ToCursor"/> made a text of.</summary>
    public static string FromCursor(string text) => Decode(Encoding.Latin1.GetBytes(text));

    /// <summary>The name as it may be shown: no lone surrogates, no control characters that could fake a line or turn the text.</summary>
    public static string Show(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 8);
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsUnsafe(rune))
            {
                text.Append(rune.Value switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    var value => $"\\u{value:x4}",
                });
            }
            else
            {
                text.Append(rune.ToString());
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a new file may bear it: no control or formatting characters, not too long.</summary>
    public static bool IsFitForNew(string name) => Encoding.UTF8.GetByteCount(name) <= 255 && !name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || IsUnsafe(rune));

    private static bool IsUnsafe(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C;
}
