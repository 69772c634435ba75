using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Cuts a question into items: phrases of the language, names of the schema, values of the data, numbers and dates.</summary>
internal sealed class QuestionReader(Linker linker, IReadOnlyList<Token> tokens, bool isFragment = false)
{
    private const int LongestName = 4;
    private const int LongestValue = 7;

    /// <summary>The stretches whose words may be values of the data and are to be looked for there.</summary>
    public IReadOnlyList<string> ValueSpans()
    {
        var items = Read(static _ => []);
        var open = new bool[tokens.Count];
        var soft = new bool[tokens.Count];
        foreach (var item in items)
        {
            for (var i = item.First; i < item.Last; i++)
            {
                var token = tokens[i];
                soft[i] = token.Kind == TokenKind.Word && item.Kind is ItemKind.Concept or ItemKind.Event or ItemKind.Unit or ItemKind.Mention;
                open[i] = item.Kind is ItemKind.Unknown or ItemKind.Verb || (item.Kind == ItemKind.Filler && token.Kind == TokenKind.Word && token.Lower.Length > 4 && item.Last - item.First == 1) || IsModifier(item) || token.Kind == TokenKind.Quoted
                    || (token.Kind == TokenKind.Word && token.IsCapitalised && (i > 0 || isFragment))
                    || (item.Kind == ItemKind.Mention && item.Candidates[0].Score < WordMatch.Plural && item.Last - item.First == 1);
            }
        }

        var spans = new List<string>();
        for (var first = 0; first < tokens.Count; first++)
        {
            for (var last = Math.Min(first + LongestValue, tokens.Count); last > first; last--)
            {
                var inside = Enumerable.Range(first, last - first).ToList();
                if (!inside.Exists(i => open[i]) || inside.Exists(i => tokens[i].Kind == TokenKind.Quoted && last - first > 1)
                    || inside.Exists(i => tokens[i].Kind == TokenKind.Sign && tokens[i].Text is not ("-" or "." or "," or "&" or "'" or "(" or ")" or "!" or "?" or ":" or "/" or "#" or "+"))
                    || tokens[first].Kind == TokenKind.Sign || (tokens[last - 1].Kind == TokenKind.Sign && tokens[last - 1].Text is not (")" or "!")))
                {
                    continue;
                }

                // Both ends of a stretch of several words are words of its own; between them the language's small words may stand.
                if (last - first > 1 && (!IsNameEdge(first, open) && !(tokens[first].Lower is "in" or "on" or "out" or "no" or "not" or "to" && inside.Exists(i => i > first && open[i])) || !IsNameEdge(last - 1, open) || inside.Exists(i => i > first && !open[i] && !IsInner(tokens[i])))
                    && !(last - first is 2 or 3 && inside.TrueForAll(i => open[i] || soft[i]) && inside.Exists(i => items.Exists(x => x.Kind == ItemKind.Unknown && x.First == i))))
                {
                    continue;
                }

                spans.Add(Text(first, last));
            }
        }

        return [.. spans.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Reads the items, with the values that were found for stretches.</summary>
    public List<Item> Read(Func<string, IReadOnlyList<ValueHit>> valuesOf)
    {
        var items = new List<Item>();
        for (var i = 0; i < tokens.Count;)
        {
            var item = ReadWholeName(i) ?? ReadValue(i, valuesOf) ?? ReadToken(i) ?? ReadPhraseOrName(i);
            if (item is { Kind: ItemKind.Unknown, Quoted: false } && items is [.., { Kind: ItemKind.Number } number] && number.Last == item.First && linker.FindUnit(item.Text.ToLowerInvariant()) is { Count: > 0 } measured)
            {
                // "150 kW", where a column ends so.
                item = item with { Kind = ItemKind.Mention, Candidates = measured };
            }

            if (item is { Kind: ItemKind.Unknown, Quoted: false } && char.IsUpper(item.Text[0]) && Countries.Code(item.Text) is not null && linker.FindCountries(item.Text) is { Count: > 0 } lands)
            {
                // A country that no row is in is a country all the same.
                item = item with { Kind = ItemKind.Value, Hits = lands };
            }

            if (item is { Kind: ItemKind.Mention, IsTable: false } && item.Last - item.First == 1)
            {
                // "closed" may be the date of it, or the state of that name.
                // "When was it closed" asks for the date, whatever states there are.
                item = item with { Hits = tokens[0].Lower == "when" && item.Candidates[0].Column is { Kind: ColumnKind.Date } ? [] : [.. valuesOf(Text(item.First, item.Last)).Where(h => h.Whole && !h.Column.Table.Label.Contains(h.Column) && (!item.Text.EndsWith("ed", StringComparison.Ordinal) || h.Value.EndsWith("ed", StringComparison.OrdinalIgnoreCase)))] };
            }

            if (tokens[0].Lower != "when" && StateOf(item) is { Count: > 0 } states)
            {
                // "which orders are closed": a state, before the day on which it was reached.
                item = item with { Kind = ItemKind.Value, Candidates = [], Hits = states };
            }

            items.Add(item);
            i = item.Last;
        }

        return items;
    }

    /// <summary>Three words or more that are a column's name word for word, whatever they say in the language: "out of service".</summary>
    private Item? ReadWholeName(int first)
    {
        for (var last = Math.Min(first + LongestName + 1, tokens.Count); last >= first + 3; last--)
        {
            if (linker.Named([.. tokens.Take(last).Skip(first).Select(static t => t.Lower)]) is { Count: > 0 } columns)
            {
                return new Item(ItemKind.Mention, first, last) { Text = Text(first, last), Candidates = columns };
            }
        }

        return null;
    }

    /// <summary>The values of a column of states that a word names which could be a date of it too; none where a date is asked for.</summary>
    private List<ValueHit>? StateOf(Item item)
    {
        if (item is not { Kind: ItemKind.Mention, Candidates: [{ Column.Kind: ColumnKind.Date }, ..], Hits.Count: > 0 } || !(item.First == 0 || BeforeStates.Contains(tokens[item.First - 1].Lower)))
        {
            return null;
        }

        var dates = item.Last < tokens.Count && (tokens[item.Last].Kind is TokenKind.Number or TokenKind.Date || BeforeDates.Contains(tokens[item.Last].Lower)) && !(ReadPhrase(item.Last) is { Kind: ItemKind.Filler } filler && filler.Last - filler.First > 1);
        return dates ? null : [.. item.Hits.Where(h => h.Column.Words[^1] is "status" or "state" or "stage" or "phase" && h.Column.Table == item.Candidates[0].Table)];
    }

    private static readonly HashSet<string> BeforeStates = new(StringComparer.Ordinal) { "is", "are", "was", "were", "not", "still", "currently", "already", "all", "the", "many", "list", "show", "which" };
    private static readonly HashSet<string> BeforeDates = new(StringComparer.Ordinal) { "in", "on", "before", "after", "since", "between", "during", "by", "this", "last", "until", "at", "date", "within", "from", "to" };

    public string Text(int first, int last)
    {
        var text = string.Empty;
        for (var i = first; i < last; i++)
        {
            text += (i > first && tokens[i].Start > tokens[i - 1].End ? " " : string.Empty) + tokens[i].Text;
        }

        return text;
    }

    private static bool NamesExtreme(string word, IReadOnlyList<Candidate> candidates) =>
        candidates[0].Column is { } column && column.Words.Any(w => w is "max" or "min" or "avg" or "mean" or "maximum" or "minimum" or "average" && WordMatch.Score(word, w) >= WordMatch.Abbreviation);

    /// <summary>"card transactions": the first of two tables may be a value of the second.</summary>
    private bool IsModifier(Item item) =>
        item is { IsTable: true } && item.Last - item.First == 1 && item.Last < tokens.Count && tokens[item.Last].Kind == TokenKind.Word && linker.Find([tokens[item.Last].Lower]) is [{ Column: null, Score: >= WordMatch.Synonym }, ..];

    private bool IsNameEdge(int i, bool[] open) =>
        open[i] || tokens[i].Kind == TokenKind.Number || tokens[i].Kind == TokenKind.Sign || (tokens[i].IsCapitalised && (i > 0 || isFragment));

    private static bool IsInner(Token token) =>
        token.Kind is TokenKind.Sign or TokenKind.Number || token.IsCapitalised || token.Lower is "of" or "the" or "and" or "in" or "a" or "an" or "for" or "to" or "on" or "at" or "by" or "with" or "from" or "is" or "be" or "are" or "my" or "you" or "me" or "it" or "there" or "or" or "all" or "no" or "not";

    private Item? ReadValue(int first, Func<string, IReadOnlyList<ValueHit>> valuesOf)
    {
        for (var last = Math.Min(first + LongestValue, tokens.Count); last > first; last--)
        {
            var hits = valuesOf(Text(first, last));
            if (hits.Count == 0)
            {
                continue;
            }

            // A plain word of the language or of the schema stays what it is, unless it was written as a name or quoted.
            var token = tokens[first];
            if (last - first == 1 && first > 0 && tokens[first - 1].Kind == TokenKind.Number && Lexicon.Find(token.Lower) is { Kind: ItemKind.Unit })
            {
                // "500 MB", though a state is called so.
                continue;
            }

            if (last - first == 1 && token.Kind == TokenKind.Word && !token.IsCapitalised && Lexicon.Find(token.Lower) is { Kind: ItemKind.Filler })
            {
                // "how many are available": nothing, unless it is what a state is called.
                if (first > 0 && hits.Where(static h => h.Whole && h.Column.Words[^1] is "status" or "state" or "stage" or "phase" or "availability" or "condition").ToList() is { Count: > 0 } states)
                {
                    return new Item(ItemKind.Value, first, last) { Text = Text(first, last), Hits = states };
                }

                continue;
            }

            if (last - first == 1 && tokens[0].Lower == "when" && !token.IsCapitalised && linker.Find([token.Lower]).Any(static c => c.Column is { Kind: ColumnKind.Date }))
            {
                // "when did it open", though a status is called so.
                continue;
            }

            if (last - first == 1 && token.Kind == TokenKind.Word && !(token.IsCapitalised && (first > 0 || isFragment))
                && !(first + 1 < tokens.Count && tokens[first + 1].Kind == TokenKind.Word && linker.Find([tokens[first + 1].Lower]) is [{ Column: null, Score: >= WordMatch.Synonym } head, ..] && hits.Any(h => h.Whole && h.Column.Table == head.Table && !head.Table.Label.Contains(h.Column)) && !linker.Find([token.Lower]).Any(own => own.Column is null && own.Table == head.Table))
                && (Lexicon.Find(token.Lower) is { } said && !(said.Kind == ItemKind.Verb && linker.Find([token.Lower]) is not [{ Score: >= 0.85 }, ..] && hits.Any(static h => h.Whole && !h.Column.Table.Label.Contains(h.Column))) || linker.Find([token.Lower]) is [{ Score: >= WordMatch.Plural }, ..]))
            {
                continue;
            }

            // Inside of values only names are looked for: a common word is part of too many.
            if (hits.All(static h => !h.Whole) && token.Kind != TokenKind.Quoted && !IsHead(token, last - first, hits) && (!token.IsCapitalised || (first == 0 && !isFragment) || linker.Find([token.Lower]).Count > 0))
            {
                continue;
            }

            return new Item(ItemKind.Value, first, last) { Text = Text(first, last), Hits = hits, Quoted = token.Kind == TokenKind.Quoted, Candidates = NamesIn(first, last) };
        }

        return null;
    }

    /// <summary>"In maintenance" is a state, and may be the table of maintenance too.</summary>
    private IReadOnlyList<Candidate> NamesIn(int first, int last) =>
        last - first == 2 && first > 0 && tokens[first - 1].Lower is not ("is" or "are" or "was" or "were" or "be" or "been" or "currently" or "still" or "now") && tokens[first].Lower is "in" or "on" or "under" or "for" && !tokens.Skip(first).Take(2).Any(static t => t.IsCapitalised || t.Kind != TokenKind.Word) ? [.. linker.Find([tokens[last - 1].Lower]).Where(static c => c is { Column: null, Score: >= WordMatch.Least })] : [];

    /// <summary>"Lynxes", where the rows of one table are called "… lynx": the noun that ends their names.</summary>
    private bool IsHead(Token token, int length, IReadOnlyList<ValueHit> hits)
    {
        if (length != 1 || token.Kind != TokenKind.Word || token.Lower.Length < 4 || Lexicon.Find(token.Lower) is not null || linker.Find([token.Lower]).Count > 0)
        {
            return false;
        }

        var head = " " + Stemmer.Singular(token.Lower);
        return hits.All(h => h.Column == hits[0].Column && h.Column.Table.Label.Contains(h.Column) && h.Value.EndsWith(head, StringComparison.OrdinalIgnoreCase));
    }

    private Item? ReadToken(int i)
    {
        var token = tokens[i];
        if (Calendar.Read(tokens, i) is { } date)
        {
            return date;
        }
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new Item(ItemKind.Number, i, i + 1) { Number = token.Number, Text = token.Text };
            case TokenKind.Date:
                return new Item(ItemKind.Date, i, i + 1) { Text = token.Text };
            case TokenKind.Quoted:
                return new Item(ItemKind.Unknown, i, i + 1) { Text = token.Text, Quoted = true };
            default:
                return null;
        }
    }

    private Item ReadPhraseOrName(int i)
    {
        var phrase = ReadPhrase(i);
        if (phrase is { Kind: ItemKind.Superlative } && tokens[i].Lower == "the" && ReadName(i + 1, null) is { Candidates: [{ Column: not null, Score: >= 0.9 }, ..] } whole && whole.Last > phrase.Last && whole.Last - i > 2)
        {
            // "the first examiner", where there is a second.
            phrase = Lexicon.Find("the")! with { First = i, Last = i + 1 };
        }

        if (phrase is { Kind: ItemKind.Aggregate } && tokens[i].Lower == "the" && phrase.Last == i + 2 && ReadName(i + 1, phrase with { First = i + 1 }) is { Candidates: [{ Column: not null }, ..] } extreme && extreme.Last > phrase.Last && NamesExtreme(tokens[i + 1].Lower, extreme.Candidates))
        {
            // "the minimum age", where a column is called min_age.
            phrase = Lexicon.Find("the")! with { First = i, Last = i + 1 };
        }

        var name = ReadName(i, phrase);
        if (i == 0 && tokens[0].Lower is "is" or "are" or "do" or "does" or "did" or "was" or "were" or "has" or "have" && phrase is null or { Kind: ItemKind.Filler })
        {
            return new Item(ItemKind.YesNo, 0, phrase?.Last ?? 1) { Text = tokens[0].Text };
        }

        if (phrase is { Kind: ItemKind.Aggregate } && name is { Candidates: [{ Column: not null, Score: >= WordMatch.Plural }, ..] } && IsValueHere(phrase))
        {
            return name;
        }
        if (name is not null && (phrase is null || Prefers(name, phrase)))
        {
            return name;
        }

        if (phrase is { Kind: ItemKind.Concept } && tokens[i].Lower == "total" && phrase.Last - i > 1 && ReadName(i + 1, null) is { Candidates: [{ Column: not null, Score: >= 0.9 }, ..] } longer && longer.Last > phrase.Last)
        {
            // "total amount claimed", where a column is called so.
            return Lexicon.Find("total")! with { First = i, Last = i + 1 };
        }

        if (phrase is not null)
        {
            return phrase;
        }

        return tokens[i].Kind == TokenKind.Sign
            ? new Item(ItemKind.Filler, i, i + 1) { Text = tokens[i].Text }
            : new Item(ItemKind.Unknown, i, i + 1) { Text = tokens[i].Text };
    }

    /// <summary>Whether "total" is here the name of a value ("with a total over 20", "sorted by total") and not a request to add up.</summary>
    private bool IsValueHere(Item phrase)
    {
        var after = phrase.Last < tokens.Count ? ReadPhrase(phrase.Last) : null;
        var before = phrase.First > 0 ? tokens[phrase.First - 1].Lower : string.Empty;
        return after?.Kind is ItemKind.Compare or ItemKind.Between
            || (before is "a" or "by" or "whose" or "with" or "their" or "and" && (phrase.Last == tokens.Count || tokens[phrase.Last].Kind != TokenKind.Word || after is not null and not { Kind: ItemKind.Concept or ItemKind.Count or ItemKind.Preposition }));
    }

    /// <summary>A name of the schema wins over a phrase when it is longer, or just as long and exact.</summary>
    private bool Prefers(Item name, Item phrase)
    {
        var named = name.Last - name.First;
        var said = phrase.Last - phrase.First;
        var score = name.Candidates[0].Score;
        if (phrase.Kind is ItemKind.Aggregate or ItemKind.Count && named > name.Text.Split(' ').Length)
        {
            // "total of invoices" asks for a sum, whatever a column is called.
            return false;
        }

        if (phrase.Kind == ItemKind.Aggregate && name.Candidates[0].Column is { } asked && !asked.Words.Any(w => WordMatch.Score(tokens[name.First].Lower, w) is >= WordMatch.SameRoot or WordMatch.Abbreviation))
        {
            // "total insured value" adds up, though "total" is also said for a value.
            return false;
        }

        if (phrase.Kind == ItemKind.Superlative && named > said && linker.Find([.. tokens.Skip(phrase.Last).Take(name.Last - phrase.Last).Select(static t => t.Lower)]) is [{ Column: null, Score: >= WordMatch.Plural }, ..])
        {
            // "the first customer" is no first name.
            return false;
        }

        if (phrase.Kind is ItemKind.Without or ItemKind.Not or ItemKind.Compare)
        {
            // "no employees" is none of them, never the number of one.
            return false;
        }

        if (phrase.Kind == ItemKind.Aggregate && named > said && NamesExtreme(tokens[name.First].Lower, name.Candidates))
        {
            // "maximum temperature", where a column is called max_temp.
            return true;
        }

        if (phrase is { Kind: ItemKind.Filler, Text: "items" or "people" or "entries" or "records" or "rows" } && name.IsTable && score >= 0.75)
        {
            return true;
        }

        if (phrase is { Kind: ItemKind.Concept, Text: "paid" } && name.Candidates[0].Column is { IsIdentifier: false } && score >= WordMatch.Least && name.First > 0 && tokens[name.First - 1].Lower is "is" or "are" or "was" or "were" or "not" or "been" or "yet" or "still")
        {
            return true;
        }

        if (phrase.Kind is ItemKind.Concept or ItemKind.Event && !(tokens.Count > 1 && tokens[0].Lower == "how" && tokens[1].Lower == "much") && named == said && score >= 0.9 && name.Candidates[0].Column is { Kind: ColumnKind.Date or ColumnKind.Flag })
        {
            // "paid", where there is a date of it.
            return true;
        }

        if (phrase.Kind == ItemKind.Ask)
        {
            // "per show", where there are shows.
            return name.First > 0 && score >= WordMatch.Plural && named >= said;
        }

        if (phrase.Kind == ItemKind.Preposition && said > 1)
        {
            // "assigned to", where a column is called so.
            return score >= 0.9 && named >= said;
        }

        if (phrase.Kind == ItemKind.Verb && name.First > 0 && name.Candidates[0] is { Column.Declared: ColumnKind.Text, Score: >= 1 } && tokens[name.First - 1].Lower is "we" or "you" or "they" or "i")
        {
            // "did we make", whatever the cars' make is.
            return false;
        }

        if (phrase.Kind == ItemKind.Verb)
        {
            return score >= (name.IsTable && People.Are(name.Candidates[0].Table) && !WordMatch.AreForms(tokens[name.First].Lower, name.Candidates[0].Table.Words) ? WordMatch.SameRoot : WordMatch.Abbreviation) || named > said;
        }

        return (named > said && score >= 0.9)
            || (named == said && score >= WordMatch.Plural && phrase.Kind is ItemKind.Event or ItemKind.Unit or ItemKind.Concept or ItemKind.Filler or ItemKind.Relative or ItemKind.With && (phrase.Kind != ItemKind.Filler || named > 1 || phrase.Text.Length > 4))
            || (named == said && score >= 0.75 && phrase.Kind is ItemKind.Concept && name.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false })
            || (named == said && score >= 0.9 && phrase.Kind is ItemKind.Event);
    }

