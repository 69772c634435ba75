using System.Collections.Frozen;

namespace Agent.Models.Offline.Language;

/// <summary>
/// Words that people use for one another, and the short forms that schemas use for them. General language only: nothing here
/// comes from a schema, and a group never decides alone (see <see cref="WordMatch"/>).
/// </summary>
internal static class Synonyms
{
    private static readonly string[] Groups =
    [
        "customer client buyer shopper purchaser kunde",
        "employee staff worker personnel colleague mitarbeiter angestellter",
        "invoice bill receipt rechnung",
        "order purchase bestellung auftrag",
        "sale purchase order",
        "buy purchase order",
        "sell sale",
        "borrow loan lend checkout lending ausleihe",
        "borrower member reader patron",
        "price cost charge fee preis",
        "amount total sum betrag summe value",
        "revenue turnover income earnings sale umsatz erlös",
        "track song tune",
        "artist band musician singer performer",
        "album record disc",
        "length duration runtime dauer länge",
        "doctor physician practitioner clinician arzt medic",
        "patient case",
        "appointment visit consultation encounter termin",
        "diagnosis condition disease illness diagnose",
        "drug medication medicine medikament",
        "prescription rezept",
        "ward station unit",
        "book publication buch",
        "author writer autor composer",
        "publisher press verlag",
        "copy exemplar exemplary",
        "shipment delivery consignment sendung lieferung",
        "vehicle truck lorry van car fahrzeug lkw",
        "driver fahrer",
        "warehouse depot lager store",
        "supplier vendor provider lieferant",
        "product item article goods artikel produkt ware",
        "category type kind class group kategorie art gattung",
        "city town ort stadt",
        "country nation land",
        "street strasse straße",
        "zip postcode postal plz",
        "region area territory gebiet",
        "phone telephone mobile telefon",
        "email mail",
        "name title bezeichnung label",
        "firstname vorname forename",
        "lastname surname nachname familyname",
        "begin start anfang beginn",
        "end finish ende close",
        "boss manager supervisor superior chef",
        "salary pay wage income gehalt compensation",
        "hire employ join einstellung",
        "birth born dob geburt birthday",
        "date day datum",
        "month monat",
        "year jahr",
        "quantity menge anzahl count pieces units",
        "weight gewicht heavy",
        "height tall höhe",
        "number nummer",
        "department abteilung division",
        "course class lecture kurs",
        "student pupil learner",
        "space spot",
        "teacher instructor professor lecturer",
        "grade mark score",
        "flight trip journey tour fahrt route",
        "company firm firma business organisation organization",
        "account konto",
        "payment zahlung",
        "state status zustand",
        "destination ziel target",
        "origin source ursprung",
        "description beschreibung text note",
        "comment remark note bemerkung",
        "rating score stars review",
        "sex gender geschlecht",
        "capacity kapazität size",
        "distance entfernung",
        "hospital clinic klinik",
        "room raum zimmer",
        "user member",
        "film movie",
        "seat place",
        "send ship dispatch shipping versand",
        "payload load nutzlast",
        "article item artikel",
        "licence license plate kennzeichen",
        "prescribe prescription",
        "admit admission",
        "enrol enroll enrolment enrollment",
        "deliver delivery lieferung",
        "depart departure abfahrt",
        "arrive arrival ankunft",
        "pay payment",
        "diagnose diagnosis",
        "publish publication publisher",
        "lend loan",
        "rent rental",
        "reserve reservation booking",
        "exam examination test",
        "owner besitzer eigentümer",
        "animal pet tier",
        "plant pflanze",
        "school schule",
        "invoice bill",
        "salesperson seller",
        "population einwohner inhabitants",
        "area fläche",
        "speed geschwindigkeit",
        "temperature temperatur",
        "duration time minutes hours",
        "contract vertrag",
        "insurance insurer versicherung",
        "project projekt",
        "task job assignment aufgabe",
        "branch office location site filiale standort",
        "discount rabatt",
        "stock inventory bestand",
        "event incident",
        "message mail",
        "subject topic",
        "language sprache",
        "nationality nation",
        "birthdate dob",
        "color colour farbe",
        "representative rep agent",
        "support help",
        "fine penalty",
        "due deadline fällig",
        "return rückgabe",
        "line position item detail",
        "expire expiry expiration",
        "apply application applicant",
    ];

