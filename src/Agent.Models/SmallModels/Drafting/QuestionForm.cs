using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// What a question asks for, as far as its words say so without doubt: rows or a number, of what, of each what, the most of what. The
/// planner reads a question whole or not at all; this is what is certain of one that it cannot read.
/// </summary>
/// <param name="question">The question.</param>
/// <param name="items">What was found in it; none where it is not to be held to anything.</param>
internal sealed partial class QuestionForm(string question, IReadOnlyList<Item> items)
{
    /// <summary>From here on a stretch of the question is the name of what it is like; and from there on it may be, where nothing else is.</summary>
    private const double Named = 0.85;
    private const double Likely = 0.7;

    /// <summary>Of several things that a word may mean, those this near to the best.</summary>
    private const double Near = 0.1;

    /// <summary>The columns that hold the measure that the question has a notion of: a price for "the most expensive".</summary>
    public IReadOnlyList<Column> Measures { get; init; } = [];

    private readonly List<Item> mentions = [.. items.Where(static i => i is { Kind: ItemKind.Mention or ItemKind.Flag, IsImplied: false, IsReplaced: false })];

    /// <summary>Whether nothing is known of the question, so that a statement may take any form.</summary>
    public bool IsFree => items.Count == 0;

    /// <summary>Whether a number of rows is asked for.</summary>
    public bool Counts => Has(ItemKind.Count);

    /// <summary>Whether that number is of the rows of a table: "how many claims", "claims per year".</summary>
    public bool CountsRows => Counts ? After(ItemKind.Count) is { IsTable: true } : Groups && Subject is not null && !Has(ItemKind.HowMuch, ItemKind.Aggregate, ItemKind.Concept, ItemKind.Superlative);

    /// <summary>Whether rows are asked for, and nothing that is computed of them.</summary>
    public bool Lists => !IsFree && !Has(ItemKind.Count, ItemKind.HowMuch, ItemKind.Aggregate, ItemKind.Superlative, ItemKind.Top, ItemKind.Per, ItemKind.By, ItemKind.Share, ItemKind.Concept, ItemKind.YesNo, ItemKind.When, ItemKind.Event, ItemKind.Distinct);

    /// <summary>Whether something is asked for of each.</summary>
    public bool Groups => Has(ItemKind.Per) || IsBy;

    /// <summary>Whether something that is not is asked for.</summary>
    public bool Negates => Has(ItemKind.Without, ItemKind.Not, ItemKind.Missing);

    /// <summary>The word for that.</summary>
    public string Negation => items.First(static i => i.Kind is ItemKind.Without or ItemKind.Not or ItemKind.Missing).Text;

    /// <summary>Whether something that is there may be asked for.</summary>
    public bool Affirms => IsFree || Has(ItemKind.Present, ItemKind.With);

    /// <summary>Whether of several conditions one is enough.</summary>
    public bool Alternates => IsFree || Has(ItemKind.Or, ItemKind.And);

    /// <summary>Whether values are compared by more and less, before and after.</summary>
    public bool Bounds => IsFree || Has(ItemKind.Compare, ItemKind.Between, ItemKind.OrMore, ItemKind.Relative, ItemKind.DateWord);

    /// <summary>Whether only some rows may be asked for.</summary>
    public bool Limits => IsFree || Has(ItemKind.Superlative, ItemKind.Top, ItemKind.Number);

    /// <summary>Whether a person is asked for whom no table is named for.</summary>
    public bool AsksWho => Has(ItemKind.Who) && Subject is null;

    /// <summary>The one extreme that is asked for; null for none, or several.</summary>
    public Item? Superlative => items.Where(static i => i is { Kind: ItemKind.Superlative, IsReplaced: false }).ToList() is [var only] ? only : null;

    /// <summary>Whether that extreme is of the age of people, and not of how long they have been there.</summary>
    public bool RanksByBirth => Superlative is { Concept: Concept.Date or Concept.Age } superlative && BirthPattern().IsMatch(superlative.Text) && (AsksWho || (Subject is { } subject && People.Are(subject)));

    /// <summary>Whether that extreme is of a number of rows: "the most comments" are many rows, and not a large value of some column of theirs.</summary>
    public bool RanksByCount => Superlative is { Concept: Concept.None } && Subject is { } subject && After(ItemKind.Superlative) is { IsTable: true } of && of.Candidates[0].Table != subject;

    /// <summary>The columns that the extreme is of, where they are known; none where not.</summary>
    public IReadOnlyList<Column> RankedBy => Superlative switch
    {
        { Concept: Concept.None } => Columns(After(ItemKind.Superlative)),
        { Concept: not (Concept.Date or Concept.Age or Concept.Popularity) } => Measures,
        _ => [],
    };

