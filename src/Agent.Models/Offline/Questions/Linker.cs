using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Finds the tables and columns that words may mean.</summary>
internal sealed class Linker(Schema schema)
{
    /// <summary>The least a candidate must reach.</summary>
    public const double Least = 0.6;

    // A name without this word says the same: "genre" for GenreId, "birth" for BirthDate.
    private static readonly HashSet<string> Weak = new(StringComparer.Ordinal) { "id", "no", "nr", "code", "key", "cd", "num", "number", "date", "dt", "datum", "name", "nm", "is", "has", "at", "on", "year", "yr", "jahr", "ts", "timestamp", "time",
        "until", "till", "since", "m", "2", "m2", "sqm", "kwh", "c", "celsius", "percent", "kg", "km", "ms", "sec", "secs", "min", "mins", "cents", "cent", "ct", "eur", "usd", "pct", "grams", "milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "kw", "kwh", "mb", "kb", "cm", "mm" };

    // Such a word may be said beside a name that does not have it: "phone number" for a column Phone.
    private static readonly HashSet<string> Redundant = new(StringComparer.Ordinal) { "id", "no", "code", "key", "number", "date", "name" };

    private const double RoleFit = 0.8;
    private const double Covered = 0.12;

    // The noun of a table that has a word more before it fits better than one of a column's words.
    private const double Head = 0.93;

    private static readonly HashSet<string> Amounts = new(StringComparer.Ordinal) { "salary", "salaries", "wage", "wages", "price", "prices", "cost", "costs", "amount", "amounts", "fee", "fees", "revenue", "income", "total", "sum", "rate", "budget", "profit", "charge", "balance", "payment", "payments" };

    private readonly Dictionary<Column, IReadOnlyList<string>> _roles = schema.References.Where(static r => r.FromColumns.Count == 1 && r.From != r.To)
        .DistinctBy(static r => r.FromColumns[0]).ToDictionary(static r => r.FromColumns[0], static r => r.To.Words);

    private readonly Dictionary<string, IReadOnlyList<Candidate>> _cache = new(StringComparer.Ordinal);

    /// <summary>The columns whose names are these words and no others.</summary>
    public IReadOnlyList<Candidate> Named(IReadOnlyList<string> words) =>
        [.. schema.Columns.Where(c => c.Words.SequenceEqual(words)).Select(static c => new Candidate(c.Table, c, 1))];

    /// <summary>The candidates for some words, best first; only those near the best.</summary>
    public IReadOnlyList<Candidate> Find(IReadOnlyList<string> words)
    {
        var key = string.Join(' ', words);
        if (_cache.TryGetValue(key, out var known))
        {
            return known;
        }

        var found = new List<Candidate>();
        foreach (var table in schema.Tables)
        {
            var score = Math.Max(Fit(words, table.Words, [], 0.25), InitialFit(words, table));
            if (score >= Least)
            {
                // Of two that are named in part, the one that only links others is meant less.
                var links = words.Count < table.Words.Count && table.IsLink;
                // "order", where there are purchase orders and an order's date.
                var isHead = words.Count == 1 && table.Words.Count > 1 && !links && WordMatch.Score(words[0], table.Words[^1]) >= WordMatch.Plural;
                found.Add(new Candidate(table, null, isHead ? Head : Math.Min(1, score + (links ? -0.02 : 0.03))));
            }

            foreach (var column in table.Columns)
            {
                var own = column.Words;
                score = Math.Max(Fit(words, own, table.Words, 0.25), JoinedFit(words, column.Name));
                if (score < Least && Joined(own) is { } joined)
                {
                    score = Fit(words, joined, table.Words, 0.25);
                }

                if (score < Least && words is [var said] && !Weak.Contains(said) && _roles.TryGetValue(column, out var to))
                {
                    // "leads", where a column is called lead_lawyer_id and refers to lawyers.
                    score = Fit(words, own, to, 0.25) is >= RoleFit and var role && own.Any(w => WordMatch.Score(said, w) >= WordMatch.SameRoot && !to.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation)) ? role : score;
                }

                if (column.Kind == ColumnKind.Number && words is [var participle] && score is < WordMatch.SameRoot and >= Least && (participle == "paid" || participle.EndsWith("ed", StringComparison.Ordinal)) && !column.Words.Any(w => WordMatch.Score(participle, w) >= WordMatch.SameRoot))
                {
                    // What was paid is no salary.
                    continue;
                }

                if (column.Kind is ColumnKind.Date or ColumnKind.Flag && score < WordMatch.SameRoot && words.Any(static w => Amounts.Contains(w)))
                {
                    // A salary is no day on which something was paid.
                    continue;
                }

                if (words is [{ } only] && column.Aliases.Contains(Stemmer.Singular(only)))
                {
                    score = 0.95;
                }

                if (score >= Least)
                {
                    found.Add(new Candidate(table, column, score));
                }
            }
        }

        if (found.Count == 0 && words is [{ Length: > 5 } negated] && Negation(negated) is { } plain)
        {
            // "inactive", "unpaid": the opposite of a flag.
            found.AddRange(Find([plain]).Where(static c => c is { Column: not null, Score: >= 0.85 }).Select(static c => c with { Score = Math.Min(c.Score, 0.9) }));
        }

        if (found.Count == 0 && words is ["job" or "position" or "occupation"])
        {
            // What people do is the title that they have.
            found.AddRange(Find(["title"]).Where(static c => c.Column is not null && People.Are(c.Table)).Select(static c => c with { Score = Math.Min(c.Score, WordMatch.Synonym) }));
        }

        var best = found.Count == 0 ? 0 : found.Max(static c => c.Score);
        IReadOnlyList<Candidate> ranked = [.. found.Where(c => c.Score >= best - 0.3).OrderByDescending(static c => c.Score).ThenBy(static c => c.Column is null ? 0 : 1)];
        _cache.Add(key, ranked);
        return ranked;
    }

