using System.CommandLine;
using System.Text.Json;

namespace Agent.Tools.Hosting;

/// <summary>The flags that the servers share.</summary>
internal sealed class ServerCommand : RootCommand
{
    private const string EnvironmentMark = "env:";

    private readonly ServerDescription description;
    private readonly Option<string[]> roots = new("--root")
    {
        Description = "A folder the server may touch; repeat it for more. Default: the working folder.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> privateFolders = new("--private")
    {
        Description = "A folder that no tool sees or changes, even where it lies in a root; repeat it for more. The state folder always is one.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> databases = new("--database")
    {
        Description = "A database by name: NAME=sqlite:PATH or NAME=postgres:CONNECTION; repeat it for more.",
        HelpName = "NAME=SOURCE",
    };

    private readonly Option<string[]> apis = new("--api")
    {
        Description = "A web API by name: the file or address of its OpenAPI document; repeat it for more.",
        HelpName = "NAME=FILE-OR-URL",
    };

    private readonly Option<string?> state = new("--state")
    {
        Description = "Where the server keeps what must outlive it. Default: AGENT_STATE, else $XDG_STATE_HOME/agent.",
        HelpName = "DIR",
    };

    private readonly Option<string?> http = new("--http")
    {
        Description = "Serve MCP over HTTP at this address instead of stdin and stdout, for example http://127.0.0.1:8123/mcp.",
        HelpName = "URL",
    };

    private readonly Option<string?> config = new("--config")
    {
        Description = "A JSON file whose section of the server's name holds further settings; env:NAME reads the JSON from an environment variable.",
        HelpName = "FILE",
    };

    public ServerCommand(ServerDescription description)
        : base(description.Description)
    {
        this.description = description;
        AddWhere(ServerSources.Roots, roots);
        AddWhere(ServerSources.Roots, privateFolders);
        AddWhere(ServerSources.Databases, databases);
        AddWhere(ServerSources.Apis, apis);
        Options.Add(state);
        Options.Add(http);
        Options.Add(config);
    }

    public ServerOptions Read(ParseResult result)
    {
        var rootList = Values(result, ServerSources.Roots, roots);
        return new ServerOptions
        {
            Roots = rootList.Length > 0 || !description.Sources.HasFlag(ServerSources.Roots) ? rootList : [Environment.CurrentDirectory],
            Databases = Named("--database", Values(result, ServerSources.Databases, databases)),
            Apis = Named("--api", Values(result, ServerSources.Apis, apis)),
            StateFolder = StateFolder(result.GetValue(state)),
            PrivateFolders = Values(result, ServerSources.Roots, privateFolders),
            Http = Address(result.GetValue(http)),
            Configuration = Section(result.GetValue(config), description.Name),
        };
    }

    private void AddWhere(ServerSources source, Option<string[]> option)
    {
        if (description.Sources.HasFlag(source))
        {
            Options.Add(option);
        }
    }

    private string[] Values(ParseResult result, ServerSources source, Option<string[]> option) =>
        description.Sources.HasFlag(source) ? result.GetValue(option) ?? [] : [];

    private static List<NamedSource> Named(string flag, string[] values)
    {
        var list = new List<NamedSource>(values.Length);
        foreach (var value in values)
        {
            var split = value.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0 || split == value.Length - 1 || value.AsSpan(0, split).ContainsAnyExcept(NameCharacters))
            {
                throw new ToolException($"{flag} wants NAME=SOURCE, the name of letters, digits, '_', '-' and '.'.");
            }

            var source = new NamedSource(value[..split], value[(split + 1)..]);
            if (list.Any(other => other.Name == source.Name))
            {
                throw new ToolException($"{flag} gives the name '{source.Name}' twice; use another name for one of them.");
            }

            list.Add(source);
        }

        return list;
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    private static string StateFolder(string? flag)
    {
        if (!string.IsNullOrEmpty(flag))
        {
            return Path.GetFullPath(flag);
        }

        if (Environment.GetEnvironmentVariable("AGENT_STATE") is { Length: > 0 } own)
        {
            return Path.GetFullPath(own);
        }

        var home = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state)
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(home, "agent");
    }

    private static Uri? Address(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ToolException("--http wants an address such as http://127.0.0.1:8123/mcp.");
    }

    private static JsonElement? Section(string? path, string name)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var document = path.StartsWith(EnvironmentMark, StringComparison.Ordinal)
                ? JsonDocument.Parse(
                    Environment.GetEnvironmentVariable(path[EnvironmentMark.Length..])
                        ?? throw new ToolException($"--config names the environment variable {path[EnvironmentMark.Length..]}, which is not set."),
                    options)
                : JsonDocument.Parse(File.ReadAllBytes(path), options);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var section)
                ? section.Clone()
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The configuration file {path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ToolException($"The configuration file {path} is not JSON (line {e.LineNumber + 1}); mend it or leave --config out.", e);
        }
    }
}
