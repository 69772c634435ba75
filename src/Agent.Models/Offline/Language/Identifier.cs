using System.Text;

namespace Agent.Models.Offline.Language;

/// <summary>Takes names of tables, columns, tools and parameters apart into lower-case words.</summary>
internal static class Identifier
{
    /// <summary>Splits at case changes, digits and separators: <c>InvoiceLine</c>, <c>invoice_line</c>, <c>HTTPStatus2</c>.</summary>
    public static IReadOnlyList<string> Split(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (!char.IsLetterOrDigit(c))
            {
                Flush();
                continue;
            }

            var starts = word.Length > 0 && (
                (char.IsUpper(c) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                || char.IsDigit(c) != char.IsDigit(name[i - 1]));
            if (starts)
            {
                Flush();
            }

            word.Append(char.ToLowerInvariant(c));
        }

        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }
}
