using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>What became of a question: a plan, or the words that no plan accounts for.</summary>
/// <param name="Spec">The plan; null where there is none.</param>
/// <param name="Problem">What stood in the way; null where nothing did.</param>
/// <param name="Confidence">From 0 to 1.</param>
/// <param name="Unknown">The words that are neither language nor schema nor data.</param>
internal sealed record Reading(QuerySpec? Spec, string? Problem, double Confidence, IReadOnlyList<string> Unknown)
{
    /// <summary>What else the question may mean.</summary>
    public IReadOnlyList<OtherReading> Others { get; init; } = [];
}

/// <summary>
/// Puts the items of a question together to a plan over the schema. Every item that carries meaning must find its place in
/// it; one that does not makes the question one that is not understood, rather than one that is answered in part.
/// </summary>
internal sealed partial class Composer(JoinGraph graph, List<Item> items, DateOnly today, Choices choices)
{
    private readonly MeasureFinder _measures = new(graph);
    private readonly List<(Item Item, DatePart? Part)> _groups = [];
    private readonly List<Item> _projections = [];
    private readonly List<Condition> _where = [];
    private double _confidence = 1;
    private string? _problem;
    private bool _count;
    private bool _isWhom;
    private bool _isAbove;
    private bool _distinct;
    private MeasureRequest? _measure;
    private RankRequest? _rank;
    private Item? _subject;
    private Aggregate? _over;
    private int? _limit;
    private int _offset;
    private bool? _direction;
    private (string Operator, decimal Value)? _having;
    private MeasureRequest? _havingOf;

    private sealed record MeasureRequest(Aggregate Function, Item? Target, Concept Concept = Concept.None, bool Distinct = false);

    private sealed record RankRequest(bool Descending, MeasureRequest? Measure, Item? Target, Concept Concept)
    {
        /// <summary>Whether an order was asked for and not a first place: names sort too.</summary>
        public bool IsSort { get; init; }

        /// <summary>Whether "most" or "fewest" was said, which needs something to be counted.</summary>
        public bool IsMost { get; init; }

        /// <summary>Whether it is about one of the many rows that belong to each: the site with the longest cable.</summary>
        public bool IsOfOne { get; init; }

        /// <summary>Whether "often" was said, which counts how many times and not how much.</summary>
        public bool IsOften { get; init; }

        /// <summary>Whether "oldest" or "youngest" was said, which of people goes by their birth.</summary>
        public bool IsOfAge { get; init; }
    }

    public Reading Compose()
    {
        var foreign = items.Find(static i => i.Kind == ItemKind.Share);
        if (foreign is not null)
        {
            return new Reading(null, $"“{foreign.Text}” asks for more than a single query of counts, sums, filters and groups", 0, []);
        }

        if (items.FindLastIndex(static i => i.Kind is not ItemKind.Filler) is var end and >= 0 && items[end] is { Kind: ItemKind.Sort, Text: "ordered" })
        {
            // "how many were ordered" sorts nothing.
            items[end] = Lexicon.Find("bought")! with { First = items[end].First, Last = items[end].Last };
        }

        _isWhom = items is [{ Kind: ItemKind.Who, Text: "whom" }, ..] or [{ Kind: ItemKind.Who }, { Kind: ItemKind.Filler, Text: "does" or "did" or "do" }, ..];
        if (items is [{ Kind: ItemKind.Ask }, { Kind: ItemKind.Per, Text: "every" or "each" } all, ..])
        {
            // "list every customer"
            items[1] = all with { Kind = ItemKind.Filler };
        }

        FindTotal();
        Rewrite();
        FindWho();
        FindFlags();
        FindSubject();
        Walk();
        var spec = _problem is null ? Resolve() : null;
        if (spec is not null && _problem is null && items.TrueForAll(static i => i.Used || i.Kind is not ItemKind.Unknown))
        {
            _problem = new Accounting(graph, items).Missing(spec);
        }

        var unknown = items.Where(static i => !i.Used && i.Kind is ItemKind.Unknown).Select(static i => i.Text).ToList();
        var open = items.Where(static i => !i.Used && i.Kind is not (ItemKind.Filler or ItemKind.Verb or ItemKind.Preposition or ItemKind.Ask or ItemKind.And or ItemKind.Unknown)).Select(static i => i.Text).ToList();
        if (_problem is null && unknown.Count == 0 && open.Count > 0)
        {
            _problem = $"I could not place “{string.Join("”, “", open)}” in the question";
        }

        return _problem is null && unknown.Count == 0 && spec is not null
            ? new Reading(spec, null, _confidence, [])
            : new Reading(null, _problem ?? (unknown.Count > 0 ? null : "I could not turn the question into a query"), 0, unknown);
    }

