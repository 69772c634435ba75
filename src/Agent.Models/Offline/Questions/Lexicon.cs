using System.Collections.Frozen;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>The words and phrases by which English asks for counts, totals, ranks, bounds and order.</summary>
internal static class Lexicon
{
    /// <summary>The most words a phrase has.</summary>
    public const int LongestPhrase = 5;

    private static readonly FrozenDictionary<string, Item> Phrases = Build();

    public static Item? Find(string phrase) => Phrases.GetValueOrDefault(phrase);

    /// <summary>The one word of a phrase that a word is a misspelling of; null where there is none, or more than one.</summary>
    public static string? Nearest(string word)
    {
        var near = Words.Where(w => w[0] == word[0] && Math.Abs(w.Length - word.Length) <= 1 && Language.WordMatch.Distance(w, word) == 1).Take(2).ToList();
        return near is [{ } only] ? only : null;
    }

    /// <summary>What an order that names it goes by: "oldest first" by a date.</summary>
    public static Concept SortedBy(string direction) => direction.Split(' ') switch
    {
        ["newest" or "latest" or "oldest" or "earliest", "first"] or ["most", "recent", "first"] => Concept.Date,
        ["longest" or "shortest", "first"] => Concept.Duration,
        ["cheapest", "first"] or ["most", "expensive", "first"] => Concept.Price,
        _ => Concept.None,
    };

    private static readonly string[] Words = [.. Phrases.Where(static p => p.Value.Kind is not (ItemKind.Verb or ItemKind.Filler)).SelectMany(static p => p.Key.Split(' ')).Where(static w => w.Length >= 5 && w.All(char.IsAsciiLetter)).Distinct(StringComparer.Ordinal)];

