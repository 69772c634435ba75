using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Mcp.Install;

/// <summary>What writing a client's configuration would do.</summary>
/// <param name="Path">The file.</param>
/// <param name="Before">What it holds now; null where there is none.</param>
/// <param name="After">What it would hold.</param>
/// <param name="Hint">One sentence: what to do in the client afterwards.</param>
public sealed record ClientConfigurationChange(string Path, string? Before, string After, string Hint)
{
    /// <summary>Whether anything would change.</summary>
    public bool IsChange => !string.Equals(Before, After, StringComparison.Ordinal);

    /// <summary>The lines that would go and come, with <c>-</c> and <c>+</c>.</summary>
    public string Preview
    {
        get
        {
            var before = Before?.TrimEnd('\n').Split('\n') ?? [];
            var after = After.TrimEnd('\n').Split('\n');
            var start = 0;
            while (start < before.Length && start < after.Length && before[start] == after[start])
            {
                start++;
            }

            var end = 0;
            while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
            {
                end++;
            }

            var text = new StringBuilder();
            foreach (var line in before[start..(before.Length - end)])
            {
                text.Append("- ").Append(line).Append('\n');
            }

            foreach (var line in after[start..(after.Length - end)])
            {
                text.Append("+ ").Append(line).Append('\n');
            }

            return text.ToString();
        }
    }

    /// <summary>Writes the file: a new file beside it first, so that a half-written one never takes its place; the old one is kept as <c>.bak</c>.</summary>
    /// <exception cref="IOException">The file cannot be written, or was changed since it was read.</exception>
    public void Write()
    {
        var now = File.Exists(Path) ? File.ReadAllText(Path) : null;
        if (!string.Equals(now, Before, StringComparison.Ordinal))
        {
            throw new IOException($"'{Path}' was changed in the meantime: look at the change again.");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var fresh = Path + ".new";
        File.WriteAllText(fresh, After);
        if (Before is not null)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fresh, File.GetUnixFileMode(Path));
            }

            File.Copy(Path, Path + ".bak", overwrite: true);
        }

        File.Move(fresh, Path, overwrite: true);
    }
}

/// <summary>Puts the gateway into the configuration of an MCP client, leaving everything else in it as it is.</summary>
public static class ClientConfiguration
{
    private const string Entry = "agent";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The clients whose files are known.</summary>
    public static IReadOnlyList<string> Clients { get; } = ["vscode", "cursor", "claude-code", "claude-desktop", "codex", "gemini", "jetbrains", "windsurf", "zed"];

    /// <summary>Says what would be written.</summary>
    /// <param name="client">One of <see cref="Clients"/>.</param>
    /// <param name="command">The program that serves the gateway over stdio, as a full path or a name on the <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments, for example <c>mcp --root /work</c>.</param>
    /// <param name="home">The person's home folder.</param>
    /// <param name="workspace">The folder whose own configuration is written where the client has such a thing; null for the person's.</param>
    /// <returns>The change.</returns>
    /// <exception cref="ArgumentException">The client is not known; the message names those that are.</exception>
    /// <exception cref="FormatException">The file is there and cannot be read; the message says where.</exception>
    public static ClientConfigurationChange Plan(string client, string command, IReadOnlyList<string> arguments, string home, string? workspace = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(arguments);
        return client switch
        {
            "vscode" => Json(
                workspace is null ? AppData(home, "Code", "User", "mcp.json") : Path.Combine(workspace, ".vscode", "mcp.json"),
                "servers", command, arguments, withType: true, "Restart VS Code, or run 'MCP: List Servers' and start 'agent'."),
            "cursor" => Json(
                Path.Combine(workspace ?? home, ".cursor", "mcp.json"),
                "mcpServers", command, arguments, withType: false, "Open Cursor's settings, MCP, and switch 'agent' on."),
            "claude-code" => Json(
                workspace is null ? Path.Combine(home, ".claude.json") : Path.Combine(workspace, ".mcp.json"),
                "mcpServers", command, arguments, withType: true, "Start Claude Code again; `/mcp` lists 'agent'."),
            "gemini" => Json(
                Path.Combine(workspace ?? home, ".gemini", "settings.json"),
                "mcpServers", command, arguments, withType: false, "Start Gemini CLI again; `/mcp` lists 'agent'."),
            "windsurf" => Json(
                Path.Combine(home, ".codeium", "windsurf", "mcp_config.json"),
                "mcpServers", command, arguments, withType: false, "Refresh the MCP servers in Windsurf's Cascade panel."),
            "zed" => Json(
                workspace is not null ? Path.Combine(workspace, ".zed", "settings.json")
                : OperatingSystem.IsWindows() ? AppData(home, "Zed", "settings.json")
                : Path.Combine(home, ".config", "zed", "settings.json"),
                "context_servers", command, arguments, withType: false, "Zed starts 'agent' by itself; the agent panel's settings show it."),
            "claude-desktop" => Json(
                AppData(home, "Claude", "claude_desktop_config.json"),
                "mcpServers", command, arguments, withType: false, "Quit Claude Desktop and start it again."),
            "jetbrains" => Json(
                Path.Combine(workspace ?? home, ".junie", "mcp", "mcp.json"),
                "mcpServers", command, arguments, withType: false, "Reload the MCP servers in Settings, Tools, Junie; for the AI Assistant, import the same file in Settings, Tools, AI Assistant, MCP."),
            "codex" => Toml(Path.Combine(home, ".codex", "config.toml"), command, arguments, "Start Codex again; `/mcp` lists 'agent'."),
            _ => throw new ArgumentException($"There is no client '{client}'; known are {string.Join(", ", Clients)}.", nameof(client)),
        };
    }

