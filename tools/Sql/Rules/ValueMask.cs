using System.Text;

namespace Agent.Tools.Sql.Rules;

/// <summary>Replaces a value by a mask.</summary>
internal static class ValueMask
{
    /// <summary>
    /// <c>***</c>, with the last four characters of values of twelve and more, so that a person can tell two card numbers apart
    /// and nobody can use one.
    /// </summary>
    public static string Apply(string value)
    {
        var runes = value.EnumerateRunes().ToArray();
        if (runes.Length < 12)
        {
            return "***";
        }

        var text = new StringBuilder("***");
        foreach (var rune in runes.AsSpan(runes.Length - 4))
        {
            text.Append(rune.ToString());
        }

        return text.ToString();
    }
}