    /// <summary>The part of a date that something is asked for of each of: "per month"; null for none.</summary>
    public DatePart? GroupedByPart => Behind(ItemKind.Per) is { Kind: ItemKind.DateWord } word ? word.Part : null;

    /// <summary>The columns that are asked for by name at the start of the question: "what is the email of"; none where it asks for something else.</summary>
    public IReadOnlyList<Column> Asked => items.SkipWhile(static i => i.Kind is ItemKind.Filler or ItemKind.Preposition).Take(2).ToList() is [{ Kind: ItemKind.Ask }, { Kind: ItemKind.Mention, IsImplied: false } first] && first.Candidates[0].Score >= Named
        && !IsAdjective(first) ? [.. Columns(first).Where(static c => c.Kind != ColumnKind.Flag)] : [];

    /// <summary>What is asked for of each: columns that are named, or what tells the rows of a table apart; none where the question does not say.</summary>
    public IReadOnlyList<Column> GroupedBy => After(Has(ItemKind.Per) ? ItemKind.Per : ItemKind.By, Likely) is not { } of ? [] : of.IsTable ? [.. of.Candidates[0].Table.Label, .. of.Candidates[0].Table.PrimaryKey] : Columns(of);

    /// <summary>The one function that is asked for, and the columns that it is of, where they are named.</summary>
    public (Aggregate Function, IReadOnlyList<Column> Of)? Computed =>
        items.Where(static i => i.Kind == ItemKind.Aggregate).ToList() is [var only] && !Counts && Columns(After(ItemKind.Aggregate)) is { Count: > 0 } of ? (only.Aggregate, of) : null;

    /// <summary>The values of the data that the question names, each with where it stands; a statement must hold one of each.</summary>
    public IReadOnlyList<IReadOnlyList<ValueHit>> Values => [.. items.Where(static i => i is { Kind: ItemKind.Value, IsReplaced: false }).Select(static i => (IReadOnlyList<ValueHit>)[.. i.Hits.Where(static h => h.Whole)]).Where(static h => h.Count > 0)];

    /// <summary>The columns of yes and no that qualify what is asked for.</summary>
    public IReadOnlyList<Column> Flags => [.. Needed.Where(m => mentions.Count > 1 || Counts).Select(static m => m.Candidates[0].Column).OfType<Column>().Where(static c => c.Kind == ColumnKind.Flag).Distinct()];