    private static FrozenDictionary<string, Item> Build()
    {
        var all = new Dictionary<string, Item>(StringComparer.Ordinal);
        Add(ItemKind.Filler, "the|plz|pls|hi|hello|hey|thanks|thank you|thx|kindly|please tell me|i need|need|i want|i'd like|just show|quickly|a|an|please|can you|could you|would you|tell me|i want to know|i'd like to know|let me know|do you know|me|us|is|are|was|were|be|been|being|am|do|does|did|there|has|have|had|having|that|this|these|those|it|they|its|of the|all|any|some|our|we|you|your|my|i|in total|altogether|overall|in the database|in our database|in the db|in this database|database|currently|now|exist|exists|existing|belong|belongs|belonging|appear|appears|contained|available|recorded|stored|registered|come|comes|live|lives|living|located|based|reside|resides|residing|ever|will|would|can|could|should|?|.|!|:|;|as|so|only|just|also|then|respectively|sure|actual|still|already|actually|exactly how|what about|how about|data|information|records|rows|entries|entry|record|row|values|value of|given|each of|'|s|placed|issued|found|get|gets|got|go|goes|went|table of|column|columns|field|list of|a list of|full|complete|entire|ones|whole|existing|people|items|such|in the catalogue|in our catalogue|in the catalog|in our catalog|on file|on record|on our books|in the books|in the system|in our system|yet|at all|at present|at the moment|right now|presently|for anything|anything at all|anything|something|altogether|so far|up to now|too|here|by anyone|by anybody|to anyone|to anybody|counting only|only counting|counting just|she|he|her|his|him|them|theirs|she's|he's");
        Add(ItemKind.Filler, "anyone|anybody|someone|somebody|everyone|everybody", static i => i with { Text = "people" });
        Add(ItemKind.Verb, "came|listed|happening|occurring|occurs|joined up|shown|screened|aired|displayed|manage|manages|managed|pay|pays|occupy|occupies|own|hire|oversee|oversees|look after|maintain|maintains|supply|supplies|supplied|installed|attached|connected|linked|mounted|allocated|granted|measured|raised|triggered|conducted|stationed|parked|situated|kept|housed|place|places|lasted|lasts|sent|send|sends|release|released|releases|perform|performed|performs|play|plays|played|sing|sings|sung|sang|create|created|produce|produced|produces|work|works|working|worked|use|uses|receive|received|receives|serve|served|serves|handle|handled|handles|cover|covers|covered|hold|holds|held|take|takes|taken|took|made|make|makes|give|gives|gave|run|runs|ran|keep|keeps|write|written|wrote|record|recorded|publish|published|attend|attended|attends|visit|visited|visits|treat|treated|treats|teach|teaches|taught|lead|leads|own|owned|carry|carried|carries|deliver|delivered|ship|shipped|visit|join|joined|joins|employ|employed|see|seen|saw|issue|issued|charge|charged|support|supports|supported|assigned|look after|looks after|responsible|do|done|happen|happened|take place|took place|occur|occurred|prescribe|prescribed|prescribes|borrow|borrowed|borrows|lend|lent|drive|drives|drove|driven|fly|flies|flew|flown|admit|admitted|report|reports|reported|hired|born|start|started|starts|end|ended|ends|return|returned|returns|arrive|arrived|arrives|depart|departed|leave|left|leaves|consist|consists|represent|represents|represented|call|called by|call themselves|spoken|speak|speaks|study|studies|enrolled|enroll|score|scored|grew|grow|won|win|wins|lost|lose|loses|open|opened|close|closed|die|died|composed|compose|composes|billed|booked|book|reserved|stay|stayed|stays|paid for|mention|mentioned|logged|clocked|tracked|entered|captured|noted|filed|heard|hear|hears|used by|used in|used for|posted|post|posts|advertised|apply|applies|applied|know|knows|knew|known|looked after|looked after by|taken care of|taken care of by|served by|handled by|organised|organized|organise|organize|host|hosts|hosted|submit|submits|submitted|sign|signs|signed|speaks|operate|operates|operated|operated by|run by|cared for by");
        Add(ItemKind.Ask, "which|what|list|show|show me|give|give me|display|print|find|what is|what's|what are|what were|what was|return|fetch|retrieve|enumerate|name the|look up|lookup|select|output|see|which are|tell me about|details of|details for|details about|info on|information about|describe the");
        Add(ItemKind.Who, "who|who is|who are|whom|who has|who's");
        Add(ItemKind.When, "when|what date|on what date|on which date|on which day|when was|when is|when did");
        Add(ItemKind.Preposition, "in|from|of|on|at|for|to|within|into|among|across|named|called|titled|whose|where|out of|through|under the name|during|over all|inside|about|related to|associated with|assigned to|linked to|as of|against|via|using|who come from|where the|whose name is|with the name|by the name of|with name|with title");
        Add(ItemKind.With, "with|with a|with an|have a|have an|has a|has an|had a|had an|that have a|that have an|who have a|having a|having an|that have|who have|which have|that has|who has at|include|includes|including|contain|contains|containing the|featuring|feature|offer|offers|own|owns|that had|who had|who work for a|who works for a|that work for a|working for a|work for a");
        Add(ItemKind.Their, "their|and their|with their|together with|along with|together with their|along with their|and its|with its|plus|as well as|as well as their|and the|with the corresponding|with corresponding");
        Add(ItemKind.Count, "how many|breakdown of|a breakdown of|count|count of|count the|number of|the number of|total number of|the total number of|how often|how many times|total count of|no. of|amount of distinct|count how many|a count of|the count of");
        Add(ItemKind.HowMuch, "how much|how much money|what amount|how much in total");
        Add(ItemKind.Distinct, "distinct|different|unique");
        Add(ItemKind.And, "and|,|&|both|but|and also|and then|who also|that also");
        Add(ItemKind.Or, "or|either|and/or");
        Add(ItemKind.Per, "per|for each|for every|in each|in every|by each|of each|of every|each|every|grouped by|group by|broken down by|break down by|split by|on each|from each|at each|to each|with each|for the different|and per|and by each|does each|did each|has each");
        Add(ItemKind.By, "by|according to|based on|in terms of|measured by|and by");
        Add(ItemKind.Sort, "sorted by|ordered by|order by|sort by|ranked by|sorted|ordered|in order of|rank by|arranged by|sort them by|order them by");
        AddWith(ItemKind.Direction, true, "descending|desc|most first|longest first|most expensive first|largest to smallest|most to least|from highest to lowest|in descending order|highest first|largest first|newest first|latest first|most recent first|biggest first|reverse order|in reverse order");
        AddWith(ItemKind.Direction, false, "ascending|asc|fewest first|least first|smallest to largest|from lowest to highest|in ascending order|lowest first|smallest first|oldest first|earliest first|alphabetically|in alphabetical order|alphabetical|cheapest first|shortest first");
        Add(ItemKind.Without, "without|without any|with no|have no|has no|having no|had no|that have no|who have no|which have no|do not have|does not have|don't have|doesn't have|did not have|didn't have|do not have any|don't have any|does not have any|doesn't have any|never|have never|has never|had never|were never|was never|are never|lack|lacks|lacking|not in any|not on any|not have any|haven't|hasn't|have not|has not|did not|didn't|do not|don't|does not|doesn't|no|are not in any|not part of any|that never|who never|have not been|has not been|have never been|has never been|that are not in any|not been|weren't|wasn't|not any|not yet|that nobody has|nobody has|no one has|that no one has|nobody|no one|are not on any|is not in any|without having");
        Add(ItemKind.Not, "not|except|excluding|other than|is not|are not|isn't|aren't|not in|not from|outside|outside of|apart from|is not in|are not in|are not from|are not from the|that are not|who are not|no longer|are no longer|is no longer|not anymore|was not|were not|besides|but not|not by|that is not");
        Compare(">", Concept.None, "more than|greater than|larger than|bigger than|higher than|over|above|exceeding|exceeds|exceed|>|upwards of|is over|is above|is more than|are over|is greater than|is higher than|was more than|was over");
        Compare(">=", Concept.None, "at least|no less than|not less than|minimum of|a minimum of|>=|no fewer than|not fewer than");
        Compare("<", Concept.None, "less than|fewer than|below|under|smaller than|lower than|<|is less than|is below|is under|are under|beneath");
        Compare("<=", Concept.None, "at most|no more than|not more than|up to|maximum of|a maximum of|<=");
        Compare("=", Concept.None, "exactly|equal to|equals|=|is equal to|is exactly|==");
        Add(ItemKind.Compare, "only one|just one|a single|exactly one|only a single", static i => i with { Operator = "=", Number = 1 });
        Compare("<>", Concept.None, "!=|<>|not equal to");
        Compare(">", Concept.Duration, "longer than|that last longer than|lasted longer than|lasted more than|took longer than|take longer than|taking longer than|lasts longer than|lasting more than|lasting longer than|last longer than|last more than");
        Compare("<", Concept.Duration, "shorter than|lasting less than|last less than|lasted less than|lasted shorter than|took less than");
        Compare(">", Concept.Price, "more expensive than|costing more than|cost more than|costs more than|that cost more than|priced above|priced over|dearer than|priced at more than|cost over|costing over");
        Compare("<", Concept.Price, "cheaper than|less expensive than|costing less than|cost less than|costs less than|priced below|priced under|cost under|costing under");
        Compare("=", Concept.Price, "costing|priced at|costing exactly|go for|goes for|going for|sell for|sells for|selling for|retail for|retails for");
        Compare(">", Concept.Weight, "heavier than|weighing more than|weigh more than|weighs more than|weighing over");
        Compare("<", Concept.Weight, "lighter than|weighing less than|weigh less than|weighing under");
        Compare(">", Concept.Height, "taller than");
        Compare(">", Concept.Money, "worth more than|spent more than|spend more than|spending more than|paid more than|earning more than|earn more than|spent over|worth over|spent at least|earns more than");
        Compare("<", Concept.Money, "worth less than|spent less than|paid less than|earning less than|earn less than|spent under|spend less than|earns less than");
        Compare(">", Concept.Date, "after|later than|newer than|more recent than|following");
        Compare("<", Concept.Date, "before|earlier than|prior to|older than|since before|from before");
        Compare(">=", Concept.Date, "since|starting from|as of|from the year|on or after|beginning in|starting in");
        Compare("<=", Concept.Date, "until|up until|till|on or before|up to and including|through");
        Compare("<", Concept.Age, "younger than");
        Add(ItemKind.OrMore, "or more|or higher|or above|and more|and above|or over|or longer|or later|or greater", static i => i with { Operator = ">=" });
        Add(ItemKind.OrMore, "or less|or fewer|or lower|or below|or under|or earlier|or shorter|or cheaper", static i => i with { Operator = "<=" });
        Add(ItemKind.Between, "between|in between|ranging from|in the range");
        foreach (var (form, words) in new[]
        {
            ("begins", "that start with the letter|that starts with the letter|that begin with the letter|that begins with the letter|starting with|starts with|start with|begins with|begin with|beginning with|that start with|that starts with|starting with the letter|start with the letter|starts with the letter|begin with the letter|begins with the letter|beginning with the letter|starting in|prefixed with|starting with letter"),
            ("ends", "ending with|ends with|end with|ending in|ends in|end in|ending with the letter|ending on"),
            ("contains", "containing|that contain|that contains|which contain|contains the word|contain the word|containing the word|with the word|with the words|containing the text|contains the text|including the word|include the word|that include the word|mentioning|mention|like|containing the string|has the word|have the word|matching|containing the name|with the text"),
        })
        {
            Add(ItemKind.Like, words, i => i with { Operator = form });
        }

        Add(ItemKind.Missing, "missing|is null|are null|null|unknown|is empty|are empty|empty|blank|is missing|are missing|is unknown|is not set|unset|not set|is blank|not known|is not known|unspecified|undefined|not given|not specified|is not recorded");
        Add(ItemKind.Present, "is not null|are not null|not null|is known|known|is set|not empty|is not empty|non-empty|are known|specified");
        foreach (var (function, words) in new[]
        {
            (Aggregate.Sum, "total|sum|sum of|total of|the sum of|combined|overall total|sum up|add up|grand total|grand total of|the total|cumulative|aggregate|totals|the totals|the total of|in sum|summed|total sum of|accumulated"),
            (Aggregate.Average, "average|mean|avg|on average|the average|typical|averages|average of|the mean|mean of"),
            (Aggregate.Minimum, "minimum|min|the minimum"),
            (Aggregate.Maximum, "maximum|max|the maximum"),
        })
        {
            Add(ItemKind.Aggregate, words, i => i with { Aggregate = function });
        }

        Superlative(true, Concept.None, "most|the most|highest|largest|biggest|greatest|the highest|the largest|the biggest|the greatest|most often|most frequently|most frequent|most common|the most common|the most often|commonest|most numerous|maximal");
        Superlative(false, Concept.None, "fewest|least|the fewest|the least|lowest|smallest|the lowest|the smallest|least often|least common|rarest|minimal|least frequent");
        Superlative(true, Concept.Duration, "longest|the longest|lengthiest");
        Superlative(false, Concept.Duration, "shortest|the shortest|briefest");
        Superlative(true, Concept.Price, "most expensive|the most expensive|priciest|costliest|dearest|most costly|highest priced|highest-priced");
        Superlative(false, Concept.Price, "cheapest|least expensive|the cheapest|the least expensive|most affordable|lowest priced|least costly");
        Superlative(true, Concept.Weight, "heaviest|the heaviest");
        Superlative(false, Concept.Weight, "lightest|the lightest");
        Superlative(true, Concept.Height, "tallest|the tallest");
        Superlative(true, Concept.Date, "newest|latest|most recent|the newest|the latest|the most recent|most recently|last|the last|youngest");
        Superlative(false, Concept.Date, "earliest|first|oldest|the earliest|the first|the oldest|eldest");
        Superlative(true, Concept.Distance, "farthest|furthest|most distant");
        Superlative(false, Concept.Distance, "nearest|closest");
        Superlative(true, Concept.Quantity, "best selling|best-selling|sold best|sold the best|sell the best|bestselling|top selling|top-selling|most sold|most purchased|most bought|best sold|most ordered|sells best|sells the most|sell the most|sold the most|sold most|sell best|most successful selling");
        Superlative(false, Concept.Quantity, "worst selling|worst-selling|least sold|least purchased|slowest selling|sells the least|sold the least");
        Superlative(true, Concept.Money, "spent the most|spends the most|spent most|spend the most|highest spending|biggest spending|highest-spending|most profitable|most lucrative|paid the most|earned the most|earns the most|highest grossing|top grossing|most valuable|best paid|highest paid|highest-paid|highest earning|biggest spender|top spending|most money|the most money|highest earner|spent the most money|paid most|top earning|brings in the most|brought in the most|generates the most|generated the most");
        Superlative(false, Concept.Money, "spent the least|spends the least|lowest spending|earned the least|earns the least|lowest paid|worst paid|least profitable|least money|spent least");
        Superlative(true, Concept.Rating, "best rated|highest rated|top rated|best-rated|highest-rated|top-rated|best reviewed");
        Superlative(false, Concept.Rating, "worst rated|lowest rated|worst-rated|lowest-rated");
        Superlative(true, Concept.Popularity, "most popular|the most popular|busiest");
        Superlative(false, Concept.Popularity, "least popular|the least popular");
        ConceptOf(Concept.Money, "revenue|revenues|sales|turnover|income|earnings|proceeds|spending|spent|spend|spends|paid|money|gross|grossed|earned|sales volume|sales amount|sales revenue|revenue from|expenditure|takings|total sales|total revenue|amount spent|money spent|generate|generates|generated|in sales|total spending|total spend|total amount spent|total amount");
        ConceptOf(Concept.Duration, "how long|duration|playing time|running time|runtime|play time|playtime|run time|long|length");
        ConceptOf(Concept.Price, "cost|costs|expensive|how expensive|priced");
        ConceptOf(Concept.Weight, "weigh|weighs|how heavy|heavy|weighed");
        ConceptOf(Concept.Size, "how big|how large|big|large|size|file size");
        ConceptOf(Concept.Weight, "weight");
        ConceptOf(Concept.Height, "height");
        ConceptOf(Concept.Rating, "rating");
        ConceptOf(Concept.Quantity, "quantity|units sold");
        ConceptOf(Concept.Height, "how tall|tall");
        ConceptOf(Concept.Distance, "how far|far");
        Add(ItemKind.Event, "bought|buy|buys|purchased|purchase|purchases|sold|sell|sells|buying|selling|ordering|purchasing|been sold|been bought|been purchased|been ordered|ordered anything|bought anything|purchased anything|buy anything|bought something|ordered|been invoiced|placed an order|placed orders|made a purchase|made any purchase|made purchases|rented|used|being sold|order anything|placed any orders");
        foreach (var (part, words) in new[] { (DatePart.Year, "year|years|yearly|annual|annually"), (DatePart.Quarter, "quarter|quarters|quarterly"), (DatePart.Month, "month|months|monthly"), (DatePart.Day, "calendar day|daily"), (DatePart.Weekday, "weekday|weekdays|day of the week|day of week") })
        {
            Add(ItemKind.DateWord, words, i => i with { Part = part });
        }

        Add(ItemKind.Relative, "this year|last year|this month|last month|today|yesterday|this week|last week|next year|next month|tomorrow|previous year|the current year|current year");
        Add(ItemKind.Unit, "seconds|secs|minutes|minute|mins|min|hours|hour|hrs|milliseconds|millisecond|ms|megabytes|megabyte|mb|kilobytes|kb|gigabytes|gb|bytes|kg|kilograms|kilogram|kilos|grams|gram|tons|tonnes|dollars|dollar|usd|euros|euro|eur|$|€|pounds|cents|km|kilometers|kilometres|miles|percent|%|times|mib|days|day|weeks|years old|cm|meters|metres|m|liters|litres|units|pieces");
        Add(ItemKind.Share, "percentage|percent of|share of|proportion|ratio|fraction|what percentage|difference between|compared to|compare|correlation|correlated|median|standard deviation|variance|percentile|growth|trend|predict|forecast|why|how come|explain why|should i|recommend|running total|cumulative total|moving average|year over year|month over month|increase|decrease|consecutive");
        Numbers();
        return all.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ItemKind kind, string words, Func<Item, Item>? with = null)
        {
            foreach (var word in words.Split('|'))
            {
                var item = new Item(kind, 0, 0) { Text = word };
                all.TryAdd(word, with?.Invoke(item) ?? item);
            }
        }

