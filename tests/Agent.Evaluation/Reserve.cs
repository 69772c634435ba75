using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Agent.Evaluation;

/// <summary>
/// The second database: a wildlife reserve. Unlike the first in every way that matters to a reader of schemas: snake case, short names,
/// keys that are codes, labels that are not called "name", a table that refers to itself, dates of two kinds.
/// </summary>
internal static class Reserve
{
    private const string Schema = """
        CREATE TABLE habitat (hab_id INTEGER PRIMARY KEY, label TEXT NOT NULL, biome TEXT NOT NULL, area_ha REAL NOT NULL, opened_year INTEGER NOT NULL);
        CREATE TABLE species (sp_code TEXT PRIMARY KEY, common_name TEXT NOT NULL, latin_name TEXT NOT NULL, diet TEXT NOT NULL, red_list TEXT NOT NULL);
        CREATE TABLE animal (tag_no INTEGER PRIMARY KEY, call_name TEXT NOT NULL, sp_code TEXT NOT NULL REFERENCES species(sp_code), hab_id INTEGER NOT NULL REFERENCES habitat(hab_id), sex TEXT NOT NULL, born_on DATE NOT NULL, weight_kg REAL NOT NULL);
        CREATE TABLE ranger (badge INTEGER PRIMARY KEY, full_name TEXT NOT NULL, base_station TEXT NOT NULL, hired_on DATE NOT NULL, supervisor INTEGER REFERENCES ranger(badge));
        CREATE TABLE sighting (sight_id INTEGER PRIMARY KEY, tag_no INTEGER NOT NULL REFERENCES animal(tag_no), badge INTEGER NOT NULL REFERENCES ranger(badge), seen_at DATETIME NOT NULL, distance_m INTEGER NOT NULL, note TEXT);
        CREATE TABLE treatment (treat_id INTEGER PRIMARY KEY, tag_no INTEGER NOT NULL REFERENCES animal(tag_no), kind TEXT NOT NULL, given_on DATE NOT NULL, cost_eur REAL NOT NULL);
        """;

    private static readonly (string Label, string Biome, double Area, int Opened)[] Habitats =
        [("Heron Marsh", "wetland", 41.5, 1998), ("Upper Ridge", "mountain", 120.0, 1995), ("Birch Hollow", "forest", 66.2, 2004), ("Long Meadow", "grassland", 88.9, 2001), ("Stone Lake", "wetland", 35.0, 2012), ("Old Oaks", "forest", 51.3, 1995)];

    private static readonly (string Code, string Name, string Latin, string Diet, string List, double Weight)[] Kinds =
    [
        ("LYN", "Eurasian lynx", "Lynx lynx", "carnivore", "LC", 22), ("WLF", "grey wolf", "Canis lupus", "carnivore", "LC", 41), ("BEA", "brown bear", "Ursus arctos", "omnivore", "LC", 180),
        ("RDR", "red deer", "Cervus elaphus", "herbivore", "LC", 160), ("BVR", "Eurasian beaver", "Castor fiber", "herbivore", "LC", 21), ("OTR", "Eurasian otter", "Lutra lutra", "carnivore", "NT", 9),
        ("BSN", "European bison", "Bison bonasus", "herbivore", "NT", 610), ("MNK", "European mink", "Mustela lutreola", "carnivore", "EN", 0.8), ("HAM", "common hamster", "Cricetus cricetus", "herbivore", "EN", 0.4),
        ("WCT", "wildcat", "Felis silvestris", "carnivore", "LC", 5), ("BDG", "badger", "Meles meles", "omnivore", "LC", 12), ("SAI", "saiga", "Saiga tatarica", "herbivore", "VU", 38),
    ];

    private static readonly string[] Names =
        ["Bruno", "Alma", "Fjord", "Hazel", "Milo", "Nala", "Orla", "Pip", "Quill", "Rune", "Saga", "Tindra", "Ulf", "Vida", "Wren", "Yara", "Zorn", "Ash", "Bela", "Cato", "Dag", "Echo", "Freya", "Gus", "Hilda", "Ivo", "Jora", "Kalle", "Luna", "Moss", "Nils", "Olive", "Petra", "Ronja", "Sten", "Tuva", "Una", "Valo", "Wilma", "Ylva"];

    private static readonly string[] Rangers = ["Tove Lindqvist", "Marek Novak", "Ines Ferreira", "Paul Adeyemi", "Greta Huber", "Samir Haddad", "Lea Moreau", "Otto Brandt"];

    public static void Create(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        Run(connection, Schema);
        var random = new Sequence();
        for (var i = 0; i < Habitats.Length; i++)
        {
            Run(connection, "INSERT INTO habitat VALUES ($0,$1,$2,$3,$4)", i + 1, Habitats[i].Label, Habitats[i].Biome, Habitats[i].Area, Habitats[i].Opened);
        }

        foreach (var kind in Kinds)
        {
            Run(connection, "INSERT INTO species VALUES ($0,$1,$2,$3,$4)", kind.Code, kind.Name, kind.Latin, kind.Diet, kind.List);
        }

        for (var i = 0; i < Rangers.Length; i++)
        {
            Run(connection, "INSERT INTO ranger VALUES ($0,$1,$2,$3,$4)", 101 + i, Rangers[i], (string[])["North", "South", "Lake"] is var stations ? stations[i % 3] : "", Day(2009 + i, random), i == 3 ? null : i < 3 ? 104 : 101 + (i % 3));
        }

        for (var i = 0; i < Names.Length; i++)
        {
            // Bison are few, deer are many.
            var kind = Kinds[i % 7 == 3 ? 3 : random.Next(Kinds.Length)];
            Run(connection, "INSERT INTO animal VALUES ($0,$1,$2,$3,$4,$5,$6)", 5001 + i, Names[i], kind.Code, 1 + random.Next(Habitats.Length), random.Next(5) < 3 ? "F" : "M", Day(2014 + random.Next(11), random), Math.Round(kind.Weight * (0.8 + (random.Next(40) / 100.0)), 1));
        }

        for (var i = 0; i < 400; i++)
        {
            Run(connection, "INSERT INTO sighting VALUES ($0,$1,$2,$3,$4,$5)", i + 1, 5001 + random.Next(Names.Length), 101 + Math.Min(random.Next(Rangers.Length), random.Next(Rangers.Length)), $"{Day(2023 + random.Next(3), random)} {random.Next(24):00}:{random.Next(60):00}:00", 5 + random.Next(300), i % 9 == 0 ? "with young" : null);
        }

        for (var i = 0; i < 90; i++)
        {
            // Some animals are never treated.
            Run(connection, "INSERT INTO treatment VALUES ($0,$1,$2,$3,$4)", i + 1, 5001 + random.Next(Names.Length - 6), (string[])["vaccination", "check-up", "wound care", "deworming"] is var kinds ? kinds[random.Next(4)] : "", Day(2022 + random.Next(4), random), 15 + (random.Next(2000) / 10.0));
        }

        transaction.Commit();
    }

    private static string Day(int year, Sequence random) => string.Create(CultureInfo.InvariantCulture, $"{year}-{1 + random.Next(12):00}-{1 + random.Next(28):00}");

    private static void Run(SqliteConnection connection, string statement, params object?[] values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements stand above.
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    /// <summary>The same numbers on every machine and runtime.</summary>
    private sealed class Sequence
    {
        private uint state = 20_260_301;

        public int Next(int below)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            return (int)((state >> 8) % (uint)below);
        }
    }
}