    // Of these only the nouns: who books does not rent.
    private static readonly string[] NounGroups = ["rental booking reservation hire"];

    private static readonly string[] Abbreviated =
    [
        "number no nr num nbr", "quantity qty", "amount amt", "customer cust kd", "department dept dep", "branch br", "ingredient ingr",  "address addr adr", "description desc descr",
        "category cat", "product prod", "employee emp", "invoice inv", "order ord", "date dt dat", "telephone tel", "phone tel ph", "year yr",
        "month mon mth", "average avg", "minimum min", "maximum max", "identifier id", "name nm", "firstname fname", "lastname lname", "patient pat pt",
        "doctor dr doc phys", "appointment appt apt", "diagnosis diag dx", "prescription rx presc", "medication med meds", "birth dob", "date dob", "birthdate dob",
        "account acct acc", "transaction txn trx tx", "reference ref", "code cd", "type typ", "status stat sts", "message msg", "organisation org",
        "organization org", "company co comp", "manager mgr", "position pos", "document doc", "weight wt wgt", "height ht", "length len", "minute mins min",
        "second sec secs", "hour hr hrs", "milliseconds ms", "millisecond ms", "kilometer km", "kilometre km", "kilogram kg", "vehicle veh", "warehouse wh whs", "location loc",
        "country ctry", "region reg", "temperature temp", "percent pct", "percentage pct", "group grp", "student stud", "course crs", "publisher publ pub",
        "publication pub", "author auth", "supplier supp sup", "shipment shp shpmt ship", "payment pmt pymt", "balance bal", "price prc pr", "population pop", "priority prio", "staff emp", "manufacturer mfr mfg manuf", "severity sev", "technician tech", "stock stk", "unit u", "salary sal",
        "birthday bday", "building bldg", "room rm", "street str", "postal plz", "postcode plz", "zip plz", "vat mwst", "created crt", "updated upd",
        "specialty spec", "speciality spec", "specialisation spec", "specialization spec", "insurance ins", "member mbr memb", "copy cpy", "title ttl", "language lang", "page pg", "pages pg",
        "from src", "source src", "destination dest dst", "arrival arr", "departure dep", "delivery dlv deliv", "admission adm", "discharge disch", "procedure proc", "treatment treat tx",
        "representative rep", "information info", "administrator admin", "application app", "configuration config cfg", "image img", "picture pic", "package pkg", "temporary temp tmp",
        "timestamp ts", "time ts tm", "date ts", "gender sex", "cost cst", "customer kdnr", "euro eur", "dollar usd",
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> Same = Index(Groups, static w => Stemmer.Root(w), mutual: true);
    private static readonly FrozenDictionary<string, FrozenSet<string>> SameNouns = Index(NounGroups, static w => w, mutual: true);
    private static readonly FrozenDictionary<string, FrozenSet<string>> Short = Index(Abbreviated, static w => w, mutual: false);

    /// <summary>Whether the two words are used for one another.</summary>
    public static bool AreSame(string a, string b) =>
        Same.TryGetValue(Stemmer.Root(a), out var group) && group.Contains(Stemmer.Root(b))
        || SameNouns.TryGetValue(a, out var nouns) && nouns.Contains(b);

    /// <summary>Whether <paramref name="abbreviation"/> is a usual short form of <paramref name="word"/>.</summary>
    public static bool IsAbbreviation(string abbreviation, string word) =>
        Short.TryGetValue(Stemmer.Singular(word), out var forms) && forms.Contains(abbreviation);

    private static FrozenDictionary<string, FrozenSet<string>> Index(string[] groups, Func<string, string> form, bool mutual)
    {
        var index = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var words = WordMatch.Fold(group).Split(' ').Select(form).ToArray();
            foreach (var word in mutual ? words : words[..1])
            {
                if (!index.TryGetValue(word, out var known))
                {
                    index.Add(word, known = new HashSet<string>(StringComparer.Ordinal));
                }

                known.UnionWith(words.Where(w => w != word));
            }
        }

        return index.ToFrozenDictionary(static p => p.Key, static p => p.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }
}
