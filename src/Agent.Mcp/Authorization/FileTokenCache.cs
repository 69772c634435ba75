using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol.Authentication;

namespace Agent.Mcp.Authorization;

/// <summary>Source-generated JSON of stored tokens.</summary>
[JsonSerializable(typeof(TokenContainer))]
internal sealed partial class TokenJson : JsonSerializerContext;

/// <summary>
/// The tokens of one server, in a file that only the person can read. The file is named for the server's address, so that a
/// server whose address changes never gets the tokens of the one before.
/// </summary>
internal sealed class FileTokenCache(StateFolder state, string server, Uri url) : ITokenCache
{
    private readonly string path = state.Combine(
        "tokens", $"{server}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)).AsSpan(0, 8))}.json");

    /// <inheritdoc/>
    public async ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path)!;
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // A new file that takes the old one's place: a crash in between leaves the old refresh token, not half of a new one.
        var fresh = $"{path}.{Environment.ProcessId}";
        await using (var file = new FileStream(fresh, create))
        {
            await JsonSerializer.SerializeAsync(file, tokens, TokenJson.Default.TokenContainer, cancellationToken);
            await file.FlushAsync(cancellationToken);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <inheritdoc/>
    public async ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync(file, TokenJson.Default.TokenContainer, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // No tokens, or none that can be used: the person signs in again.
            return null;
        }
    }
}
