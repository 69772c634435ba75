using System.Collections.Frozen;

namespace Agent.Models.Offline.Language;

/// <summary>The two-letter codes of ISO 3166 for the countries that people name most.</summary>
internal static class Countries
{
    private static readonly FrozenDictionary<string, string> Codes =
        ("germany DE|austria AT|switzerland CH|france FR|italy IT|spain ES|portugal PT|netherlands NL|the netherlands NL|holland NL|belgium BE|luxembourg LU|denmark DK|sweden SE|norway NO|finland FI|" +
         "iceland IS|ireland IE|united kingdom GB|great britain GB|britain GB|england GB|uk GB|poland PL|czech republic CZ|czechia CZ|slovakia SK|hungary HU|romania RO|bulgaria BG|greece GR|turkey TR|croatia HR|" +
         "slovenia SI|serbia RS|ukraine UA|russia RU|estonia EE|latvia LV|lithuania LT|united states US|usa US|america US|canada CA|mexico MX|brazil BR|argentina AR|chile CL|colombia CO|peru PE|" +
         "japan JP|china CN|india IN|south korea KR|korea KR|australia AU|new zealand NZ|south africa ZA|egypt EG|israel IL|singapore SG|thailand TH|vietnam VN|indonesia ID|malta MT|cyprus CY")
        .Split('|').ToFrozenDictionary(static e => e[..e.LastIndexOf(' ')], static e => e[(e.LastIndexOf(' ') + 1)..], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Adjectives =
        ("german DE|austrian AT|swiss CH|french FR|italian IT|spanish ES|portuguese PT|dutch NL|belgian BE|danish DK|swedish SE|norwegian NO|finnish FI|icelandic IS|irish IE|british GB|english GB|polish PL|czech CZ|slovak SK|" +
         "hungarian HU|romanian RO|bulgarian BG|greek GR|turkish TR|croatian HR|slovenian SI|serbian RS|ukrainian UA|russian RU|estonian EE|latvian LV|lithuanian LT|american US|canadian CA|mexican MX|brazilian BR|argentinian AR|" +
         "argentine AR|chilean CL|colombian CO|peruvian PE|japanese JP|chinese CN|indian IN|korean KR|australian AU|egyptian EG|israeli IL|thai TH|vietnamese VN|indonesian ID")
        .Split('|').ToFrozenDictionary(static e => e[..e.LastIndexOf(' ')], static e => e[(e.LastIndexOf(' ') + 1)..], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Known = Codes.Values.ToFrozenSet(StringComparer.Ordinal);

    private static readonly ILookup<string, string> Names = Codes.ToLookup(static e => e.Value, static e => e.Key, StringComparer.Ordinal);

    /// <summary>What else a country is called: its other names, and its code; none where it is no country.</summary>
    public static IEnumerable<string> Others(string name) =>
        (Code(name) ?? Adjectives.GetValueOrDefault(name)) is { } code ? Names[code].Append(code).Where(n => !string.Equals(n, name, StringComparison.OrdinalIgnoreCase)) : [];

    /// <summary>The code of a country's name, or the text itself where it is a code in capitals; null otherwise.</summary>
    public static string? Code(string text) => Codes.TryGetValue(text, out var code) ? code : Known.Contains(text) ? text : null;
}
