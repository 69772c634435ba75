using System.Globalization;

namespace Agent.Evaluation;

/// <summary>What the command line says.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Agent.Evaluation [--arms ours,planner,plain,…|all] [--kinds chinook,reserve,documents,api] [--every N] [--time MINUTES]
                         [--results FILE] [--endpoint URL] [--model NAME] [--table] [--show]

        Answers go to the results file as they come; a question that is there is not asked again. --time stops in good order when it is
        over, to be gone on with later. --every N asks each Nth question only. --table only prints the table of what is there, --show each answer.
        """;

    public IReadOnlyList<string> Arms { get; private init; } = ["ours", "planner", "plain"];

    public IReadOnlyList<string> Kinds { get; private init; } = ["chinook", "reserve", "documents", "api"];

    public int Every { get; private init; } = 1;

    public TimeSpan? Time { get; private init; }

    public string Results { get; private init; } = "evaluation.jsonl";

    public string? Endpoint { get; private init; }

    public string Model { get; private init; } = "coder-0.5b";

    public bool TableOnly { get; private init; }

    public bool Show { get; private init; }

    /// <summary>Reads the arguments; null where they are wrong.</summary>
    public static Arguments? Read(string[] words)
    {
        var arguments = new Arguments();
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] is "--table" or "--show")
            {
                arguments = words[i] == "--table" ? arguments with { TableOnly = true } : arguments with { Show = true };
                continue;
            }

            if (i + 1 == words.Length)
            {
                return null;
            }

            var value = words[++i];
            var read = words[i - 1] switch
            {
                "--arms" => arguments with { Arms = value == "all" ? [.. Evaluation.Arms.Names] : value.Split(',') },
                "--kinds" => arguments with { Kinds = value.Split(',') },
                "--every" => arguments with { Every = int.Parse(value, CultureInfo.InvariantCulture) },
                "--time" => arguments with { Time = TimeSpan.FromMinutes(double.Parse(value, CultureInfo.InvariantCulture)) },
                "--results" => arguments with { Results = value },
                "--endpoint" => arguments with { Endpoint = value },
                "--model" => arguments with { Model = value },
                _ => null,
            };
            if (read is null || read.Arms.Except(Evaluation.Arms.Names).Any())
            {
                return null;
            }

            arguments = read;
        }

        return arguments;
    }
}

/// <summary>What is compared.</summary>
internal static class Arms
{
    private static readonly Dictionary<string, Dictionary<string, string>?> Settings = new()
    {
        ["ours"] = [],
        ["planner"] = null,
        ["plain"] = null,
        ["without-planner"] = new() { ["planner"] = "false" },
        ["loop"] = new() { ["planner"] = "false", ["drafts"] = "0" },
        ["one-draft"] = One(),
        ["grammar"] = One(grammar: true),
        ["examples"] = One(examples: true),
        ["linking"] = One(linking: true),
        ["form"] = One(form: true),
        ["grammar+examples+linking"] = One(grammar: true, examples: true, linking: true),
        ["grammar+examples+linking+form"] = One(grammar: true, examples: true, linking: true, form: true),
    };

    public static IEnumerable<string> Names => Settings.Keys;

    public static IArm Create(string name, Sources sources) =>
        name == "plain" ? new PlainLoop(sources) : new AgentArm(sources, name == "planner", Settings[name] ?? []);

    private static Dictionary<string, string> One(bool grammar = false, bool examples = false, bool linking = false, bool form = false) => new()
    {
        ["planner"] = "false",
        ["drafts"] = "1",
        ["constrained"] = grammar ? "true" : "false",
        ["workedExamples"] = examples ? "true" : "false",
        ["linkedSchema"] = linking ? "true" : "false",
        ["questionForm"] = form ? "true" : "false",
    };
}
