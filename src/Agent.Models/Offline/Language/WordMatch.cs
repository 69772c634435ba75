namespace Agent.Models.Offline.Language;

/// <summary>How well a word of a request fits a word of a name, from 0 (not at all) to 1 (the same word).</summary>
internal static class WordMatch
{
    public const double Plural = 0.98;
    public const double SameRoot = 0.88;
    public const double Synonym = 0.8;
    public const double Abbreviation = 0.78;
    public const double Misspelt = 0.72;

    /// <summary>The least that counts as a match at all.</summary>
    public const double Least = 0.7;

    public static double Score(string said, string named)
    {
        (said, named) = (Fold(Period(said)), Fold(Period(named)));
        if (said == named)
        {
            return 1;
        }

        var a = Stemmer.Singular(said);
        var b = Stemmer.Singular(named);
        if (a == b)
        {
            return Plural;
        }

        // An assignee is who was assigned.
        if (Stemmer.Root(a) == Stemmer.Root(b) || (a.Length > 6 && Stemmer.Root(Stemmer.Root(a)) == Stemmer.Root(Stemmer.Root(b))) || (b.Length > 6 && b.EndsWith("ee", StringComparison.Ordinal) && Stemmer.Root(a) == Stemmer.Root(b[..^2])))
        {
            return SameRoot;
        }

        if (Synonyms.AreSame(a, b))
        {
            return Synonym;
        }

        if (Synonyms.IsAbbreviation(b, a) || Synonyms.IsAbbreviation(a, b) || IsShortened(b, a))
        {
            return Abbreviation;
        }

        return IsMisspelt(a, b) ? Misspelt : 0;
    }

    /// <summary>Whether a word is the other one, a form of it or short for it: more than a word of like meaning.</summary>
    public static bool IsSameOrShort(string said, string named)
    {
        var (a, b) = (Stemmer.Singular(Fold(Period(said))), Stemmer.Singular(Fold(named)));
        return Stemmer.Root(a) == Stemmer.Root(b) || Synonyms.IsAbbreviation(b, a) || IsShortened(b, a);
    }

    /// <summary>Whether a word is another form of one of some: "ordered" of "order", but not "work" of "staff".</summary>
    public static bool AreForms(string word, IReadOnlyList<string> words) => words.Any(w => Stemmer.Root(Stemmer.Singular(Fold(word))) == Stemmer.Root(Stemmer.Singular(Fold(w))));

    /// <summary>"Monthly", for what is of a month.</summary>
    private static string Period(string word) => word switch { "hourly" => "hour", "daily" => "day", "weekly" => "week", "monthly" => "month", "quarterly" => "quarter", "yearly" or "annual" => "year", _ => word };

    /// <summary>Umlauts in the spelling that has none, as schemas write them.</summary>
    internal static string Fold(string word) =>
        word.AsSpan().IndexOfAny("äöüß") < 0 ? word
        : word.Replace("ä", "ae", StringComparison.Ordinal).Replace("ö", "oe", StringComparison.Ordinal).Replace("ü", "ue", StringComparison.Ordinal).Replace("ß", "ss", StringComparison.Ordinal);

    /// <summary>Whether <paramref name="form"/> is the beginning of <paramref name="word"/> or its consonants (<c>cstmr</c>).</summary>
    private static bool IsShortened(string form, string word)
    {
        if (IsSkeleton(form, word))
        {
            return true;
        }

        if (form.Length < 3 || word.Length < form.Length + 2 || form[0] != word[0])
        {
            return false;
        }

        if (word.StartsWith(form, StringComparison.Ordinal))
        {
            return form.Length * 2 >= word.Length || (form.Length >= 4 && word.Length <= 12);
        }

        if (form.AsSpan(1).IndexOfAny("aeiou") >= 0)
        {
            return false;
        }

        var next = 0;
        foreach (var c in word)
        {
            if (next < form.Length && c == form[next])
            {
                next++;
            }
        }

        return next == form.Length && form.Length * 2 >= word.Length;
    }

    /// <summary>Whether a form without vowels is what a word is without its own: <c>zn</c> of "zone"; of four consonants or more one may be missing (<c>rdg</c> of "reading").</summary>
    private static bool IsSkeleton(string form, string word)
    {
        if (form.Length is < 2 or > 5 || word.Length < 4 || form[0] != word[0] || form.AsSpan().IndexOfAny("aeiou") >= 0)
        {
            return false;
        }

        var consonants = string.Concat(word.Where(static c => !"aeiou".Contains(c, StringComparison.Ordinal)));
        if (form == consonants)
        {
            return true;
        }

        return form.Length >= 3 && consonants.Length == form.Length + 1 && form[^1] == consonants[^1] && Enumerable.Range(1, consonants.Length - 2).Any(i => consonants.Remove(i, 1) == form);
    }

    private static bool IsMisspelt(string a, string b)
    {
        var allowed = Math.Min(a.Length, b.Length) switch { < 5 => 0, < 9 => 1, _ => 2 };
        return allowed > 0 && a[0] == b[0] && Math.Abs(a.Length - b.Length) <= allowed && Distance(a, b) <= allowed;
    }

    /// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.</summary>
    internal static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above) = (above, row);
        }

        return above[b.Length];
    }
}
