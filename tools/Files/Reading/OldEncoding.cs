using System.Collections.Frozen;
using System.Text;
using UtfUnknown;

namespace Agent.Tools.Files.Reading;

/// <summary>
/// The encodings from before Unicode. Those of other scripts are told by the statistics of their languages
/// (https://github.com/CharsetDetector/UTF-unknown); what cannot be told is taken as Western, which reads and writes back any bytes.
/// </summary>
internal static class OldEncoding
{
    private const int ProbeBytes = 64 * 1024;

    // Latin letters with few marks look much alike in all of these: more certainty, and more letters to be certain by.
    private const float LatinConfidence = 0.8f;
    private const float ScriptConfidence = 0.7f;
    private const int LatinMarks = 8;
    private const int ScriptMarks = 4;

    private static readonly FrozenSet<string> Scripts = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "shift-jis", "euc-jp", "gb18030", "big5", "euc-kr", "koi8-r", "windows-1251", "iso-8859-5", "ibm866", "iso-8859-7", "windows-1253", "windows-1255", "iso-8859-6",
        "windows-1256", "tis-620");

    private static readonly FrozenSet<string> Latins = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "iso-8859-2", "windows-1250", "iso-8859-4", "iso-8859-9", "windows-1254", "iso-8859-10", "iso-8859-13", "windows-1257", "windows-1258");

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    static OldEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding of bytes that are text, and not Unicode.</summary>
    public static (string Name, Encoding Encoding) Of(ReadOnlySpan<byte> bytes)
    {
        var probe = bytes[..Math.Min(bytes.Length, ProbeBytes)];
        var marks = 0;
        foreach (var value in probe)
        {
            marks += value >= 0x80 ? 1 : 0;
        }

        if (marks >= ScriptMarks)
        {
            foreach (var found in CharsetDetector.DetectFromBytes(probe.ToArray()).Details)
            {
                var enough = (Scripts.Contains(found.EncodingName) && found.Confidence >= ScriptConfidence)
                    || (Latins.Contains(found.EncodingName) && found.Confidence >= LatinConfidence && marks >= LatinMarks);
                if (enough && found.Encoding is { } encoding && Strict(encoding) is var strict && IsKept(bytes, strict))
                {
                    return (found.EncodingName, strict);
                }
            }
        }

        return bytes.ContainsAnyInRange((byte)0x80, (byte)0x9f) ? ("windows-1252", Strict(Windows1252)) : ("iso-8859-1", Strict(Encoding.Latin1));
    }

    // A file is written back in its encoding: only one that gives the same bytes will do.
    private static bool IsKept(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetBytes(encoding.GetString(bytes)).AsSpan().SequenceEqual(bytes);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        return strict;
    }
}
