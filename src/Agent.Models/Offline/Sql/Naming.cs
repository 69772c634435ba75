using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Sql;

/// <summary>What names of tables and columns say beyond their letters.</summary>
internal static class Naming
{
    // Said of a table in general, never of what it holds.
    private static readonly HashSet<string> Noise = new(StringComparer.Ordinal) { "tbl", "tab", "table", "t", "dim", "fact", "fct", "vw", "view", "master", "data", "mst", "rec", "records" };

    private static readonly string[] DateWords = ["date", "dat", "datum", "dt", "dob", "timestamp", "ts", "day", "birthday", "deadline", "geburtsdatum", "until", "till", "expires", "expiry", "datetime", "born"];

    /// <summary>Takes out of the names what all of them share, so that what tells them apart remains.</summary>
    public static void Strip(IReadOnlyList<Table> tables)
    {
        var shared = tables.Count > 2 ? SharedFirst(tables.Select(static t => t.Words)) : null;
        foreach (var table in tables)
        {
            var words = table.Words.ToList();
            if (words.Count > 1 && words[0] == shared)
            {
                words.RemoveAt(0);
            }

            while (words.Count > 1 && Noise.Contains(words[0]))
            {
                words.RemoveAt(0);
            }

            while (words.Count > 1 && Noise.Contains(words[^1]))
            {
                words.RemoveAt(words.Count - 1);
            }

            table.Words = words;
            StripColumns(table);
            ReadBounds(table);
        }
    }

    // Endings that compounds are written together with: Firmenname, Versanddatum, birthdate.
    private static readonly string[] Endings = ["datum", "date", "name", "nummer", "number", "preis", "price", "kosten", "betrag", "gewicht", "count", "zahl", "code", "time", "zeit", "titel"];

    /// <summary>The words of a name, compounds taken apart.</summary>
    public static IReadOnlyList<string> Words(string name)
    {
        var words = new List<string>();
        foreach (var word in Identifier.Split(name))
        {
            var ending = Array.Find(Endings, e => word.Length >= e.Length + 3 && word.EndsWith(e, StringComparison.Ordinal));
            if (ending is null)
            {
                words.Add(word);
                continue;
            }

            // German joins with an s: Einstellung-s-datum.
            var stem = word[..^ending.Length];
            words.Add(stem.Length > 5 && stem.EndsWith("gs", StringComparison.Ordinal) || stem is "geburts" ? stem[..^1] : stem);
            words.Add(ending);
        }

        return words;
    }

    public static ColumnKind KindOf(string name, string type)
    {
        var upper = type.ToUpperInvariant();
        var words = Words(name);
        if (Contains(upper, "BOOL") || (upper is "BIT" or "BIT(1)"))
        {
            return ColumnKind.Flag;
        }

        if (Contains(upper, "DATE", "TIMESTAMP") || upper.StartsWith("TIME", StringComparison.Ordinal))
        {
            return ColumnKind.Date;
        }

        var looksLikeDate = words.Any(DateWords.Contains) || words is [.., "at"] or [.., "on"];
        if (looksLikeDate && (upper.Length == 0 || Contains(upper, "CHAR", "TEXT", "STRING")))
        {
            return ColumnKind.Date;
        }

        if (Contains(upper, "INT", "NUM", "DEC", "REAL", "FLOA", "DOUB", "MONEY", "SERIAL"))
        {
            return words[0] is "is" or "has" && words.Count > 1 ? ColumnKind.Flag
                : words[^1] is "at" or "ts" or "timestamp" or "epoch" or "datetime" or "date" or "dt" or "datum" && !Contains(upper, "DEC", "NUM", "MONEY") ? ColumnKind.Date
                : words.Count > 1 && words[^1] == "on" && (words[^2].EndsWith("ed", StringComparison.Ordinal) || words[^2] is "paid" or "sold" or "sent" or "made" or "given" or "taken" or "bought" or "left" or "held") ? ColumnKind.Date
                : words is ["founded" or "established" or "built"] ? ColumnKind.Date
                : words is ["year", "built" or "founded" or "published" or "opened" or "established" or "born" or "made" or "released" or "introduced"] ? ColumnKind.Date
                : words[^1] is "year" or "jahr" or "yr" or "baujahr" && !words.Contains("per") ? ColumnKind.Date : ColumnKind.Number;
        }

        return Contains(upper, "CHAR", "TEXT", "CLOB", "STRING", "UUID", "ENUM", "USER-DEFINED") || upper.Length == 0 ? ColumnKind.Text : ColumnKind.Other;
    }