    /// <summary>Whether one of the words is the head of a column's name, or stands where nothing but an ending follows: English names end with what they name.</summary>
    public static bool NamesHead(IReadOnlyList<string> words, Column column)
    {
        var named = column.Words.Where(w => !Weak.Contains(w) && !column.Table.Words.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation)).ToList();
        return named.Count < 2 || words.Any(w => WordMatch.Score(w, named[^1]) >= WordMatch.Least);
    }

    /// <summary>The columns of numbers that end with a unit.</summary>
    public IReadOnlyList<Candidate> FindUnit(string unit) =>
        [.. schema.Columns.Where(c => c is { Kind: ColumnKind.Number, IsIdentifier: false } && c.Words.Count > 1 && c.Words[^1] == unit).Select(static c => new Candidate(c.Table, c, 0.9))];

    /// <summary>A country as the value of the columns of countries; none where they hold something else, such as codes.</summary>
    public IReadOnlyList<ValueHit> FindCountries(string name) =>
        [.. schema.Columns.Where(static c => c is { Kind: ColumnKind.Text, IsReference: false, IsKey: false } && c.Words[^1] is "country" or "land" or "nation").Select(c => new ValueHit(c, name, true))];

    /// <summary>The word without the syllable that turns it round; null where it has none.</summary>
    public static string? Negation(string word)
    {
        var prefix = Array.Find(Prefixes, p => word.StartsWith(p, StringComparison.Ordinal) && word.Length >= p.Length + 4);
        return prefix is null ? null : word[prefix.Length..].TrimStart('-');
    }

    private static readonly string[] Prefixes = ["non", "in", "un", "dis"];

    /// <summary>How well the words said fit the words of a name; each word said must fit one of the name's or of its context's.</summary>
    private static double Fit(IReadOnlyList<string> said, IReadOnlyList<string> name, IReadOnlyList<string> context, double penalty)
    {
        var used = new bool[name.Count];
        var total = 0.0;
        var own = 0;
        foreach (var word in said)
        {
            var best = 0.0;
            var at = -1;
            for (var i = 0; i < name.Count; i++)
            {
                var score = used[i] ? 0 : WordMatch.Score(word, name[i]);
                if (score > best)
                {
                    (best, at) = (score, i);
                }
            }

            if (best < WordMatch.Least)
            {
                foreach (var other in context)
                {
                    best = Math.Max(best, WordMatch.Score(word, other));
                }

                at = -1;
            }

            if (best < WordMatch.Least)
            {
                if (said.Count > 1 && (Redundant.Contains(word) || word is "job" or "full" or "home" || (word is "address" && said.Any(static w => w is "email" or "mail" or "e" or "web"))))
                {
                    // "phone number" for a column Phone.
                    total += 0.92;
                    continue;
                }

                return 0;
            }

            if (at >= 0)
            {
                used[at] = true;
                own++;
            }

            total += best;
        }

        if (own == 0)
        {
            return 0;
        }

        var average = total / said.Count;
        if (own == said.Count && own > 1 && said.All(s => name.Any(n => WordMatch.IsSameOrShort(s, n))) && Enumerable.Range(0, name.Count).All(i => used[i] || Weak.Contains(name[i])))
        {
            // Each word of the one is a word of the other: that some are short forms says little against it.
            average = Math.Min(1, average + Covered);
        }

        for (var i = 0; i < name.Count; i++)
        {
            if (!used[i])
            {
                // Words of the table in a column's name add nothing.
                var inContext = context.Any(c => WordMatch.Score(c, name[i]) >= WordMatch.Abbreviation);
                average -= inContext ? 0.02 : Weak.Contains(name[i]) ? 0.08 : penalty;
            }
        }

        return average;
    }

    /// <summary>"Work orders" for a table <c>wo</c>: each letter of the name begins a word.</summary>
    private static double InitialFit(IReadOnlyList<string> said, Table table) =>
        said.Count is 2 or 3 && table.Words is [{ } name] && name.Length == said.Count && said.Zip(name).All(static p => p.First.Length > 3 && p.First[0] == p.Second) ? RoleFit + 0.05 : 0;

    /// <summary>The words of a name with a verb and its particle as the noun that they are: a pickup is when something was picked up. Null where there are none.</summary>
    private static List<string>? Joined(IReadOnlyList<string> name)
    {
        for (var i = 0; i + 1 < name.Count; i++)
        {
            if (name[i].EndsWith("ed", StringComparison.Ordinal) && name[i + 1] is "up" or "off" or "out" or "in" or "back" or "down" or "over")
            {
                return [.. name.Take(i), Stemmer.Root(name[i]) + name[i + 1], .. name.Skip(i + 2)];
            }
        }

        return null;
    }

    /// <summary>Words that the name writes as one: <c>date of birth</c> and <c>birthdate</c>, <c>first name</c> and <c>firstname</c>.</summary>
    private static double JoinedFit(IReadOnlyList<string> said, string name)
    {
        if (said.Count == 1)
        {
            // "geburtsdatum", "kundenname": the word is one end of the compound.
            return 0;
        }

        var compact = name.Replace("_", string.Empty, StringComparison.Ordinal);
        return string.Equals(string.Concat(said), compact, StringComparison.OrdinalIgnoreCase)
            || string.Equals(string.Concat(said.Reverse()), compact, StringComparison.OrdinalIgnoreCase) ? 0.97 : 0;
    }
}
