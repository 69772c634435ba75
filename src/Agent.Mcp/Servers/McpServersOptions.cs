using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Agent.Mcp.Servers;

/// <summary>
/// The servers to connect to: those a program adds itself, then those of the configuration section <c>mcpServers</c>, which win
/// where both use a name.
/// </summary>
public sealed class McpServersOptions
{
    private readonly List<string> order = [];
    private readonly Dictionary<string, McpServerDefinition> servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The servers in the order they were added.</summary>
    public IEnumerable<KeyValuePair<string, McpServerDefinition>> Servers =>
        order.Select(name => KeyValuePair.Create(name, servers[name]));

    /// <summary>The folder that relative paths and <c>${workspaceFolder}</c> mean.</summary>
    public string WorkingFolder { get; set; } = Environment.CurrentDirectory;

    /// <summary>
    /// Shows a person the address at which to sign in for a server that wants it, given the server's name; null where nobody is
    /// there to sign in, so that such a server fails and says so.
    /// </summary>
    public Func<string, Uri, CancellationToken, Task>? ShowSignIn { get; set; }

    /// <summary>Adds a server, or replaces the one of that name.</summary>
    /// <param name="name">Its name: what a tool's name begins with.</param>
    /// <param name="definition">How to reach it.</param>
    public void Add(string name, McpServerDefinition definition)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(definition);
        if (!servers.ContainsKey(name))
        {
            order.Add(name);
        }

        servers[name] = definition;
    }

    /// <summary>
    /// Reads <c>mcpServers</c>. By hand rather than by a binder, because files written for other clients carry keys that are
    /// not ours, and a value of the wrong kind must be named.
    /// </summary>
    internal void Read(IConfiguration section)
    {
        foreach (var entry in section.GetChildren())
        {
            Add(entry.Key, ReadOne(entry));
        }
    }

    private static McpServerDefinition ReadOne(IConfigurationSection entry)
    {
        var definition = new McpServerDefinition
        {
            Command = entry["command"],
            Cwd = entry["cwd"],
            Url = entry["url"] ?? entry["serverUrl"],
            Type = entry["type"],
            Disabled = Flag(entry, "disabled", false) || !Flag(entry, "enabled", true),
            Args = [.. entry.GetSection("args").GetChildren().Select(argument => argument.Value ?? string.Empty)],
            Env = Pairs(entry.GetSection("env"), StringComparer.Ordinal),
            Headers = Pairs(entry.GetSection("headers"), StringComparer.OrdinalIgnoreCase),
        };

        definition.Sampling = Flag(entry, "sampling", false);
        definition.Roots = Flag(entry, "roots", false);
        definition.StartTimeoutSeconds = Number(entry, "startTimeoutSeconds", definition.StartTimeoutSeconds, 1, 3600);
        definition.CallTimeoutSeconds = Number(entry, "callTimeoutSeconds", definition.CallTimeoutSeconds, 1, 86400);
        definition.MaxMessageBytes = Number(entry, "maxMessageBytes", definition.MaxMessageBytes, 65536, 1024 * 1024 * 1024);
        if (entry.GetSection("oauth") is { } oauth && oauth.Exists())
        {
            definition.OAuth = new McpOAuthDefinition
            {
                ClientId = oauth["clientId"],
                ClientSecret = oauth["clientSecret"],
                ClientMetadataUrl = oauth["clientMetadataUrl"] is not { } metadata || Uri.TryCreate(metadata, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
                    ? oauth["clientMetadataUrl"]
                    : throw new FormatException($"{oauth.Path.Replace(':', '.')}.clientMetadataUrl must begin with https://, not '{metadata}'."),
                RedirectPort = Number(oauth, "redirectPort", 0, 0, 65535),
                Scopes = [.. oauth.GetSection("scopes").GetChildren().Select(scope => scope.Value ?? string.Empty)],
            };
        }

        return definition;
    }

    private static Dictionary<string, string> Pairs(IConfigurationSection section, StringComparer comparer) =>
        section.GetChildren().ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty, comparer);

    private static bool Flag(IConfigurationSection entry, string key, bool otherwise) =>
        entry[key] is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw new FormatException($"{entry.Path.Replace(':', '.')}.{key} must be true or false, not '{text}'.");

    private static int Number(IConfigurationSection entry, string key, int otherwise, int least, int most) =>
        entry[key] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new FormatException($"{entry.Path.Replace(':', '.')}.{key} must be a whole number from {least} to {most}, not '{text}'.");
}
