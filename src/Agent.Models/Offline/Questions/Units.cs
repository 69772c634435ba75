using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Units that people name and that columns carry in their names.</summary>
internal static class Units
{
    private static readonly (string[] Words, string Kind, decimal Size)[] Known =
    [
        (["milliseconds", "millisecond", "ms", "millis"], "time", 0.001m),
        (["seconds", "second", "secs", "sec"], "time", 1),
        (["minutes", "minute", "mins", "min"], "time", 60),
        (["hours", "hour", "hrs", "hr"], "time", 3600),
        (["days", "day"], "time", 86400),
        (["weeks"], "time", 604800),
        (["bytes", "byte"], "bytes", 1),
        (["kilobytes", "kb"], "bytes", 1024),
        (["megabytes", "megabyte", "mb", "mib"], "bytes", 1048576),
        (["gigabytes", "gb"], "bytes", 1073741824),
        (["grams", "gram", "g"], "mass", 1),
        (["kg", "kilograms", "kilogram", "kilos"], "mass", 1000),
        (["tons", "tonnes", "ton", "t"], "mass", 1000000),
        (["cm"], "length", 0.01m),
        (["meters", "metres", "m"], "length", 1),
        (["km", "kilometers", "kilometres"], "length", 1000),
        (["miles"], "length", 1609.344m),
    ];

    // Money and plain counts: the number is taken as it stands.
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal) { "dollars", "dollar", "usd", "euros", "euro", "eur", "$", "€", "pounds", "cents", "percent", "%", "units", "pieces" };

    /// <summary>How many of the column's own unit one of the unit said is; null where the column does not say its own.</summary>
    public static decimal? Factor(Column column, string unit)
    {
        if (unit is "cents" or "cent")
        {
            return IsMinor(column) ? 1 : 0.01m;
        }

        if (Plain.Contains(unit))
        {
            return ConceptOf(unit) == Concept.Money && IsMinor(column) ? 100 : 1;
        }

        var said = Array.Find(Known, k => k.Words.Contains(unit));
        if (said.Words is null)
        {
            return null;
        }

        foreach (var word in column.Words.Reverse())
        {
            var own = Array.Find(Known, k => k.Words.Contains(word) && k.Kind == said.Kind);
            if (own.Words is not null)
            {
                return said.Size / own.Size;
            }
        }

        return null;
    }

    /// <summary>Whether it holds money in the hundredth part of its currency.</summary>
    public static bool IsMinor(Column column) => column.Words.Any(static w => w is "cents" or "cent" or "pence" or "minor" or "pennies");

    public static Concept ConceptOf(string unit) =>
        unit is "dollars" or "dollar" or "usd" or "euros" or "euro" or "eur" or "$" or "€" or "pounds" or "cents" ? Concept.Money
        : Array.Find(Known, k => k.Words.Contains(unit)).Kind switch
        {
            "time" => Concept.Duration,
            "bytes" => Concept.Size,
            "mass" => Concept.Weight,
            "length" => Concept.Distance,
            _ => Concept.None,
        };
}
