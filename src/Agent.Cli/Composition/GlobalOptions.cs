using System.CommandLine;

namespace Agent.Cli.Composition;

/// <summary>The flags of every command that runs the agent.</summary>
internal sealed class GlobalOptions
{
    public Option<string[]> Roots { get; } = new("--root")
    {
        Description = "A folder that tools may work in; repeatable (default: the working folder).",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string[]> Databases { get; } = new("--database")
    {
        Description = "A database: NAME=sqlite:PATH or NAME=postgres:CONNECTION; repeatable.",
        HelpName = "NAME=…",
        Recursive = true,
    };

    public Option<string[]> Apis { get; } = new("--api")
    {
        Description = "A web API described by OpenAPI: NAME=FILE-OR-URL; repeatable.",
        HelpName = "NAME=…",
        Recursive = true,
    };

    public Option<string?> Model { get; } = new("--model")
    {
        Description = "The model: PROVIDER/NAME with openai, anthropic, bedrock, ollama or offline.",
        HelpName = "PROVIDER/NAME",
        Recursive = true,
    };

    public Option<string?> Endpoint { get; } = new("--endpoint")
    {
        Description = "The address of an OpenAI-compatible server, for example http://127.0.0.1:8080/v1.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> State { get; } = new("--state")
    {
        Description = "The folder for sessions, approvals, audit and logs (default: $AGENT_STATE, or agent in the state home).",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "A configuration file, read after appsettings.json; naming it here trusts it for this run.",
        HelpName = "FILE",
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Roots);
        command.Options.Add(Databases);
        command.Options.Add(Apis);
        command.Options.Add(Model);
        command.Options.Add(Endpoint);
        command.Options.Add(State);
        command.Options.Add(Config);
    }

    public Flags Read(ParseResult result) => new()
    {
        Roots = result.GetValue(Roots) ?? [],
        Databases = Pairs(result.GetValue(Databases), Databases.Name),
        Apis = Pairs(result.GetValue(Apis), Apis.Name),
        Model = result.GetValue(Model),
        Endpoint = result.GetValue(Endpoint),
        State = result.GetValue(State),
        Config = result.GetValue(Config),
    };

    private static Dictionary<string, string> Pairs(string[]? values, string option)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values ?? [])
        {
            var equals = value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == value.Length - 1)
            {
                throw new CommandException(ExitCode.Usage, $"{option} takes NAME=VALUE, for example {(option == "--database" ? "shop=sqlite:shop.db" : "shop=openapi.json")}.");
            }

            if (!pairs.TryAdd(value[..equals], value[(equals + 1)..]))
            {
                throw new CommandException(ExitCode.Usage, $"{option} names \"{value[..equals]}\" twice; give each its own name.");
            }
        }

        return pairs;
    }
}

/// <summary>What stood on the command line.</summary>
internal sealed record Flags
{
    public IReadOnlyList<string> Roots { get; init; } = [];

    public IReadOnlyDictionary<string, string> Databases { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Apis { get; init; } = new Dictionary<string, string>();

    public string? Model { get; init; }

    public string? Endpoint { get; init; }

    public string? State { get; init; }

    public string? Config { get; init; }

    /// <summary>
    /// The same flags for a command line that starts in another folder and without this one's environment; roots are not among them, since
    /// there the default is not this folder.
    /// </summary>
    /// <param name="folder">The folder that paths are relative to.</param>
    /// <param name="state">The state folder that the environment names, which whoever approves in a terminal uses too; null for none.</param>
    public IEnumerable<string> Elsewhere(string folder, string? state)
    {
        foreach (var (name, value) in Databases)
        {
            yield return "--database";
            yield return $"{name}={Anchored.Database(value, folder)}";
        }

        foreach (var (name, value) in Apis)
        {
            yield return "--api";
            yield return $"{name}={Anchored.Api(value, folder)}";
        }

        foreach (var (option, value) in new[]
        {
            ("--model", Model),
            ("--endpoint", Endpoint),
            ("--state", (State ?? state) is { Length: > 0 } given ? Path.GetFullPath(given, folder) : null),
            ("--config", Config is { } file ? Path.GetFullPath(file, folder) : null),
        })
        {
            if (value is not null)
            {
                yield return option;
                yield return value;
            }
        }
    }
}
