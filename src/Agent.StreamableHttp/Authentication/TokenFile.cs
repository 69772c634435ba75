using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Agent.StreamableHttp.Authentication;

/// <summary>For one person on one machine: a random token in a file that only they can read.</summary>
public sealed class TokenFile : IBearerAuthenticator
{
    private readonly byte[] expected;

    private TokenFile(string path, string token)
    {
        Path = path;
        Token = token;
        expected = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Where the token lies.</summary>
    public string Path { get; }

    /// <summary>The token.</summary>
    public string Token { get; }

    /// <summary>Reads the token, or makes one (256 random bits, mode 0600) where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The authenticator.</returns>
    /// <exception cref="IOException">The file cannot be read or made, or others can read it.</exception>
    public static TokenFile Open(string path)
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!File.Exists(path))
        {
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                create.UnixCreateMode = Own;
            }

            try
            {
                using var file = new FileStream(path, create);
                file.Write(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))));
                file.Flush(flushToDisk: true);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was faster; its token is as good.
            }
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(Own | UnixFileMode.UserExecute)) != 0)
        {
            throw new IOException($"Others can read the token in '{path}': run chmod 600 on it, or delete it to get a new one.");
        }

        var token = File.ReadAllText(path).Trim();
        return token.Length >= 20
            ? new TokenFile(path, token)
            : throw new IOException($"The token in '{path}' is too short to be safe: delete the file to get a new one.");
    }

    /// <inheritdoc/>
    public ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return ValueTask.FromResult(BearerResult.Refuse(null, "Send the token as Authorization: Bearer; it lies in the state folder."));
        }

        // Digests first: comparing the texts in fixed time would still tell their length.
        return ValueTask.FromResult(CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), expected)
            ? BearerResult.Accept("owner")
            : BearerResult.Refuse("invalid_token", "This is not the token in the state folder."));
    }

    /// <inheritdoc/>
    public JsonObject? Metadata(Uri resource) => null;
}