        void AddWith(ItemKind kind, bool descending, string words) => Add(kind, words, i => i with { Descending = descending });

        void Compare(string op, Concept concept, string words) => Add(ItemKind.Compare, words, i => i with { Operator = op, Concept = concept });

        void Superlative(bool descending, Concept concept, string words)
        {
            foreach (var word in words.Split('|').Select(static w => w.StartsWith("the ", StringComparison.Ordinal) ? w[4..] : w).SelectMany(static w => new[] { w, "the " + w }))
            {
                var item = new Item(ItemKind.Superlative, 0, 0) { Text = word, Descending = descending, Concept = concept };
                all.TryAdd(word, item);
                // "the biggest single invoice"
                all.TryAdd(word + " single", item);
                all.TryAdd(word + " individual", item);
                all.TryAdd("single " + word, item);
                all.TryAdd("the single " + word, item);
            }
        }

        void ConceptOf(Concept concept, string words) => Add(ItemKind.Concept, words, i => i with { Concept = concept });

        void Numbers()
        {
            var words = "zero one two three four five six seven eight nine ten eleven twelve".Split(' ');
            for (var n = 0; n < words.Length; n++)
            {
                var number = n;
                Add(ItemKind.Number, words[n], i => i with { Number = number });
            }

            foreach (var (word, number) in new[] { ("twenty", 20), ("thirty", 30), ("fifty", 50), ("hundred", 100), ("a hundred", 100), ("one hundred", 100), ("thousand", 1000), ("a thousand", 1000), ("a dozen", 12), ("once", 1), ("twice", 2) })
            {
                Add(ItemKind.Number, word, i => i with { Number = number });
            }

            var ordinals = "second third fourth fifth sixth seventh eighth ninth tenth".Split(' ');
            for (var n = 0; n < ordinals.Length; n++)
            {
                var offset = n + 1;
                Add(ItemKind.Top, ordinals[n], i => i with { Operator = "ordinal", Number = offset });
            }

            Add(ItemKind.Top, "top|the top|best|the best", static i => i with { Operator = "top", Descending = true });
            Add(ItemKind.Top, "bottom|the bottom|worst|the worst", static i => i with { Operator = "bottom" });
            Add(ItemKind.Top, "limit|limit to|limited to|at most the first|maximum", static i => i with { Operator = "limit" });
        }
    }
}
