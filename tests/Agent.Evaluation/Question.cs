using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Agent.Evaluation;

/// <summary>A question and how its answer is known.</summary>
/// <param name="Id">Its name in the results.</param>
/// <param name="Kind"><c>chinook</c>, <c>reserve</c>, <c>documents</c> or <c>api</c>.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Expected">The rows that the answer must hold, each with its values; computed from the data.</param>
internal sealed record Question(string Id, string Kind, string Text, IReadOnlyList<IReadOnlyList<string>> Expected);

/// <summary>All questions.</summary>
internal static class Questions
{
    public static IReadOnlyList<Question> All(Sources sources) =>
    [
        .. Databases("chinook", sources.Chinook, Chinook),
        .. Databases("reserve", sources.Reserve, Reserve),
        .. Documents.Questions.Select(static (q, i) => new Question($"documents-{i + 1:00}", "documents", q.Question, q.Expected)),
        .. ShopApi.Questions.Select(static (q, i) => new Question($"api-{i + 1:00}", "api", q.Question, q.Expected)),
    ];

    private static readonly (string Question, string Statement)[] Chinook =
    [
        ("How many customers are there?", "SELECT COUNT(*) FROM Customer"),
        ("How many tracks does the genre Jazz have?", "SELECT COUNT(*) FROM Track JOIN Genre USING (GenreId) WHERE Genre.Name = 'Jazz'"),
        ("Which artist has the most albums?", "SELECT Artist.Name FROM Artist JOIN Album USING (ArtistId) GROUP BY ArtistId ORDER BY COUNT(*) DESC LIMIT 1"),
        ("What are the five longest tracks?", "SELECT Name FROM Track ORDER BY Milliseconds DESC LIMIT 5"),
        ("How many invoices were issued in 2010?", "SELECT COUNT(*) FROM Invoice WHERE InvoiceDate LIKE '2010%'"),
        ("What is the total revenue per billing country? Show the top three.", "SELECT BillingCountry FROM Invoice GROUP BY 1 ORDER BY SUM(Total) DESC LIMIT 3"),
        ("Which customers live in Paris?", "SELECT LastName FROM Customer WHERE City = 'Paris'"),
        ("Who is the manager of Jane Peacock?", "SELECT m.LastName FROM Employee e JOIN Employee m ON m.EmployeeId = e.ReportsTo WHERE e.LastName = 'Peacock'"),
        ("Which albums did AC/DC release?", "SELECT Title FROM Album JOIN Artist USING (ArtistId) WHERE Artist.Name = 'AC/DC'"),
        ("What is the average length of a track in seconds?", "SELECT CAST(AVG(Milliseconds) / 1000 AS INTEGER) FROM Track"),
        ("How many different countries do the customers come from?", "SELECT COUNT(DISTINCT Country) FROM Customer"),
        ("Which employee looks after the most customers?", "SELECT e.LastName FROM Employee e JOIN Customer c ON c.SupportRepId = e.EmployeeId GROUP BY e.EmployeeId ORDER BY COUNT(*) DESC LIMIT 1"),
        ("Which media type is used by the fewest tracks?", "SELECT m.Name FROM MediaType m JOIN Track USING (MediaTypeId) GROUP BY MediaTypeId ORDER BY COUNT(*) LIMIT 1"),
        ("Give me the email addresses of all customers from Brazil", "SELECT Email FROM Customer WHERE Country = 'Brazil'"),
        ("How much did Helena Holý spend in total?", "SELECT ROUND(SUM(Total), 2) FROM Invoice JOIN Customer USING (CustomerId) WHERE LastName = 'Holý'"),
        ("Which playlists are empty?", "SELECT DISTINCT Name FROM Playlist WHERE PlaylistId NOT IN (SELECT PlaylistId FROM PlaylistTrack)"),
        ("What was the biggest single invoice?", "SELECT MAX(Total) FROM Invoice"),
        ("How many tracks are there without a composer?", "SELECT COUNT(*) FROM Track WHERE Composer IS NULL"),
        ("Which genre earns the most money?", "SELECT g.Name FROM Genre g JOIN Track t USING (GenreId) JOIN InvoiceLine l USING (TrackId) GROUP BY GenreId ORDER BY SUM(l.UnitPrice * l.Quantity) DESC LIMIT 1"),
        ("List the employees hired before 2003", "SELECT LastName FROM Employee WHERE HireDate < '2003-01-01'"),
        ("Which albums have more than 25 tracks?", "SELECT a.Title FROM Album a JOIN Track USING (AlbumId) GROUP BY AlbumId HAVING COUNT(*) > 25"),
        ("On which playlists does the song 'Balls to the Wall' appear?", "SELECT DISTINCT p.Name FROM Playlist p JOIN PlaylistTrack USING (PlaylistId) JOIN Track t USING (TrackId) WHERE t.Name = 'Balls to the Wall'"),
        ("What does the cheapest track cost?", "SELECT MIN(UnitPrice) FROM Track"),
        ("Name the three customers who bought the most tracks", "SELECT c.LastName FROM Customer c JOIN Invoice i USING (CustomerId) JOIN InvoiceLine l USING (InvoiceId) GROUP BY CustomerId ORDER BY SUM(l.Quantity) DESC, c.CustomerId LIMIT 1"),
    ];