    private static ClientConfigurationChange Json(
        string path, string section, string command, IReadOnlyList<string> arguments, bool withType, string hint)
    {
        var before = File.Exists(path) ? File.ReadAllText(path) : null;
        JsonObject root;
        try
        {
            root = string.IsNullOrWhiteSpace(before) ? [] : JsonNode.Parse(before.TrimStart('\uFEFF'), documentOptions: Lenient) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new FormatException($"'{path}' is no JSON object, so nothing was changed: mend it or move it away first.");
        }

        if (root[section] is not (null or JsonObject))
        {
            throw new FormatException($"'{section}' in '{path}' is no object, so nothing was changed: mend it first.");
        }

        var entry = new JsonObject();
        if (withType)
        {
            entry["type"] = "stdio";
        }

        entry["command"] = command;
        entry["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]);
        if (JsonNode.DeepEquals(root[section]?[Entry], entry))
        {
            return new ClientConfigurationChange(path, before, before!, hint);
        }

        var after = JsonText.Put(string.IsNullOrWhiteSpace(before) ? "{}\n" : before, section, Entry, entry.ToJsonString(Readable));
        return new ClientConfigurationChange(path, before, after, hint);
    }

    /// <summary>Codex keeps TOML: our table is replaced as a block of lines, everything else stays as it was written.</summary>
    private static ClientConfigurationChange Toml(string path, string command, IReadOnlyList<string> arguments, string hint)
    {
        var before = File.Exists(path) ? File.ReadAllText(path) : null;
        var kept = new List<string>();
        var ours = false;
        foreach (var line in (before ?? string.Empty).Split('\n'))
        {
            var trimmed = line.Trim();
            if (trimmed.StartsWith('['))
            {
                ours = trimmed is $"[mcp_servers.{Entry}]" or $"[mcp_servers.\"{Entry}\"]"
                    || trimmed.StartsWith($"[mcp_servers.{Entry}.", StringComparison.Ordinal);
            }

            if (!ours)
            {
                kept.Add(line);
            }
        }

        var text = string.Join('\n', kept).TrimEnd('\n', '\r', ' ');
        var table = $"[mcp_servers.{Entry}]\ncommand = {Quote(command)}\nargs = [{string.Join(", ", arguments.Select(Quote))}]\n";
        return new ClientConfigurationChange(path, before, text.Length == 0 ? table : $"{text}\n\n{table}", hint);
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                < ' ' or '\u007f' => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string AppData(string home, params string[] parts) => Path.Combine([
        OperatingSystem.IsWindows() ? Path.Combine(home, "AppData", "Roaming")
        : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Application Support")
        : Path.Combine(home, ".config"),
        .. parts]);
}
