using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Tells the tables whose rows are people.</summary>
internal static class People
{
    private static readonly string[] Nouns =
    [
        "person", "employee", "customer", "user", "member", "patient", "doctor", "driver", "student", "teacher", "author", "artist", "composer", "nurse", "manager", "worker", "owner",
        "tenant", "pilot", "guest", "passenger", "player", "contact", "speaker", "attendee", "participant", "volunteer", "donor", "candidate", "applicant", "subscriber", "agent", "borrower",
        "reader", "client", "buyer", "technician", "operator", "engineer", "analyst", "coach", "director", "actor", "seller", "visitor", "trainer", "surgeon", "lawyer", "reviewer",
    ];

    /// <summary>Whether a row is somebody: it has a first name, or its table is called by what people are called.</summary>
    public static bool Are(Table table) =>
        table.Label.Any(Labels.IsFirstName)
        || table.Label is [{ Words: ["display" or "full" or "person", "name"] }]
        || (table.Label is [{ Kind: ColumnKind.Text } label, ..] && !label.IsKey && table.Words is [.., { } last] && Nouns.Any(n => WordMatch.Score(n, last) >= WordMatch.Synonym || Synonyms.IsAbbreviation(last, n)));
}
