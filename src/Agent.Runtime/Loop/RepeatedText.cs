using System.Text;

namespace Agent.Runtime.Loop;

/// <summary>
/// Notices a text that goes round: a small model that does not find its end writes the same sentences until its limit. Fed piece by
/// piece, as the text comes.
/// </summary>
internal sealed class RepeatedText
{
    /// <summary>Shorter sentences and cells of tables come again in good texts.</summary>
    private const int Least = 24;
    private const int Times = 3;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, (int Count, int Second)> _sentences = new(StringComparer.Ordinal);
    private int _start;

    /// <summary>The text until it began to repeat itself; all of it where it did not.</summary>
    public string Kept { get; private set; } = string.Empty;

    /// <summary>Takes in what came.</summary>
    /// <returns>True once a sentence came for the third time.</returns>
    public bool Push(string delta)
    {
        foreach (var c in delta)
        {
            _text.Append(c);
            if (c is not ('.' or '!' or '?' or '\n'))
            {
                continue;
            }

            var sentence = _text.ToString(_start, _text.Length - _start).Trim();
            if (sentence.Length >= Least)
            {
                var seen = _sentences.GetValueOrDefault(sentence);
                seen = (seen.Count + 1, seen.Count == 1 ? _start : seen.Second);
                _sentences[sentence] = seen;
                if (seen.Count == Times)
                {
                    Kept = _text.ToString(0, seen.Second).TrimEnd();
                    return true;
                }
            }

            _start = _text.Length;
        }

        return false;
    }
}