    /// <summary>The numbers of the question; null where any may be meant, as for "last year".</summary>
    public IReadOnlyList<decimal>? Numbers => IsFree || Has(ItemKind.Relative) || (Has(ItemKind.DateWord) && GroupedByPart is null) ? null : [.. items.Where(static i => i.Kind is ItemKind.Number || (i.Kind is ItemKind.Compare or ItemKind.Top && i.Number != 0)).Select(static i => i.Number)
        .Concat(DigitsPattern().Matches(YearPattern().Replace(question, " ")).Select(static m => decimal.Parse(m.Value.Replace(",", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture))).Distinct()];

    /// <summary>The numbers of the question that a column may be compared with; a year only with what holds years.</summary>
    public IReadOnlyList<decimal>? NumbersFor(Column? column) =>
        Numbers is not { } all ? null : column is null || (column.Has("year", "founded", "built", "established", "since") || column.Kind == ColumnKind.Date || Names(column)) ? [.. all.Concat(Years.Select(static y => (decimal)y)).Distinct()] : all;

    /// <summary>The numbers that stand alone in it, with how they are written.</summary>
    public IEnumerable<(decimal Number, string Text)> Counted => items.Where(static i => i.Kind == ItemKind.Number).Select(static i => (i.Number, i.Text));

    /// <summary>The years of the question.</summary>
    public IReadOnlyList<int> Years => [.. YearsIn(question).Distinct()];

    /// <summary>Whether it names a day.</summary>
    public bool NamesADay => IsFree || items.Any(static i => i.Kind == ItemKind.Date && i.Text.Length == 10);

    /// <summary>The unit of the question's numbers; null for none.</summary>
    public string? Unit => items.FirstOrDefault(static i => i.Kind == ItemKind.Unit)?.Text;

    /// <summary>Texts of the question that neither the schema nor the data has, which may be written into a condition.</summary>
    public IReadOnlyList<string> Texts => [.. items.Where(static i => i.Kind is ItemKind.Unknown || i is { Kind: ItemKind.Value, Hits.Count: 0 }).Select(static i => i.Text).Where(static t => t.Length > 1).Distinct()];

    /// <summary>The table whose rows the question asks for; null where it asks for something else.</summary>
    public Table? Subject
    {
        get
        {
            // "The pending claims", "senior members", "the last hired employee": what stands right before a table says which of its rows.
            var first = items.FirstOrDefault(i => i.Kind is ItemKind.Count or ItemKind.HowMuch or ItemKind.Aggregate or ItemKind.When or ItemKind.Concept || (i.Kind is ItemKind.Mention or ItemKind.Value && !IsAdjective(i)));
            return first is { Kind: ItemKind.Mention, IsTable: true, IsImplied: false } && first.Candidates[0].Score >= Likely && (!Has(ItemKind.Who) || People.Are(first.Candidates[0].Table)) ? first.Candidates[0].Table : null;
        }
    }

    /// <summary>What a statement must use: every table and column that is named. A deed that a date says the day of ("booked", "sold") is not named for the date's sake, and names are whatever rows are called by.</summary>
    public IEnumerable<Item> Needed => mentions.Where(i => i.Candidates[0].Score >= Named && i.Text is not ("name" or "names") && !IsSecondOfTwo(i) && i.Candidates[0].Column switch
    {
        { Kind: ColumnKind.Flag } or null => true,
        { Kind: ColumnKind.Date } => DayPattern().IsMatch(i.Text),
        _ => !i.Text.EndsWith("ed", StringComparison.Ordinal) || i.Text.Contains(' ', StringComparison.Ordinal),
    });

    /// <summary>Whether the question names a table.</summary>
    public bool Names(Table table) => mentions.Exists(m => m.IsTable && m.Candidates[0].Score >= Likely && m.Candidates[0].Table == table);

    /// <summary>Whether the question names a column.</summary>
    public bool Names(Column column) => mentions.Exists(m => m.Candidates.Any(c => c.Column == column && (m.IsTable ? c.Score >= Named && !column.IsIdentifier : c.Score >= Likely && c.Score >= m.Candidates[0].Score - Near)));

    /// <summary>The years of a text.</summary>
    public static IEnumerable<int> YearsIn(string text) => YearPattern().Matches(text).Select(static m => int.Parse(m.Value, CultureInfo.InvariantCulture));

    /// <summary>The things that a stretch may mean.</summary>
    public static IEnumerable<Candidate> Meanings(Item mention) => mention.Candidates.Where(c => c.Score >= mention.Candidates[0].Score - Near);

    /// <summary>"Revenue by region" is of each region; "the top five by revenue" is not.</summary>
    private bool IsBy => Has(ItemKind.By) && After(ItemKind.By) is not null && Has(ItemKind.Count, ItemKind.HowMuch, ItemKind.Aggregate, ItemKind.Concept) && !Has(ItemKind.Superlative, ItemKind.Top, ItemKind.Sort);

    /// <summary>Of "email addresses" the one is the column, and the other a word for what is in it.</summary>
    private bool IsSecondOfTwo(Item item) => !item.IsTable && items.TakeWhile(i => i != item).LastOrDefault() is { Kind: ItemKind.Mention, IsTable: false };

    /// <summary>Whether it stands right before a table that is named.</summary>
    private bool IsAdjective(Item item) => !item.IsTable && items.SkipWhile(i => i != item).Skip(1).FirstOrDefault() is { Kind: ItemKind.Mention, IsTable: true, IsImplied: false };

    /// <summary>What is named right behind a word of some kind: "per", "average", "the highest".</summary>
    private Item? After(ItemKind kind, double least = Named) => Behind(kind) is { Kind: ItemKind.Mention, IsImplied: false } of && of.Candidates[0].Score >= least ? of : null;

    private Item? Behind(ItemKind kind) =>
        items.SkipWhile(i => i.Kind != kind).Skip(1).SkipWhile(static i => i.Kind is ItemKind.Filler or ItemKind.Preposition or ItemKind.Distinct or ItemKind.Number).FirstOrDefault();

    private static List<Column> Columns(Item? mention) => mention is null || mention.IsTable ? [] : [.. Meanings(mention).Select(static c => c.Column).OfType<Column>()];

    private bool Has(params ReadOnlySpan<ItemKind> kinds)
    {
        foreach (var item in items)
        {
            if (!item.IsReplaced && kinds.Contains(item.Kind))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\b(?:oldest|eldest|youngest)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BirthPattern();

    [GeneratedRegex(@"date|day|time|year|month|when", RegexOptions.IgnoreCase)]
    private static partial Regex DayPattern();

    [GeneratedRegex(@"(?<![\w.])\d[\d,]*(?:\.\d+)?")]
    private static partial Regex DigitsPattern();

    [GeneratedRegex(@"(?<!\d)(?:19|20)\d\d(?!\d)")]
    private static partial Regex YearPattern();
}
