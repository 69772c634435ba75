using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Finds the columns that a notion such as "revenue" or "long" is about, and where it may be summed without counting twice.</summary>
internal sealed class MeasureFinder(JoinGraph graph)
{
    private static readonly string[] MoneyWords = ["total", "amount", "revenue", "sum", "betrag", "umsatz", "turnover", "value", "paid", "payment", "net", "gross", "price", "cost", "fee", "fare", "charge", "salary", "wage", "fine", "amt", "principal", "balance", "budget", "preis", "kosten", "premium", "income"];

    /// <summary>The columns of a table that a notion is about, best first.</summary>
    public static IReadOnlyList<Term> Terms(Concept concept, Table table)
    {
        var numbers = table.Columns.Where(static c => c.Kind is ColumnKind.Number && !c.IsKey && !c.IsReference).ToList();
        return concept switch
        {
            Concept.Money => Money(numbers),
            Concept.Duration => Long(numbers),
            Concept.Quantity => Pick([.. numbers.Where(IsQuantity)], WordsOf(concept)),
            Concept.Age => Pick([.. table.Columns.Where(static c => c.Kind == ColumnKind.Date)], WordsOf(concept)),
            Concept.Date => Dates(table),
            _ => Pick(numbers, WordsOf(concept)),
        };
    }

    /// <summary>The columns that a notion is about just as much as the first of <see cref="Terms"/>: claimed and paid are both amounts.</summary>
    public static IReadOnlyList<Term> Ties(Concept concept, Table table)
    {
        var terms = Terms(concept, table);
        if (terms.Count < 2 || terms[0].Times is not null)
        {
            return [.. terms.Take(1)];
        }

        Func<Column, int> rank = concept == Concept.Date ? c => DateRank(c, table) : c => Array.FindIndex(WordsOf(concept), w => Matches(c, w));
        return [.. terms.Where(t => rank(t.Column) == rank(terms[0].Column))];
    }

    private static string[] WordsOf(Concept concept) => concept switch
    {
        Concept.Money => MoneyWords,
        Concept.Price => ["price", "cost", "fee", "rate", "charge", "amount", "fare", "preis", "kosten", "total", "value", "salary"],
        Concept.Duration => ["duration", "milliseconds", "ms", "seconds", "minutes", "hours", "length", "runtime", "dauer", "days", "laenge", "pages", "distance", "km", "miles", "entfernung", "kilometers"],
        Concept.Size => ["size", "bytes", "kb", "mb", "capacity", "volume", "area", "population", "beds", "seats", "pages", "total", "amount"],
        Concept.Weight => ["weight", "kg", "gewicht", "tons", "mass", "grams"],
        Concept.Quantity => ["quantity", "qty", "units", "menge", "pieces", "anzahl", "stock", "count"],
        Concept.Distance => ["distance", "km", "miles", "entfernung", "kilometers"],
        Concept.Height => ["height", "altitude", "elevation"],
        Concept.Rating => ["rating", "score", "stars", "grade"],
        Concept.Age => ["birth", "dob", "birthday", "geburt", "geburtsdatum"],
        _ => [],
    };

    /// <summary>The dates of a table: its own first, then those that only record when a row was written.</summary>
    public static IReadOnlyList<Term> Dates(Table table) =>
        [.. table.Columns.Where(static c => c.Kind == ColumnKind.Date).OrderBy(c => DateRank(c, table)).Select(static c => new Term(c))];

    private static int DateRank(Column column, Table table) =>
        column.Words.Any(Late.Contains) ? 2 : column.Words.Any(w => table.Words.Any(t => Language.WordMatch.Score(t, w) >= Language.WordMatch.SameRoot)) ? 0 : 1;

    // Dates of what came after, or of what has nothing to do with when a row came to be.
    private static readonly HashSet<string> Late = new(StringComparer.Ordinal)
    {
        "birth", "dob", "born", "modified", "updated", "due", "expiry", "expires", "valid", "end", "ended", "leaving", "left", "closed", "return", "returned", "discharge", "until", "till",
        "finish", "finished", "termination", "cancelled", "deleted", "paid", "resolved", "cleared", "approved", "delivered", "completed", "died", "death", "shipped", "dispatched", "decided", "answered", "reviewed", "confirmed",
    };

    /// <summary>What the rows of a table amount to when nothing more is said ("the largest invoice").</summary>
    public static Term? Default(Table table) => Defaults(table) is [{ } first, ..] ? first : null;

    /// <summary>Every column that <see cref="Default"/> may be as well as another.</summary>
    public static IReadOnlyList<Term> Defaults(Table table)
    {
        if (Ties(Concept.Money, table) is { Count: > 0 } money)
        {
            return money;
        }

        var numbers = table.Columns.Where(static c => c.Kind == ColumnKind.Number && !c.IsIdentifier).ToList();
        return numbers.Count == 1 ? [new Term(numbers[0])] : [];
    }

