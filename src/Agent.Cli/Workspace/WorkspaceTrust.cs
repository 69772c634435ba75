using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Cli.Workspace;

/// <summary>
/// Whether the working folder's <c>agent.json</c> may be used. It can start programs and loosen rules, so a person must have seen
/// it: trust is for this folder and this very file, and ends when the file changes.
/// </summary>
internal sealed class WorkspaceTrust
{
    private const string Refused = "refused:";
    private static readonly HashSet<string> Known = new(["mcpServers", "companions", "databases", "apis", "roots"], StringComparer.OrdinalIgnoreCase);

    private readonly string register;
    private readonly string file;
    private readonly string? digest;

    public WorkspaceTrust(StateFolder state, string workingFolder)
    {
        register = state.Combine("trusted.json");
        file = Path.Combine(Path.GetFullPath(workingFolder), "agent.json");
        digest = File.Exists(file) ? Digest(File.ReadAllBytes(file)) : null;
    }

    /// <summary>The file, where there is one and it is trusted.</summary>
    public string? TrustedFile => digest is not null && Read().TryGetValue(file, out var known) && known == digest ? file : null;

    /// <summary>The file, where there is one and it is not trusted as it stands.</summary>
    public string? UntrustedFile => digest is not null && TrustedFile is null ? file : null;

    /// <summary>Whether the file may be used with this content, which may be another than when this object was made.</summary>
    public bool Trusts(ReadOnlySpan<byte> content) => Read().TryGetValue(file, out var known) && known == Digest(content);

    /// <summary>Whether the person was never asked about the file as it stands.</summary>
    public bool IsNew => UntrustedFile is not null && !(Read().TryGetValue(file, out var known) && known == Refused + digest);

    /// <summary>Trusts the file as it was when this object read it.</summary>
    public void Grant() => Remember(digest);

    /// <summary>Remembers that the person did not want it, so that they are not asked again until it changes.</summary>
    public void Refuse() => Remember(Refused + digest);

    /// <summary>What the file would do, one line for each part of it that matters.</summary>
    public IEnumerable<string> Describe()
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return ["It cannot be read as JSON."];
        }

        return
        [
            .. Entries("mcpServers").Select(static entry => entry.Value?["url"] is { } url
                ? $"connects to {entry.Key}: {url}"
                : $"starts {entry.Key}, whose command you are shown before its first start"),
            .. Entries("companions").Select(static entry =>
                $"starts {entry.Key}: {string.Join(' ', new[] { entry.Value?["command"]?.ToString() }.Concat((entry.Value?["args"] as JsonArray ?? []).Select(static argument => argument?.ToString())))}"),
            .. Entries("databases").Select(static entry => $"reads and changes the database {entry.Key}"),
            .. Entries("apis").Select(static entry => $"calls the API {entry.Key}"),
            .. (root?["roots"] as JsonArray ?? []).Select(static one => $"works in the folder {one}"),
            .. root is JsonObject settings ? settings.Select(static pair => pair.Key).Where(static name => !Known.Contains(name)).Select(static name => $"sets {name}") : [],
        ];

        IEnumerable<KeyValuePair<string, JsonNode?>> Entries(string section) => root is JsonObject whole && whole[section] is JsonObject entries ? entries : [];
    }

    private void Remember(string? value)
    {
        if (digest is null || value is null)
        {
            return;
        }

        var known = Read();
        known[file] = value;
        var temporary = register + "." + Environment.ProcessId;
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(known, CliJson.Default.DictionaryStringString));
        File.Move(temporary, register, overwrite: true);
    }

    private static string Digest(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(register) ? JsonSerializer.Deserialize(File.ReadAllBytes(register), CliJson.Default.DictionaryStringString) ?? [] : [];
        }
        catch (JsonException)
        {
            // A damaged register trusts nothing; the next grant writes it anew.
            return [];
        }
    }
}
