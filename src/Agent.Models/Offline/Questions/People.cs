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
        "reader", "client", "buyer", "technician", "operator", "engineer", "analyst", "coach", "director", "actor", "seller", "visitor", "lawyer", "reviewer",
    ];

    // Of these only the very word: a farm is no farmer, a lead no leader.
    private static readonly string[] Exact =
    [
        "consultant", "recruiter", "adviser", "advisor", "partner", "judge", "captain", "chef", "officer", "scientist", "researcher", "tutor",
        "instructor", "mentor", "trainee", "expert", "ranger", "mechanic", "curator", "host", "editor", "translator", "photographer",
        "architect", "dentist", "therapist", "pharmacist", "farmer", "skipper", "referee", "scout", "counsellor", "inspector", "clerk", "cashier", "caretaker", "resident", "witness", "sponsor", "lecturer", "professor", "student", "colleague", "trainer", "surgeon",
        "listener", "viewer", "follower", "rider", "runner", "swimmer", "climber", "learner", "renter", "traveller", "traveler", "worker", "voter", "supporter",
    ];

    /// <summary>Whether a column says when somebody was born.</summary>
    public static bool IsBirth(Column column) => column.Words.Any(static w => w is "birth" or "born" or "birthday" or "birthdate" or "dob");

    /// <summary>Whether a word is one for people.</summary>
    public static bool IsNoun(string word) => Nouns.Any(n => WordMatch.Score(n, word) >= WordMatch.Synonym) || Exact.Any(n => WordMatch.Score(n, word) >= WordMatch.Plural);

    /// <summary>Whether the rows of a table are called by what does a deed: teachers teach.</summary>
    public static bool Do(string verb, Table table) => Agents(verb).Any(a => WordMatch.Score(a, table.Words[^1]) >= WordMatch.Synonym);

    private static IEnumerable<string> Agents(string verb)
    {
        var stem = verb.EndsWith("ing", StringComparison.Ordinal) ? verb[..^3] : verb.EndsWith("es", StringComparison.Ordinal) || verb.EndsWith("ed", StringComparison.Ordinal) ? verb[..^2] : verb.TrimEnd('s');
        return verb.Length < 4 || verb.Contains(' ', StringComparison.Ordinal) ? [] : verb == "taught" ? ["teacher"] : verb is "drove" or "driven" ? ["driver"] : [stem.TrimEnd('e') + "er", stem.TrimEnd('e') + "or"];
    }

    /// <summary>Whether a row is somebody: it has a first name, or its table is called by what people are called.</summary>
    public static bool Are(Table table) =>
        table.Label.Any(Labels.IsFirstName)
        || table.Label is [{ Words: ["display" or "full" or "person", "name"] }]
        || (table.Label is [{ Kind: ColumnKind.Text, IsKey: false }] && table.Columns.Exists(static c => c.Words.Any(static w => w is "hired" or "hire")))
        || (table.Label is [{ Kind: ColumnKind.Text } label, ..] && !label.IsKey && table.Words is [.., { } last] && (Nouns.Any(n => WordMatch.Score(n, last) >= WordMatch.Synonym || Synonyms.IsAbbreviation(last, n)) || Exact.Any(n => WordMatch.Score(n, last) >= WordMatch.Plural)));
}