    /// <summary>The columns of the nearest table with such ones from whose rows each of the tables is met at most once.</summary>
    /// <remarks>What is paid and what is charged both are money, one step from another: both are given, the nearer first.</remarks>
    public IReadOnlyList<Term> Nearest(Concept concept, IReadOnlyCollection<Table> context)
    {
        var choices =
            (from table in graph.Schema.Tables
             where context.All(c => graph.IsToOne(table, c))
             from term in Ties(concept, table)
             // What people are paid is no revenue.
             where concept != Concept.Money || !term.Column.Words.Any(static w => w is "salary" or "wage" or "budget" or "balance" or "limit") || context.Contains(table)
             let score = context.Sum(c => graph.Distance(table, c) ?? 9) + Rank(concept, term)
             orderby score
             select (Term: term, Score: score)).ToList();
        return [.. choices.Where((c, i) => i == 0 || c.Term.Column.Table == choices[0].Term.Column.Table || (concept == Concept.Money && c.Score - choices[0].Score < StepAway && Rank(concept, c.Term) < 1)).Select(static c => c.Term)];
    }

    private const double StepAway = 1.3;

    /// <summary>The table whose rows are the deeds (sales, loans, visits) that the rows of another take part in.</summary>
    public Table? EventOf(Table subject)
    {
        var choices =
            from table in graph.Schema.Tables
            where table != subject && graph.IsToOne(table, subject)
            let isDeed = table.Words.Any(static w => Deeds.Any(d => Language.WordMatch.Score(d, w) >= Language.WordMatch.Abbreviation))
            let carries = table.Columns.Any(static c => c is { Kind: ColumnKind.Number, IsIdentifier: false } && c.Has("quantity", "price", "amount", "total"))
            where isDeed || carries
            orderby graph.Distance(table, subject) + (isDeed ? 0 : NoDeed)
            select table;
        return choices.FirstOrDefault();
    }

    // What only has a price (a track) is no deed where there are deeds (its sales), however much nearer.
    private const double NoDeed = 5;

    private static readonly string[] Deeds = ["invoice", "order", "sale", "purchase", "line", "transaction", "rental", "booking", "loan", "payment", "reservation", "ticket"];

    /// <summary>What is long by time, else by way.</summary>
    private static List<Term> Long(List<Column> numbers)
    {
        var ways = WordsOf(Concept.Distance);
        var times = Pick(numbers, [.. WordsOf(Concept.Duration).Except(ways, StringComparer.Ordinal)]);
        return times.Count > 0 ? times : Pick(numbers, ways);
    }

    private static double Rank(Concept concept, Term term)
    {
        if (concept != Concept.Money)
        {
            return 0;
        }

        if (term.Times is not null)
        {
            return 0.1;
        }

        var at = Array.FindIndex(MoneyWords, w => term.Column.Has(w));
        return at < 0 ? 3 : at < 10 ? 0 : 1.2;
    }

    private static List<Term> Money(List<Column> numbers)
    {
        numbers = [.. numbers.Where(static c => !c.Words.Any(static w => w is "pct" or "percent" or "percentage"))];
        var totals = Pick(numbers, MoneyWords.AsSpan(0, 9));
        var prices = Pick(numbers, "gross", "net", "price", "cost", "fee", "fare", "preis", "rate", "salary", "charge", "fine", "premium", "wage", "income", "kosten", "balance", "principal", "budget");
        // What lies in stock was not charged.
        var quantity = numbers.Find(c => IsQuantity(c) && !c.Words.Contains("stock") && !prices.Exists(p => p.Column == c));
        if (totals.Count == 0 && quantity is not null && prices.Find(t => t.Column != quantity) is { } price)
        {
            return [price with { Times = quantity }];
        }

        return [.. totals, .. prices];
    }

    /// <summary>Whether it is money for a piece or a time.</summary>
    public static bool IsPrice(Column column) => column.Has("rate", "price", "cost", "fee", "fare", "wage", "salary", "charge", "pay");

    /// <summary>Whether it says how many pieces there are or were.</summary>
    public static bool IsQuantity(Column column) =>
        column.Has("quantity", "qty", "units", "menge", "anzahl", "pieces", "stock", "count") && !column.Has("price", "cost", "amount", "total", "value", "fee");

    private static List<Term> Pick(List<Column> columns, params ReadOnlySpan<string> words)
    {
        var found = new List<Term>();
        foreach (var word in words)
        {
            foreach (var column in columns)
            {
                if (Matches(column, word) && !found.Exists(f => f.Column == column))
                {
                    found.Add(new Term(column));
                }
            }
        }

        return found;
    }

    private static bool Matches(Column column, string word) =>
        column.Words.Any(w => w == word || Language.WordMatch.Score(word, w) is >= Language.WordMatch.SameRoot or Language.WordMatch.Abbreviation);
}
