using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Sql;

internal enum ColumnKind
{
    Text,
    Number,
    Date,
    Flag,
    Other,
}

/// <summary>A column as the database describes it, with what its name says.</summary>
internal sealed record Column(Table Table, string Name, string Type, ColumnKind Declared, bool IsKey, bool IsNullable)
{
    /// <summary>What it holds: as declared, or as its data showed.</summary>
    public ColumnKind Kind { get; set; } = Declared;

    /// <summary>How yes and no are written in it, where it is a flag that the engine has no type for.</summary>
    public (object Yes, object No)? Flags { get; set; }

    /// <summary>The words of its name, without a prefix that all columns of the table share.</summary>
    public IReadOnlyList<string> Words { get; set; } = Naming.Words(Name);

    /// <summary>What else it is called: the reference of a person to another one is their manager, whatever its name.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>Whether it refers to another table.</summary>
    public bool IsReference { get; set; }

    /// <summary>Whether its numbers identify rather than measure.</summary>
    public bool IsIdentifier => IsKey || IsReference || Words[^1] is "id" or "key" or "uuid" or "guid" or "nr" or "no" or "number" or "code" or "zip" or "postcode" or "plz" or "phone" or "fax" or "version";

    public string Quoted => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public bool Has(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            foreach (var own in Words)
            {
                if (WordMatch.Score(word, own) >= WordMatch.Abbreviation)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public bool Equals(Column? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => HashCode.Combine(Table, Name);

    public override string ToString() => $"{Table.Name}.{Name}";
}

/// <summary>A table or view.</summary>
internal sealed record Table(string? Schema, string Name)
{
    public List<Column> Columns { get; } = [];

    public List<Column> PrimaryKey { get; } = [];

    /// <summary>The words of its name, without what all tables' names share.</summary>
    public IReadOnlyList<string> Words { get; set; } = Identifier.Split(Name);

    /// <summary>What the database says of it; empty where it says nothing.</summary>
    public string Comment { get; init; } = string.Empty;

    public string Quoted
    {
        get
        {
            var name = $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            return Schema is null or "main" or "public" ? name : $"\"{Schema}\".{name}";
        }
    }

    /// <summary>The table's own name for a reader: <c>invoice line</c>.</summary>
    public string Noun => string.Join(' ', Words);

    /// <summary>Whether its rows only say which rows of others belong together: its key is nothing but references.</summary>
    public bool IsLink => PrimaryKey.Count > 1 && PrimaryKey.TrueForAll(static k => k.IsReference);

    /// <summary>What a row is called by: a name, a title, or first and last name; the key where there is none.</summary>
    public IReadOnlyList<Column> Label => _label ??= Labels.Choose(this);

    private IReadOnlyList<Column>? _label;

    public bool Equals(Table? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => HashCode.Combine(Schema, Name);

    public override string ToString() => Name;
}

/// <summary>A reference from one table to another: many rows of <see cref="From"/> to one of <see cref="To"/>.</summary>
internal sealed record Reference(Table From, IReadOnlyList<Column> FromColumns, Table To, IReadOnlyList<Column> ToColumns, bool IsDeclared);

/// <summary>Everything the database described.</summary>
internal sealed record Schema(string Database, bool IsPostgres, IReadOnlyList<Table> Tables, IReadOnlyList<Reference> References)
{
    /// <summary>The columns of all tables.</summary>
    public IEnumerable<Column> Columns => Tables.SelectMany(static t => t.Columns);

    public Table? Find(string name) =>
        Tables.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Finds what the rows of a table are called by.</summary>
internal static class Labels
{
    public static IReadOnlyList<Column> Choose(Table table)
    {
        var texts = table.Columns.Where(static c => c.Kind == ColumnKind.Text && !c.IsReference).ToList();
        var first = texts.FirstOrDefault(IsFirstName);
        var last = texts.FirstOrDefault(IsLastName);
        if (first is not null && last is not null)
        {
            return [first, last];
        }

        var named = texts.FirstOrDefault(c => IsExactly(c, "name"))
            ?? texts.FirstOrDefault(c => IsExactly(c, "title"))
            ?? texts.FirstOrDefault(c => IsExactly(c, "label") || (IsExactly(c, "description") && IsThing(table)))
            ?? texts.FirstOrDefault(static c => c.Words[^1] is "name" or "nm" or "title" or "ttl" or "titel" or "bezeichnung" or "label" && c.Words.SkipLast(1).All(w => IsOwn(c, w)))
            ?? last
            ?? texts.FirstOrDefault(c => WordMatch.Score(table.Words[^1], c.Words[^1]) >= WordMatch.Plural)
            ?? texts.FirstOrDefault(static c => c.Words is ["company" or "firm" or "organisation" or "organization" or "business" or "firma"])
            ?? texts.FirstOrDefault(static c => c.Words[^1] is "description" or "desc" or "descr" or "bezeichnung" && IsThing(c.Table) && c.Words.SkipLast(1).All(w => IsOwn(c, w)))
            ?? texts.FirstOrDefault(static c => c.Words is [.., "text" or "txt"] && IsThing(c.Table) && c.Words.SkipLast(1).All(w => IsOwn(c, w)))
            ?? (Places.Contains(Stemmer.Singular(table.Words[^1])) ? texts.FirstOrDefault(static c => c.Words is ["city" or "town" or "place" or "location" or "address" or "street"]) : null)
            ?? (table.PrimaryKey is [{ Kind: ColumnKind.Number, Words: [.., "id"] }] ? texts.FirstOrDefault(static c => c.Words is [var first, var end] && Codes.Contains(end) && (c.Words.Count == 2 && Codes.Contains(first) || IsOwn(c, first)) || Codes.Contains(string.Concat(c.Words))) : null)
            ?? (table.PrimaryKey.Count == 1 && !table.PrimaryKey[0].IsReference ? table.PrimaryKey[0] : null);
        if (named is not null)
        {
            return [named];
        }

        return table.PrimaryKey.Count > 0 ? table.PrimaryKey : [table.Columns[0]];
    }

    /// <summary>Whether a row is a thing that a description names, and not something that happened on a day.</summary>
    private static bool IsThing(Table table) => !table.Columns.Exists(static c => c.Kind == ColumnKind.Date);

    // What is called by where it is.
    private static readonly HashSet<string> Places = new(StringComparer.Ordinal) { "office", "branch", "store", "shop", "site", "warehouse", "depot", "station", "location", "address", "plant", "factory", "showroom", "garage", "facility", "outlet", "premise", "hub" };

    // What a thing without a name is called by.
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal) { "serial", "sku", "code", "plate", "reference", "ref", "no", "number", "isbn", "barcode", "tag", "nr", "kennzeichen", "username", "login", "license", "licence", "registration", "vin", "callsign" };

    /// <summary>Whether it tells rows apart as a name would, but says nothing of them.</summary>
    public static bool IsCode(Column column) => Codes.Contains(column.Words[^1]) && column.Words[^1] is not ("username" or "login");

    public static bool IsFirstName(Column column)
    {
        var joined = OwnWords(column);
        return joined is "firstname" or "fname" or "vorname" or "forename" or "givenname" or "first" or "firstnm" or "fnm" or "vname";
    }

    public static bool IsLastName(Column column)
    {
        var joined = OwnWords(column);
        return joined is "lastname" or "lname" or "nachname" or "surname" or "familyname" or "last" or "lastnm" or "lnm" or "nname" or "familienname";
    }

    /// <summary>The words of a column's name without those of its table's.</summary>
    private static string OwnWords(Column column) =>
        string.Concat(column.Words.Select(static w => w == "nm" ? "name" : w).Where(w => !column.Table.Words.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation)));

    /// <summary>Whether a word before "name" keeps it the row's own: the sender's name is not the parcel's.</summary>
    private static bool IsOwn(Column column, string word) =>
        word is "user" or "login" or "account" or "full" or "stage" or "pen" or "display" or "short" or "long" or "common" or "official" or "legal" or "company" or "brand" or "trade" or "main" or "firmen" or "given" or "first" or "last" or "screen" or "nick" or "the" or "public" or "business"
        || column.Table.Words.Any(t => WordMatch.Score(t, word) >= WordMatch.Abbreviation || WordMatch.Score(word, t) >= WordMatch.Abbreviation);

    private static bool IsExactly(Column column, string word)
    {
        var own = column.Words.Where(w => !column.Table.Words.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation)).ToList();
        return own.Count == 1 && (own[0] == word || WordMatch.Score(word, own[0]) >= WordMatch.Plural || Synonyms.IsAbbreviation(own[0], word));
    }
}
