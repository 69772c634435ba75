using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Evaluation;

/// <summary>What came of a question.</summary>
/// <param name="Answer">The words for the person.</param>
/// <param name="End"><c>answered</c>, or what else ended it.</param>
/// <param name="Steps">Calls for the command, requests to the model for the plain loop.</param>
/// <param name="Input">Tokens sent.</param>
/// <param name="Output">Tokens written.</param>
internal sealed record Outcome(string Answer, string End, int Steps, long Input, long Output);

/// <summary>How questions are answered.</summary>
internal interface IArm
{
    Task<Outcome> AskAsync(Question question, CancellationToken cancellationToken);
}

internal enum Verdict
{
    /// <summary>Every expected value is given, and hardly anything else.</summary>
    Right,

    /// <summary>It says that it has no answer, or ended without one.</summary>
    Refused,

    /// <summary>Anything else: a confident answer that is not the right one.</summary>
    Wrong,
}

/// <summary>Judges an answer by its values; the same for every arm.</summary>
internal static partial class Scoring
{
    /// <summary>A table of more rows than this beside the expected ones answers another question.</summary>
    private const double MostRowsBeside = 1.5;

    public static Verdict Judge(Question question, Outcome outcome)
    {
        // Statements and sources are no answer: a value in a condition proves nothing.
        var answer = SourcePattern().Replace(CodePattern().Replace(outcome.Answer, " "), " ");
        if (outcome.End != "answered" || answer.Trim().Length == 0)
        {
            return Verdict.Refused;
        }

        var words = Normal(answer);
        var rows = answer.Split('\n').Count(static l => l.TrimStart().StartsWith('|') && !l.Contains("---", StringComparison.Ordinal)) - 1;
        var all = question.Expected.All(row => row.All(value => Stands(words, value)));
        if (all && question.Expected.Count > 0 && rows <= Math.Max(2, question.Expected.Count * MostRowsBeside))
        {
            return Verdict.Right;
        }

        return RefusalPattern().IsMatch(answer) ? Verdict.Refused : Verdict.Wrong;
    }

    /// <summary>Whether a value stands in a text as a whole word; a number also where it is given with more decimals.</summary>
    private static bool Stands(string text, string value)
    {
        var wanted = Normal(value);
        if (decimal.TryParse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return NumberPattern().Matches(text).Any(m =>
                decimal.TryParse(m.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var given)
                && (given == number || (wanted.Contains('.', StringComparison.Ordinal) ? Math.Abs(given - number) < 0.06m : m.Value.Contains('.', StringComparison.Ordinal) && Math.Abs(given - number) < 1)));
        }

        for (var at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + 1, StringComparison.Ordinal))
        {
            var end = at + wanted.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end >= text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static string Normal(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var separates = text[i] is ',' or '\'' && i > 0 && i + 3 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]) && char.IsAsciiDigit(text[i + 2]) && char.IsAsciiDigit(text[i + 3]);
            if (!separates)
            {
                plain.Append(char.ToLowerInvariant(text[i]));
            }
        }

        return plain.ToString();
    }

    [GeneratedRegex("```sql.*?```", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"^(?:Source:.*|\d+ of \d+ drafts.*)$", RegexOptions.Multiline)]
    private static partial Regex SourcePattern();

    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"could not|cannot|can't|can not|unable|beyond the|no row|nothing found|found nothing|not find|don't have|do not have|sorry|does not exist|no such|not been able", RegexOptions.IgnoreCase)]
    private static partial Regex RefusalPattern();
}
