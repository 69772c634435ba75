namespace Agent.Evaluation;

/// <summary>A folder of documents, written anew for each run, and questions on what they say.</summary>
internal static class Documents
{
    private static readonly (string Path, string Text)[] Files =
    [
        ("handbook.md", """
            # Staff handbook

            ## Working hours

            The core time is from 10:00 to 15:00. Flexitime accounts may hold at most 40 hours.

            ## Holidays

            Every employee has 29 days of paid leave a year. Requests go to the team lead three weeks ahead.

            ## Travel

            Train journeys are booked in second class. The daily allowance within the country is 28 euros.
            """),
        ("it/backup.md", """
            # Backups

            A full backup runs every Sunday at 02:30. Snapshots are kept for 45 days.
            The restore test is done in March and September by the platform team.

            TODO: document the restore of the wiki.
            """),
        ("it/servers.txt", """
            falcon   production web   10.0.4.17
            osprey   production database   10.0.4.21
            kestrel  staging   10.0.9.3
            TODO: retire kestrel
            """),
        ("contracts/acme.md", """
            # Contract with Acme Facility Services

            Term: until 30 June 2027. Notice period: six months.
            Monthly fee: 4,150 euros. Contact: Dora Malik.
            """),
        ("contracts/nordwind.md", """
            # Contract with Nordwind Energy

            Green power for all three sites. Price: 31.4 cents per kWh until December 2026.
            Contact: Piet Janssen.
            """),
        ("notes/2026-02-launch.md", """
            # Launch review

            - The launch slipped by nine days because of the payment provider.
            - TODO: Karim writes the post-mortem.
            """),
        ("README.md", "# Documents\n\nWhat the office keeps: contracts, IT, notes, and the handbook.\n"),
    ];

    public static readonly (string Question, IReadOnlyList<IReadOnlyList<string>> Expected)[] Questions =
    [
        ("Which files mention TODO?", Containing("TODO")),
        ("How many markdown files are there?", [[Files.Count(static f => f.Path.EndsWith(".md", StringComparison.Ordinal)).ToString(System.Globalization.CultureInfo.InvariantCulture)]]),
        ("How many days of paid leave does an employee have?", [["29"]]),
        ("How long are snapshots kept?", [["45 days"]]),
        ("What does the handbook say about travel?", [["28 euros"]]),
        ("Which files are in the contracts folder?", [.. Files.Where(static f => f.Path.StartsWith("contracts/", StringComparison.Ordinal)).Select(static f => (IReadOnlyList<string>)[Path.GetFileName(f.Path)])]),
        ("Who is the contact at Nordwind?", [["Piet Janssen"]]),
        ("What is the monthly fee of Acme?", [["4,150"]]),
        ("Show me the file it/servers.txt", [["osprey"], ["kestrel"], ["falcon"]]),
        ("When does the full backup run?", [["Sunday"]]),
        ("Which file mentions the payment provider?", Containing("payment provider")),
        ("What is the notice period in the Acme contract?", [["six months"]]),
    ];

    public static void Create(string folder)
    {
        foreach (var (path, text) in Files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private static IReadOnlyList<IReadOnlyList<string>> Containing(string words) =>
        [.. Files.Where(f => f.Text.Contains(words, StringComparison.Ordinal)).Select(static f => (IReadOnlyList<string>)[Path.GetFileName(f.Path)])];
}

/// <summary>Questions to the API of the samples, whose data is the same after every start (samples/api/Shop.cs).</summary>
internal static class ShopApi
{
    public static readonly (string Question, IReadOnlyList<IReadOnlyList<string>> Expected)[] Questions =
    [
        ("Which orders are open?", [["1005"], ["1006"]]),
        ("What is the stock level of POT-CAST-08?", [["18"]]),
        ("Where is the shipment of order 1003?", [["Venlo"]]),
        ("List the products of the category tea", [["TEA-ASSAM-250"], ["TEA-SENCHA-100"]]),
        ("What does it cost to ship 2 kg to Sweden with Northline?", [["13.8"]]),
        ("Which products are running low in stock?", [["TEA-SENCHA-100"], ["COF-DECAF-500"], ["GRI-HAND-01"]]),
        ("Who placed order 1006?", [["Noor de Vries"]]),
        ("Show the orders of Jonas Lind", [["1002"], ["1007"]]),
        ("What is the price of product KET-GOOSE-10?", [["79"]]),
        ("Which orders go to GB?", [["1001"], ["1004"]]),
    ];
}