    private Item? ReadPhrase(int first)
    {
        for (var last = Math.Min(first + Lexicon.LongestPhrase, tokens.Count); last > first; last--)
        {
            var joined = string.Join(' ', tokens.Skip(first).Take(last - first).Select(static t => t.Lower));
            if (tokens.Skip(first).Take(last - first).All(static t => t.Kind is TokenKind.Word or TokenKind.Sign)
                && (Lexicon.Find(joined) ?? Lexicon.Find(joined.Replace(" - ", "-", StringComparison.Ordinal))) is { } item)
            {
                return item with { First = first, Last = last };
            }
        }

        // "taking", of a verb that is known.
        var word = tokens[first].Lower;
        return tokens[first].Kind == TokenKind.Word && word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal)
            && (Lexicon.Find(word[..^3]) ?? Lexicon.Find(word[..^3] + "e") ?? Lexicon.Find(word[..^4])) is { Kind: ItemKind.Verb } verb
            ? verb with { Text = word, First = first, Last = first + 1 } : null;
    }

    private Item? ReadName(int first, Item? phrase)
    {
        if (tokens[first].Kind != TokenKind.Word)
        {
            return null;
        }

        Item? best = null;
        var crossed = false;
        var words = new List<string>();
        for (var last = first + 1; last <= Math.Min(first + LongestName, tokens.Count) && tokens[last - 1].Kind == TokenKind.Word; last++)
        {
            var word = tokens[last - 1].Lower;
            if (word is "of" or "the" or "a")
            {
                if (last == first + 1)
                {
                    return null;
                }

                if (word != "of" && tokens[last - 2].Lower != "of")
                {
                    // "drove a trip" is no name.
                    break;
                }

                crossed = true;
                continue;
            }

            words.AddRange(word.Contains('_', StringComparison.Ordinal) || HasInnerCapital(tokens[last - 1].Text) ? Identifier.Split(tokens[last - 1].Text) : [word.TrimEnd('.')]);
            var candidates = linker.Find(words);
            if (candidates.Count == 0 || (words is [{ Length: > 5 } superlative] && superlative.EndsWith("est", StringComparison.Ordinal) && candidates[0].Score < WordMatch.Plural))
            {
                // "the fullest class" ranks by something, and is not called so.
                continue;
            }

            // "the plate of truck 2" is a column and its table; "date of birth" is one name.
            if (crossed && best is not null && linker.Find([word]) is [{ Column: null, Score: >= WordMatch.Synonym }, ..])
            {
                continue;
            }

            // "most recently bought asset": a deed and what it was done to.
            if (last - first == 2 && best is { IsTable: false } && linker.Find([word]) is [{ Column: null, Score: >= WordMatch.Plural }, ..]
                && (Lexicon.Find(tokens[first].Lower) is { Kind: ItemKind.Verb or ItemKind.Event } || tokens[first].Lower.EndsWith("ed", StringComparison.Ordinal) || Linker.Negation(tokens[first].Lower) is not null))
            {
                break;
            }

            // "high priority issues": a column and the rows that it is of.
            if (last - first == 2 && best is { IsTable: false } && Stemmer.Singular(word) != word && !best.Candidates[0].Column!.Words.Any(w => WordMatch.Score(word, w) >= WordMatch.Abbreviation)
                && linker.Find([word]) is [{ Column: null, Score: >= WordMatch.Plural } rows, ..] && best.Candidates[0] is { Score: >= WordMatch.Plural } own && own.Table == rows.Table)
            {
                break;
            }

            // "products tagged wood"
            if (last - first == 2 && best is { IsTable: true, Candidates: [{ Score: >= WordMatch.Plural }, ..] } && word.EndsWith("ed", StringComparison.Ordinal))
            {
                break;
            }

            // "which project costs the most": a verb.
            if (last - first > 1 && best is { IsTable: true } && word[^1] == 's' && Stemmer.Singular(word) != word && Lexicon.Find(word) is { Kind: ItemKind.Concept or ItemKind.Verb or ItemKind.Event } && Stemmer.Singular(tokens[first].Lower) == tokens[first].Lower)
            {
                continue;
            }

            // "employees report to": a table in the plural stands alone, unless the longer name is a table's too.
            if (last - first > 1 && best is { IsTable: true } && best.Candidates[0].Score >= WordMatch.Plural && candidates[0].Column is not null
                && Stemmer.Singular(tokens[first].Lower) != tokens[first].Lower)
            {
                continue;
            }

            var floor = last - first == 1 ? Linker.Least : phrase is { Kind: ItemKind.Aggregate } && NamesExtreme(tokens[first].Lower, candidates) ? 0.65 : 0.85;
            if (candidates[0].Score >= floor && (best is null || last - first > 1 && IsRicher(candidates, best.Candidates)))
            {
                best = new Item(ItemKind.Mention, first, last) { Text = string.Join(' ', words), Candidates = candidates };
            }
        }

        return best is { } found && phrase is not null && found.Last - found.First == 1 && found.Candidates[0].Score < 0.75 ? null : best;
    }

    /// <summary>More words are worth taking when they fit as well, or when they leave fewer choices.</summary>
    private static bool IsRicher(IReadOnlyList<Candidate> longer, IReadOnlyList<Candidate> shorter) =>
        longer[0].Score >= shorter[0].Score - 0.06;

    private static bool HasInnerCapital(string text) => text.Skip(1).Any(char.IsUpper) && text.Any(char.IsLower);
}
