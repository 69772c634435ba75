using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Mcp.Servers;

/// <summary>
/// A definition with its placeholders filled in: <c>${env:NAME}</c>, <c>${NAME}</c>, <c>${NAME:-default}</c>,
/// <c>${workspaceFolder}</c> and <c>${userHome}</c>, as the files of other clients write them.
/// </summary>
internal sealed partial record ResolvedServer(
    string Name,
    string? Command,
    IReadOnlyList<string> Args,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingFolder,
    Uri? Url,
    IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What every program needs to find itself and its files, and nothing that could be a secret.</summary>
    private static readonly string[] Inherited = OperatingSystem.IsWindows()
        ? ["APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "DOTNET_ROOT"]
        : ["DOTNET_ROOT", "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"];

    /// <summary>Variables that decide which code a program runs: another value is another command, and no secret.</summary>
    private static readonly HashSet<string> Decisive = new(
        [
            "BASH_ENV", "CLASSPATH", "DOTNET_ADDITIONAL_DEPS", "DOTNET_STARTUP_HOOKS", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH", "ENV", "GIT_SSH_COMMAND",
            "JAVA_TOOL_OPTIONS", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "NODE_OPTIONS", "NODE_PATH", "NPM_CONFIG_REGISTRY", "PATH", "PERL5LIB", "PERL5OPT",
            "PIP_INDEX_URL", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "RUBYLIB", "RUBYOPT", "UV_INDEX_URL", "npm_config_registry",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The whole command as a person looks at it: program and arguments, the names of the variables it is given (with the values of those
    /// that decide what runs), and its folder where that decides what runs. Placeholders of other variables stand as they are
    /// written: their values may be secrets.
    /// </summary>
    public string CommandLine { get; private init; } = string.Empty;

    /// <summary>Values that must not appear in a log or a message.</summary>
    private IReadOnlyList<string> Confidential { get; init; } = [];

    public static ResolvedServer From(string name, McpServerDefinition definition, string workingFolder, Func<string, string?> readVariable)
    {
        if (NameProblem(name) is { } problem)
        {
            throw new FormatException(problem);
        }

        // What the program says of its own servers is meant as it stands: a password may look like a placeholder.
        string Fill(string text, string place) => definition.BuiltIn ? text : Placeholder().Replace(text, match =>
        {
            var key = match.Groups["name"].Value;
            var value = key switch
            {
                "workspaceFolder" or "cwd" => workingFolder,
                "userHome" => System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
                "pathSeparator" or "/" => Path.DirectorySeparatorChar.ToString(),
                _ => readVariable(key.StartsWith("env:", StringComparison.Ordinal) ? key[4..] : key),
            };

            return value ?? (match.Groups["default"] is { Success: true } fallback
                ? fallback.Value
                : throw new FormatException(
                    $"mcpServers.{name}.{place} names ${{{key}}}, which is not set: set that environment variable or write the value itself."));
        });

        var folder = definition.Cwd is { Length: > 0 } cwd ? Path.GetFullPath(Fill(cwd, "cwd"), workingFolder) : workingFolder;
        var headers = definition.Headers.ToDictionary(
            header => header.Key, header => Fill(header.Value, $"headers.{header.Key}"), StringComparer.OrdinalIgnoreCase);
        if (definition.Url is { Length: > 0 } address)
        {
            if (definition.Command is { Length: > 0 })
            {
                throw new FormatException($"mcpServers.{name} has a command and a url: keep one of them.");
            }

            var filled = Fill(address, "url");
            return Uri.TryCreate(filled, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? new ResolvedServer(name, null, [], new Dictionary<string, string>(), folder, url, headers) { Confidential = [.. headers.Values] }
                : throw new FormatException($"mcpServers.{name}.url must be an http or https address, not '{filled}'.");
        }

        if (definition.Command is not { Length: > 0 } command)
        {
            throw new FormatException($"mcpServers.{name} has neither a command nor a url: give it one.");
        }

        if (!Directory.Exists(folder))
        {
            throw new FormatException($"mcpServers.{name}.cwd is '{folder}', and there is no such folder.");
        }

        var environment = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var variable in Inherited)
        {
            // A value that begins like an exported shell function could run code in a child shell.
            if (readVariable(variable) is { } value && !value.StartsWith("()", StringComparison.Ordinal))
            {
                environment[variable] = value;
            }
        }

        // What somebody looks at and what is kept of it must hold no secret.
        string Show(string text) => Placeholder().Replace(text, match => match.Groups["name"].Value switch
        {
            "workspaceFolder" or "cwd" => workingFolder,
            "userHome" => System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
            "pathSeparator" or "/" => Path.DirectorySeparatorChar.ToString(),
            _ => match.Value,
        });

        var own = definition.Env.ToDictionary(pair => pair.Key, pair => Fill(pair.Value, $"env.{pair.Key}"), StringComparer.Ordinal);
        foreach (var (variable, value) in own)
        {
            environment[variable] = value;
        }

        return new ResolvedServer(
            name, Fill(command, "command"), [.. definition.Args.Select((argument, i) => Fill(argument, $"args[{i}]"))], environment, folder, null, headers)
        {
            Confidential = [.. own.Values],
            CommandLine = Line(
                [Show(command), .. definition.Args.Select(Show)],
                definition.Env.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Decisive.Contains(pair.Key) ? $"{pair.Key}={Quote(Show(pair.Value))}" : pair.Key),
                folder,
                definition.Cwd is { Length: > 0 }),
        };
    }

    private static string Line(string[] parts, IEnumerable<string> variables, string folder, bool namesFolder)
    {
        var line = new StringBuilder().AppendJoin(' ', parts.Select(Quote));
        if (string.Join(", ", variables) is { Length: > 0 } given)
        {
            line.Append(" (with ").Append(given).Append(')');
        }

        // "node server.js" is another program in another folder, "npx server" is not.
        var isOfFolder = parts.SelectMany(part => part.Split('=')).Any(part => part.Length > 0 && !Path.IsPathRooted(part)
            && (part[0] == '.' || Path.Exists(Path.Combine(folder, part))));
        if (namesFolder || isOfFolder)
        {
            line.Append(" (in ").Append(folder).Append(')');
        }

        // A command that breaks lines or hides characters could pass for another on a screen.
        return HiddenText.Show(line.ToString().ReplaceLineEndings("↵"));
    }

    private static string Quote(string part) =>
        part.Length > 0 && part.All(c => char.IsLetterOrDigit(c) || "-_./:=@,+${}".Contains(c, StringComparison.Ordinal)) ? part : $"'{part}'";

    /// <summary>Takes configured values out of a text that others will read.</summary>
    public string Redact(string text)
    {
        var result = new StringBuilder(text);
        // Shorter values (a port, "1") are words of every message, not secrets.
        foreach (var secret in Confidential.Where(value => value.Length >= 6))
        {
            result.Replace(secret, "[redacted]");
        }

        return result.ToString();
    }

    /// <summary>
    /// Why a name cannot be used; null where it can. Two underscores join server and tool in the name a model sees, so that a
    /// server's name with them could pass for another server's tool.
    /// </summary>
    internal static string? NameProblem(string name) =>
        name == "agent" ? "mcpServers.agent: the name 'agent' is the assistant's own; give the server another name."
        : name.Length > 40 ? $"mcpServers.{name[..20]}…: a server's name has at most 40 characters."
        : name.Contains("__", StringComparison.Ordinal) || name.StartsWith('_') || name.EndsWith('_')
            ? $"mcpServers.{name}: a server's name neither begins nor ends with an underscore nor has two in a row; give it another name."
        : name.Any(char.IsControl) ? "mcpServers: a server's name has a control character in it; give it another name."
        : null;

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_/][A-Za-z0-9_:./-]*?)(?::-(?<default>[^}]*))?\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
