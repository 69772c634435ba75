using System.Buffers;
using System.Globalization;
using System.Text;

namespace Agent.Cli.Terminal;

/// <summary>
/// Turns the bytes a terminal sends into keys: UTF-8, control characters, the CSI and SS3 sequences of xterm and its kin
/// (invisible-island.net/xterm/ctlseqs), bracketed paste. Bytes may arrive in any portions.
/// </summary>
internal sealed class KeyDecoder
{
    private const byte Esc = 0x1b;

    /// <summary>A sequence longer than this is none; its first byte is dropped and the rest read anew.</summary>
    private const int LongestSequence = 64;

    private readonly List<byte> buffer = [];
    private bool pasting;

    /// <summary>Whether bytes are held that could be the beginning of a sequence, or a lone Escape.</summary>
    public bool IsWaiting => buffer.Count > 0 && !pasting;

    /// <summary>Takes bytes and gives the keys that are complete.</summary>
    public List<Key> Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            buffer.Add(one);
        }

        return Decode(final: false);
    }

    /// <summary>Nothing more came for a moment: what is held is taken as it stands, an Escape as the key.</summary>
    public List<Key> Flush() => Decode(final: true);

    private List<Key> Decode(bool final)
    {
        var keys = new List<Key>();
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer);
        var at = 0;
        while (at < bytes.Length)
        {
            var (key, length) = pasting ? Paste(bytes[at..]) : One(bytes[at..], final && !pasting);
            if (length == 0)
            {
                break;
            }

            at += length;
            if (key is { } found)
            {
                keys.Add(found);
            }
        }

        buffer.RemoveRange(0, at);
        return keys;
    }

    private (Key? Key, int Length) Paste(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\e[201~"u8);
        if (end < 0)
        {
            return (null, 0);
        }

        pasting = false;
        var text = Encoding.UTF8.GetString(bytes[..end]).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return (new Key(KeyKind.Paste, text), end + 6);
    }

    private (Key? Key, int Length) One(ReadOnlySpan<byte> bytes, bool final)
    {
        var first = bytes[0];
        if (first != Esc)
        {
            return Plain(bytes, final, alt: false);
        }

        if (bytes.Length == 1)
        {
            return final ? (new Key(KeyKind.Escape), 1) : (null, 0);
        }

        switch (bytes[1])
        {
            case (byte)'[':
                return Sequence(bytes, final);
            case (byte)'O':
                return bytes.Length < 3
                    ? final ? (new Key(KeyKind.Character, "O", Alt: true), 2) : (null, 0)
                    : (Named(bytes[2], default), 3);
            case Esc:
                return (new Key(KeyKind.Escape), 1);
            default:
                var (key, length) = Plain(bytes[1..], final, alt: true);
                return length == 0 ? (null, 0) : (key, length + 1);
        }
    }

    private static (Key? Key, int Length) Plain(ReadOnlySpan<byte> bytes, bool final, bool alt)
    {
        var first = bytes[0];
        switch (first)
        {
            case (byte)'\r':
                return (new Key(KeyKind.Enter, Alt: alt), 1);
            case (byte)'\t':
                return (new Key(KeyKind.Tab, Alt: alt), 1);
            case 0x7f or 0x08:
                return (new Key(KeyKind.Backspace, Alt: alt), 1);
            case 0:
                return (new Key(KeyKind.Character, " ", Ctrl: true, Alt: alt), 1);
            case < 0x1b:
                return (new Key(KeyKind.Character, ((char)('a' + first - 1)).ToString(), Ctrl: true, Alt: alt), 1);
            case < 0x20:
                return (new Key(KeyKind.Character, ((char)(first + 0x40)).ToString(), Ctrl: true, Alt: alt), 1);
            default:
                break;
        }

        var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
        return status == OperationStatus.NeedMoreData && !final ? (null, 0) : (new Key(KeyKind.Character, rune.ToString(), Alt: alt), length);
    }

    private (Key? Key, int Length) Sequence(ReadOnlySpan<byte> bytes, bool final)
    {
        var end = 2;
        while (end < bytes.Length && bytes[end] is < 0x40 or > 0x7e)
        {
            end++;
        }

        if (end > LongestSequence)
        {
            return (new Key(KeyKind.Unknown), 1);
        }

        if (end == bytes.Length)
        {
            return final ? (new Key(KeyKind.Character, "[", Alt: true), 2) : (null, 0);
        }

        var parameters = Encoding.ASCII.GetString(bytes[2..end]);
        var length = end + 1;
        if (bytes[end] == (byte)'~' && parameters == "200")
        {
            pasting = true;
            return (null, length);
        }

        return (Named(bytes[end], parameters), length);
    }

    private static Key Named(byte last, string? parameters)
    {
        var parts = (parameters ?? string.Empty).Split(';');
        var first = Number(parts, 0);
        var (ctrl, alt, shift) = Modifiers(Number(parts, 1));
        var kind = (char)last switch
        {
            'A' => KeyKind.Up,
            'B' => KeyKind.Down,
            'C' => KeyKind.Right,
            'D' => KeyKind.Left,
            'H' => KeyKind.Home,
            'F' => KeyKind.End,
            'M' => KeyKind.Enter,
            'Z' => KeyKind.BackTab,
            '~' => first switch
            {
                1 or 7 => KeyKind.Home,
                3 => KeyKind.Delete,
                4 or 8 => KeyKind.End,
                5 => KeyKind.PageUp,
                6 => KeyKind.PageDown,
                27 when Number(parts, 2) == 13 => KeyKind.Enter,
                _ => KeyKind.Unknown,
            },
            'u' => first switch { 13 => KeyKind.Enter, 9 => KeyKind.Tab, 27 => KeyKind.Escape, 127 => KeyKind.Backspace, _ => KeyKind.Unknown },
            _ => KeyKind.Unknown,
        };
        return new Key(kind, Ctrl: ctrl, Alt: alt, Shift: shift);
    }

    private static (bool Ctrl, bool Alt, bool Shift) Modifiers(int code)
    {
        // xterm: one more than the sum of Shift 1, Alt 2, Ctrl 4.
        var bits = Math.Max(0, code - 1);
        return ((bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0);
    }

    private static int Number(string[] parts, int index) =>
        index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
