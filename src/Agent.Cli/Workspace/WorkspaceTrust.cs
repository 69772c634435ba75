using System.Security.Cryptography;
using System.Text.Json;

namespace Agent.Cli.Workspace;

/// <summary>
/// Whether the working folder's <c>agent.json</c> may be used. It can start programs and loosen rules, so a person must have seen
/// it: trust is for this folder and this very file, and ends when the file changes.
/// </summary>
internal sealed class WorkspaceTrust
{
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

    /// <summary>Trusts the file as it was when this object read it.</summary>
    public void Grant()
    {
        if (digest is null)
        {
            return;
        }

        var known = Read();
        known[file] = digest;
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
