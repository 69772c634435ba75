using System.Text;

namespace Agent.Governance.Guardrails;

/// <summary>
/// The part of Unicode's compatibility form (NFKC) that matters to Latin text, without the accents: full-width, mathematical, circled
/// and raised letters and digits, ligatures, odd spaces. The program runs without ICU, where <see cref="string.Normalize()"/> does
/// nothing beyond ASCII.
/// </summary>
internal static class Compatibility
{
    private const string Accented = "ÀÁÂÃÄÅàáâãäåĀāĂăĄąÇçĆćĈĉĊċČčĎďÈÉÊËèéêëĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥÌÍÎÏìíîïĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľÑñŃńŅņŇňÒÓÔÕÖòóôõöŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųŴŵÝýÿŶŷŸŹźŻżŽž";
    private const string Plain = "AAAAAAaaaaaaAaAaAaCcCcCcCcCcDdEEEEeeeeEeEeEeEeEeGgGgGgGgHhIIIIiiiiIiIiIiIiIJjKkLlLlLlNnNnNnNnOOOOOoooooOoOoOoRrRrRrSsSsSsSsTtTtUUUUuuuuUuUuUuUuUuUuWwYyyYyYZzZzZz";

    private static readonly Dictionary<char, char> Accents = Accented.Zip(Plain).ToDictionary(p => p.First, p => p.Second);

    /// <summary>Folds the forms named above; other text stays as it is.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var v = rune.Value;
            switch (v)
            {
                case >= 0xFF01 and <= 0xFF5E:
                    folded.Append((char)(v - 0xFF01 + '!'));
                    break;
                case 0x00A0 or 0x3000 or 0x202F or 0x205F or (>= 0x2000 and <= 0x200A):
                    folded.Append(' ');
                    break;
                case >= 0x1D400 and <= 0x1D6A3:
                    folded.Append((char)((v - 0x1D400) % 52 is var letter && letter < 26 ? 'A' + letter : 'a' + letter - 26));
                    break;
                case >= 0x1D7CE and <= 0x1D7FF:
                    folded.Append((char)('0' + ((v - 0x1D7CE) % 10)));
                    break;
                case >= 0x24B6 and <= 0x24CF:
                    folded.Append((char)(v - 0x24B6 + 'A'));
                    break;
                case >= 0x24D0 and <= 0x24E9:
                    folded.Append((char)(v - 0x24D0 + 'a'));
                    break;
                case >= 0x1F130 and <= 0x1F149:
                    folded.Append((char)(v - 0x1F130 + 'A'));
                    break;
                case >= 0x1F150 and <= 0x1F169:
                    folded.Append((char)(v - 0x1F150 + 'A'));
                    break;
                case >= 0x1F170 and <= 0x1F189:
                    folded.Append((char)(v - 0x1F170 + 'A'));
                    break;
                case >= 0x1F1E6 and <= 0x1F1FF:
                    folded.Append((char)(v - 0x1F1E6 + 'A'));
                    break;
                case >= 0x2460 and <= 0x2468:
                    folded.Append((char)(v - 0x2460 + '1'));
                    break;
                case 0xFB00:
                    folded.Append("ff");
                    break;
                case 0xFB01:
                    folded.Append("fi");
                    break;
                case 0xFB02:
                    folded.Append("fl");
                    break;
                case >= 0x0300 and <= 0x036F:
                    // A combining accent: the letter before it stands alone.
                    break;
                default:
                    if (rune.IsBmp && Accents.TryGetValue((char)v, out var bare))
                    {
                        folded.Append(bare);
                    }
                    else
                    {
                        folded.Append(rune);
                    }

                    break;
            }
        }

        return folded.ToString();
    }
}