    /// <summary>Beside a maximum, "min" is no unit: a salary's bounds are no minutes.</summary>
    private static void ReadBounds(Table table)
    {
        foreach (var column in table.Columns.Where(static c => c.Words.Count > 1 && (c.Words.Contains("min") || c.Words.Contains("max"))).ToList())
        {
            var other = column.Words.Select(static w => w == "min" ? "max" : w == "max" ? "min" : w).ToList();
            if (table.Columns.Exists(c => c != column && c.Words.Select(static w => w switch { "minimum" => "min", "maximum" => "max", _ => w }).SequenceEqual(other, StringComparer.Ordinal)))
            {
                column.Words = [.. column.Words.Select(static w => w == "min" ? "minimum" : w == "max" ? "maximum" : w)];
            }
        }
    }

    private static void StripColumns(Table table)
    {
        if (table.Columns.Count < 3)
        {
            return;
        }

        var first = table.Columns.Where(static c => c.Words.Count > 1).GroupBy(static c => c.Words[0], StringComparer.Ordinal).OrderByDescending(static g => g.Count()).FirstOrDefault();
        if (first is null || first.Count() * 3 < table.Columns.Count * 2 || first.Key.Length > 12)
        {
            return;
        }

        foreach (var column in first)
        {
            column.Words = [.. column.Words.Skip(1)];
        }
    }

    private static string? SharedFirst(IEnumerable<IReadOnlyList<string>> names)
    {
        string? shared = null;
        foreach (var words in names)
        {
            if (words.Count < 2 || (shared is not null && words[0] != shared))
            {
                return null;
            }

            shared = words[0];
        }

        return shared;
    }

    private static bool Contains(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>References that nobody declared, read from names: <c>patient_id</c>, or the key of another table under its own name.</summary>
internal static class InferredReferences
{
    public static IEnumerable<Reference> Find(IReadOnlyList<Table> tables, IReadOnlyList<Reference> declared)
    {
        var found = new List<Reference>();
        foreach (var table in tables)
        {
            foreach (var column in table.Columns)
            {
                if (column.IsReference || column.Kind is not (ColumnKind.Number or ColumnKind.Text) || declared.Any(r => r.From == table && r.FromColumns.Contains(column)))
                {
                    continue;
                }

                if (Target(tables, table, column) is { } key)
                {
                    found.Add(new Reference(table, [column], key.Table, [key], IsDeclared: false));
                }
            }
        }

        foreach (var reference in found)
        {
            reference.FromColumns[0].IsReference = true;
        }

        return found;
    }

    private static Column? Target(IReadOnlyList<Table> tables, Table table, Column column)
    {
        if (table.PrimaryKey.Count == 1 && column.IsKey)
        {
            return null;
        }

        var name = Identifier.Split(column.Name);
        var sameName = tables.Where(t => t != table).Select(KeyOf).OfType<Column>()
            .Where(k => string.Equals(k.Name, column.Name, StringComparison.OrdinalIgnoreCase) && !IsGeneric(k)).ToList();
        if (sameName.Count == 1)
        {
            return sameName[0];
        }

        // Words before the ending that marks a reference must be those of a table, perhaps after a role ("home_team_id").
        if (name.Count < 2 || name[^1] is not ("id" or "no" or "nr" or "code" or "key" or "fk" or "ref" or "cd" or "num" or "number" or "uid"))
        {
            return null;
        }

        var stem = name.Take(name.Count - 1).ToList();
        for (var skip = 0; skip < stem.Count; skip++)
        {
            var said = stem.Skip(skip).ToList();
            var matches = tables.Where(t => t != table || skip > 0).Select(t => (Table: t, Score: Fit(said, t.Words))).Where(static m => m.Score >= WordMatch.Abbreviation)
                .OrderByDescending(static m => m.Score).ToList();
            if (matches.Count > 0 && (matches.Count == 1 || matches[0].Score > matches[1].Score) && KeyOf(matches[0].Table) is { } key && SameType(key, column))
            {
                return key;
            }
        }

        return null;
    }

    private static Column? KeyOf(Table table) =>
        table.PrimaryKey.Count == 1 ? table.PrimaryKey[0]
        : table.PrimaryKey.Count == 0 ? table.Columns.Find(c => c == table.Columns[0] && Identifier.Split(c.Name)[^1] is "id" or "no" or "nr" or "code" or "key" or "num" or "number" or "isbn") : null;

    private static bool IsGeneric(Column key) => Identifier.Split(key.Name) is ["id"] or ["code"] or ["no"] or ["nr"] or ["key"] or ["number"] or ["name"];

    private static bool SameType(Column a, Column b) => a.Kind == b.Kind || a.Type.Length == 0 || b.Type.Length == 0;

    private static double Fit(List<string> said, IReadOnlyList<string> words)
    {
        if (said.Count != words.Count)
        {
            // kundennr -> kunde
            return 0;
        }

        var total = 0.0;
        for (var i = 0; i < words.Count; i++)
        {
            var score = Math.Max(WordMatch.Score(said[i], words[i]), WordMatch.Score(words[i], said[i]));
            if (score < WordMatch.Least)
            {
                return 0;
            }

            total += score;
        }

        return total / words.Count;
    }
}