    /// <summary>"Overdue hours in total": where nothing else says what to compute, the numbers are added up.</summary>
    private void FindTotal()
    {
        var at = items.FindIndex(static i => i is { Kind: ItemKind.Filler, Text: "in total" or "altogether" });
        if (at >= 0 && !items.Exists(static i => i.Kind is ItemKind.Count or ItemKind.HowMuch or ItemKind.Aggregate or ItemKind.Superlative or ItemKind.Top or ItemKind.Compare or ItemKind.Concept or ItemKind.Per or ItemKind.By)
            && items.FindIndex(static i => i is { Kind: ItemKind.Mention, IsTable: false } && i.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false }) is var number and >= 0 && number < at)
        {
            items.RemoveAt(at);
            while (number > 0 && items[number - 1].Kind is ItemKind.Mention or ItemKind.Value)
            {
                number--;
            }

            items.Insert(number, Lexicon.Find("total")! with { First = items[number].First, Last = items[number].First });
        }
    }

    private void FindFlags()
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not { Kind: ItemKind.Mention, IsTable: false } item || item.Candidates[0] is not { Column: { Kind: ColumnKind.Flag } flag, Score: >= 0.75 })
            {
                continue;
            }

            // "active members" may have been read as one name.
            if (item.Last - item.First > 1 && item.Text.Split(' ').Any(w => flag.Table.Words.Any(t => WordMatch.Score(w, t) >= WordMatch.Abbreviation)))
            {
                items[i] = item with { Candidates = [new Candidate(flag.Table, null, 1)], Text = flag.Table.Noun };
                _conditions.Add(new ConditionRequest(Bound.Flag, item, Concept.None, "=", []) { Negated = item.Text.Split(' ').Any(w => IsOpposite(item with { Text = w }, flag)) });
                continue;
            }

            if (!items.Exists(static x => x.Kind is ItemKind.Who || x.IsTable) && items.Take(i).All(static x => x.Kind is ItemKind.Filler or ItemKind.Ask or ItemKind.Count) && Stemmer.Singular(item.Text) != item.Text)
            {
                // "list all admins": the rows of which that is so.
                items[i] = item with { Candidates = [new Candidate(flag.Table, null, 1)], Text = flag.Table.Noun };
                _conditions.Add(new ConditionRequest(Bound.Flag, item, Concept.None, "=", []) { Negated = IsOpposite(item, flag) });
                continue;
            }

            // "billable hours": of the rows whose hours are asked for.
            var isBeside = items[0].Kind == ItemKind.YesNo && !items.Exists(static x => x.IsTable) || Next(i, skipPrepositions: false) is { Kind: ItemKind.Mention, IsTable: false } amount && amount.First == item.Last && amount.Candidates[0].Column is { Kind: ColumnKind.Number } number && number.Table == flag.Table
                || Next(i, skipPrepositions: false) is { IsTable: true } || (Next(i, skipPrepositions: false) is { Kind: ItemKind.Value } thing && thing.First == item.Last && thing.Hits.Any(h => h.Column.Table == flag.Table)) || Previous(i, skipPrepositions: false) is { IsTable: true } or { Kind: ItemKind.Not };
            if (isBeside)
            {
                var negation = Previous(i, skipPrepositions: false) is { Kind: ItemKind.Not } not ? not : null;
                var negated = negation is not null || IsOpposite(item, flag);
                if (negation is not null)
                {
                    negation.Used = true;
                }

                items[i] = item with { Kind = ItemKind.Flag, Used = true };
                _conditions.Add(new ConditionRequest(Bound.Flag, items[i], Concept.None, "=", []) { Negated = negated });
            }
        }
    }

    /// <summary>"inactive" said of a column Active.</summary>
    private static bool IsOpposite(Item item, Column column) =>
        Linker.Negation(item.Text) is { } plain && !column.Words.Contains(item.Text) && column.Words.Any(w => WordMatch.Score(plain, w) >= WordMatch.SameRoot);

    /// <summary>The next item that is no filler; null at the end.</summary>
    private Item? Next(int index, bool skipPrepositions = true)
    {
        for (var i = index + 1; i < items.Count; i++)
        {
            if (items[i].Kind is ItemKind.Filler or ItemKind.Verb or ItemKind.Flag || (skipPrepositions && items[i].Kind == ItemKind.Preposition))
            {
                continue;
            }

            return items[i];
        }

        return null;
    }

    private Item? Previous(int index, bool skipPrepositions = true)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            if (items[i].Kind is ItemKind.Filler or ItemKind.Verb or ItemKind.Flag || (skipPrepositions && items[i].Kind == ItemKind.Preposition))
            {
                continue;
            }

            return items[i];
        }

        return null;
    }

    private static bool IsMost(Item item) => item.Text is "most" or "the most" or "fewest" or "the fewest" or "least" or "the least";

    private static bool IsHowManyTimes(Item item) => item is { Kind: ItemKind.Count, Text: "how often" or "how many times" };

    private static bool IsHowOften(Item item) =>
        item.Text.Contains("common", StringComparison.Ordinal) || item.Text.Contains("frequent", StringComparison.Ordinal) || item.Text.Contains("often", StringComparison.Ordinal) || item.Text is "rarest" or "most numerous";

    private static bool IsPlural(Item mention) =>
        Stemmer.Singular(mention.Text.Split(' ')[^1]) != mention.Text.Split(' ')[^1];
}
