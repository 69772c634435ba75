using System.Text;
using Agent.Models.Offline.Sql;
using Microsoft.Extensions.AI;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// The words a draft is asked for with. Everything before the last message is the same for every question, so that a server's prefix
/// cache holds it.
/// </summary>
internal static class DraftPrompt
{
    /// <summary>The longest question that is drafted for, in characters: a longer one is a text and not a question.</summary>
    public const int MostQuestion = 1_000;

    /// <summary>The share of the window that the schema and what is known of it may take, and how many characters a token of it has.</summary>
    private const double SchemaShare = 0.5;
    private const double CharactersOfToken = 2.5;
    private const int UsualWindow = 4_096;
    private const int MostShownValues = 12;

    /// <summary>A window smaller than this has no room for the examples beside the schema.</summary>
    private const int LeastForExamples = 3_000;

    private const string ExampleSchema = """
        Tables:
        author(author_id, name, country, born)
        book(book_id, title, author_id, genre, year, price, pages)
        member(member_id, name, city, joined)
        loan(loan_id, book_id, member_id, days, fee, loaned_on)
        Joins:
        book.author_id = author.author_id
        loan.book_id = book.book_id
        loan.member_id = member.member_id
        """;

    private static readonly (string Question, string Statement, string? Postgres)[] Examples =
    [
        ("How many books are there?", "SELECT COUNT(*) FROM book", null),
        ("Which members live in Bergen?", "SELECT member.name FROM member WHERE member.city = 'Bergen'", null),
        ("How many books did Selma Berg write?", "SELECT COUNT(*) FROM book JOIN author ON book.author_id = author.author_id WHERE author.name = 'Selma Berg'", null),
        ("What are the three longest books?", "SELECT book.title, book.pages FROM book ORDER BY book.pages DESC LIMIT 3", null),
        ("How many loans are there per genre?", "SELECT book.genre, COUNT(*) AS loans FROM loan JOIN book ON loan.book_id = book.book_id GROUP BY book.genre", null),
        ("Which member paid the most in fees?", "SELECT member.name, SUM(loan.fee) AS total FROM loan JOIN member ON loan.member_id = member.member_id GROUP BY member.name ORDER BY total DESC LIMIT 1", null),
        ("Which country has the fewest authors?", "SELECT author.country, COUNT(*) AS authors FROM author GROUP BY author.country ORDER BY authors ASC LIMIT 1", null),
        ("Which members never borrowed a book?", "SELECT member.name FROM member WHERE member.member_id NOT IN (SELECT loan.member_id FROM loan)", null),
        ("What is the average price of crime novels?", "SELECT AVG(book.price) FROM book WHERE book.genre = 'crime'", null),
        ("How many books were loaned in 2021?", "SELECT COUNT(*) FROM loan WHERE strftime('%Y', loan.loaned_on) = '2021'", "SELECT COUNT(*) FROM loan WHERE EXTRACT(YEAR FROM loan.loaned_on) = 2021"),
        ("Which authors have more than five books?", "SELECT author.name, COUNT(*) AS books FROM book JOIN author ON book.author_id = author.author_id GROUP BY author.name HAVING COUNT(*) > 5", null),
        ("How many different cities do members live in?", "SELECT COUNT(DISTINCT member.city) FROM member", null),
        ("Which books are longer than the average?", "SELECT book.title FROM book WHERE book.pages > (SELECT AVG(book.pages) FROM book)", null),
    ];

    private static readonly (string Question, string Json)[] ShapeExamples =
    [
        ("How many books are there?", """{"select":[{"function":"COUNT","column":"*"}],"from":"book","where":[],"group_by":[],"order_by":[],"limit":0}"""),
        ("Which members live in Bergen?", """{"select":[{"function":"","column":"member.name"}],"from":"member","where":[{"column":"member.city","operator":"=","value":"Bergen"}],"group_by":[],"order_by":[],"limit":0}"""),
        ("What are the three longest books?", """{"select":[{"function":"","column":"book.title"},{"function":"","column":"book.pages"}],"from":"book","where":[],"group_by":[],"order_by":[{"function":"","column":"book.pages","direction":"DESC"}],"limit":3}"""),
        ("Which member paid the most in fees?", """{"select":[{"function":"","column":"member.name"},{"function":"SUM","column":"loan.fee"}],"from":"loan","where":[],"group_by":["member.name"],"order_by":[{"function":"SUM","column":"loan.fee","direction":"DESC"}],"limit":1}"""),
        ("How many loans are there per genre?", """{"select":[{"function":"","column":"book.genre"},{"function":"COUNT","column":"*"}],"from":"loan","where":[],"group_by":["book.genre"],"order_by":[],"limit":0}"""),
    ];

    public static IReadOnlyList<ChatMessage> Write(LinkedSchema linked, SqlText names, string question, bool examples, bool asJson, int? window)
    {
        examples &= (window ?? UsualWindow) >= LeastForExamples;
        var engine = linked.Schema.IsPostgres ? "PostgreSQL" : "SQLite";
        var messages = new List<ChatMessage>
        {
            new(
                ChatRole.System,
                $"You write one {engine} SELECT statement that answers the question, with the tables and columns that are given and no others. "
                + $"Columns are written table.column. Answer with the {(asJson ? "JSON" : "statement")} alone."),
        };
        if (examples)
        {
            var worked = asJson ? ShapeExamples.Select(static e => (e.Question, Answer: e.Json)) : Examples.Select(e => (e.Question, Answer: linked.Schema.IsPostgres ? e.Postgres ?? e.Statement : e.Statement));
            foreach (var (asked, answer) in worked)
            {
                messages.Add(new ChatMessage(ChatRole.User, $"{(messages.Count == 1 ? ExampleSchema + "\n" : string.Empty)}Question: {asked}"));
                messages.Add(new ChatMessage(ChatRole.Assistant, answer));
            }
        }

        var text = new StringBuilder(examples ? "Now another database.\n" : string.Empty);
        Describe(text, linked, names, (int)((window ?? UsualWindow) * SchemaShare * CharactersOfToken));
        text.Append("Question: ").Append(question);
        messages.Add(new ChatMessage(ChatRole.User, text.ToString()));
        return messages;
    }

    /// <summary>What is known of the schema. Where it does not fit, the last lines are left out: what is nearest to the question comes first.</summary>
    private static void Describe(StringBuilder text, LinkedSchema linked, SqlText names, int room)
    {
        Section("Tables:", linked.Tables.Select(table => $"{names.Table(table)}({string.Join(", ", table.Columns.Select(c => names.Name(c.Name)))})"));
        Section("Joins:", linked.Joins.Select(join => SelectGrammar.On(join, names)));
        Section("Measures:", linked.Measures.Select(measure =>
            names.Column(measure.Column) + (measure.Times is { } times ? $" * {names.Column(times)}" : string.Empty)));
        Section("Values:", linked.Values.Select(known =>
            $"{names.Column(known.Key)}: {string.Join(", ", (known.Value.Named.Count > 0 ? known.Value.Named : known.Value.Values).Take(MostShownValues).Select(static v => SqlText.Literal(v)))}"));

        void Section(string title, IEnumerable<string> lines)
        {
            var titled = false;
            foreach (var line in lines)
            {
                if (line.Length >= room)
                {
                    continue;
                }

                room -= line.Length + 1;
                text.Append(titled ? string.Empty : title + "\n").Append(line).Append('\n');
                titled = true;
            }
        }
    }
}