    private static readonly (string Question, string Statement)[] Reserve =
    [
        ("How many animals are there?", "SELECT COUNT(*) FROM animal"),
        ("How many species are carnivores?", "SELECT COUNT(*) FROM species WHERE diet = 'carnivore'"),
        ("Which animals live in the Heron Marsh?", "SELECT call_name FROM animal JOIN habitat USING (hab_id) WHERE label = 'Heron Marsh'"),
        ("What is the heaviest animal?", "SELECT call_name FROM animal ORDER BY weight_kg DESC LIMIT 1"),
        ("How many animals does each habitat have?", "SELECT label, COUNT(*) FROM habitat JOIN animal USING (hab_id) GROUP BY hab_id"),
        ("Which ranger reported the most sightings?", "SELECT full_name FROM ranger JOIN sighting USING (badge) GROUP BY badge ORDER BY COUNT(*) DESC LIMIT 1"),
        ("How much did all treatments cost in total?", "SELECT ROUND(SUM(cost_eur), 2) FROM treatment"),
        ("How many sightings were there in 2024?", "SELECT COUNT(*) FROM sighting WHERE seen_at LIKE '2024%'"),
        ("Which species is the animal Bruno?", "SELECT common_name FROM species JOIN animal USING (sp_code) WHERE call_name = 'Bruno'"),
        ("Which animals were never treated?", "SELECT call_name FROM animal WHERE tag_no NOT IN (SELECT tag_no FROM treatment)"),
        ("What is the average weight of the lynxes?", "SELECT ROUND(AVG(weight_kg), 1) FROM animal JOIN species USING (sp_code) WHERE common_name = 'Eurasian lynx'"),
        ("Who supervises Tove Lindqvist?", "SELECT s.full_name FROM ranger r JOIN ranger s ON s.badge = r.supervisor WHERE r.full_name = 'Tove Lindqvist'"),
        ("What was spent on vaccinations?", "SELECT ROUND(SUM(cost_eur), 2) FROM treatment WHERE kind = 'vaccination'"),
        ("Which habitat is the largest?", "SELECT label FROM habitat ORDER BY area_ha DESC LIMIT 1"),
        ("How many female animals are there?", "SELECT COUNT(*) FROM animal WHERE sex = 'F'"),
        ("Which rangers work at the North station?", "SELECT full_name FROM ranger WHERE base_station = 'North'"),
        ("Which animals were born after 2022?", "SELECT call_name FROM animal WHERE born_on >= '2023-01-01'"),
        ("Which species has the most animals?", "SELECT common_name FROM species JOIN animal USING (sp_code) GROUP BY sp_code ORDER BY COUNT(*) DESC LIMIT 1"),
        ("List the endangered species", "SELECT common_name FROM species WHERE red_list = 'EN'"),
        ("How many treatments did each species receive?", "SELECT common_name, COUNT(*) FROM treatment JOIN animal USING (tag_no) JOIN species USING (sp_code) GROUP BY sp_code"),
        ("Which ranger was hired first?", "SELECT full_name FROM ranger ORDER BY hired_on LIMIT 1"),
        ("Who saw Bruno?", "SELECT DISTINCT full_name FROM ranger JOIN sighting USING (badge) JOIN animal USING (tag_no) WHERE call_name = 'Bruno'"),
    ];

    private static IEnumerable<Question> Databases(string kind, string file, (string Question, string Statement)[] questions)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        for (var i = 0; i < questions.Length; i++)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements stand above.
            command.CommandText = questions[i].Statement;
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            var rows = new List<IReadOnlyList<string>>();
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(c => Convert.ToString(reader.GetValue(c), CultureInfo.InvariantCulture)!)]);
            }

            yield return new Question($"{kind}-{i + 1:00}", kind, questions[i].Question, rows);
        }
    }
}
