using System.Text;

namespace Agent.Runtime.Loop;

/// <summary>
/// Notices a text that goes round: a small model that does not find its end writes the same sentences until its limit, or one
/// sentence that never ends with the same words in it again and again. Fed piece by piece, as the text comes.
/// </summary>
internal sealed class RepeatedText
{
    /// <summary>Shorter sentences and cells of tables come again in good texts.</summary>
    private const int Least = 24;
    private const int Times = 3;

    /// <summary>Within a line, words that follow on themselves: so often, over so many characters at least, in rounds of at most so many.</summary>
    private const int Rounds = 4;
    private const int LeastInALine = 120;
    private const int LongestRound = 400;

    /// <summary>The end of the text by which an earlier round is found, in characters; no round is shorter.</summary>
    private const int Probe = 12;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, (int Count, int Second)> _sentences = new(StringComparer.Ordinal);
    private int _start;
    private int _line;

    /// <summary>The text until it began to repeat itself; all of it where it did not.</summary>
    public string Kept { get; private set; } = string.Empty;

    /// <summary>Takes in what came.</summary>
    /// <returns>True once a sentence came for the third time, or a part of one for the fourth in a row.</returns>
    public bool Push(string delta)
    {
        foreach (var c in delta)
        {
            _text.Append(c);
            if (c is '.' or '!' or '?' or '\n')
            {
                if (EndsSentence())
                {
                    return true;
                }

                _line = c == '\n' ? _text.Length : _line;
            }
            else if (c is ' ' or ',' or ';' or ':' && GoesRound())
            {
                return true;
            }
        }

        return false;
    }

    private bool EndsSentence()
    {
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
        return false;
    }

    /// <summary>Whether the line ends with the same words several times in a row.</summary>
    private bool GoesRound()
    {
        var from = Math.Max(_line, _text.Length - (LongestRound * Rounds));
        if (_text.Length - from < LeastInALine)
        {
            return false;
        }

        var end = _text.ToString(from, _text.Length - from);
        var before = end.LastIndexOf(end[^Probe..], end.Length - 2, StringComparison.Ordinal);
        var round = end.Length - Probe - before;
        var needed = Math.Max(Rounds * round, LeastInALine);
        if (before < 0 || round < Probe || needed > end.Length || !end[^round..].Any(char.IsLetter))
        {
            return false;
        }

        var begin = end.Length - round;
        while (begin > 0 && end[begin - 1] == end[begin - 1 + round])
        {
            begin--;
        }

        if (end.Length - begin < needed)
        {
            return false;
        }

        Kept = _text.ToString(0, from + begin + round).TrimEnd(' ', ',', ';', ':');
        return true;
    }
}
