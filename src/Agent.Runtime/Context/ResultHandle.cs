using System.Globalization;

namespace Agent.Runtime.Context;

/// <summary>The name of a stored result: <c>r</c> and the number of the event that holds it.</summary>
internal static class ResultHandle
{
    public static string Write(long sequence) => string.Create(CultureInfo.InvariantCulture, $"r{sequence}");

    public static bool TryRead(string text, out long sequence)
    {
        sequence = 0;
        return text.Length > 1 && text[0] is 'r' or 'R' && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }
}
