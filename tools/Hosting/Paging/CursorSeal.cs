using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Tools.Hosting;

/// <summary>
/// Makes cursors that come back as they were given, or not at all: base64url of the position and twelve bytes of an HMAC-SHA256
/// over call and position. The key lives in the state folder, so that a cursor outlives the process.
/// </summary>
public sealed class CursorSeal
{
    private const int TagSize = 12;
    private const string KeyFile = "cursor.key";

    private readonly byte[] key;

    /// <summary>A seal with a key that lives as long as the process.</summary>
    public CursorSeal()
        : this(RandomNumberGenerator.GetBytes(32))
    {
    }

    private CursorSeal(byte[] key) => this.key = key;

    /// <summary>A seal whose key is kept in a folder.</summary>
    /// <param name="folder">The folder; null, or one that cannot be written, gives a key for this process.</param>
    /// <returns>The seal.</returns>
    public static CursorSeal Load(string? folder)
    {
        if (folder is null)
        {
            return new CursorSeal();
        }

        try
        {
            var path = Path.Combine(folder, KeyFile);
            if (!File.Exists(path))
            {
                PrivateFolder.Create(folder);
                var temporary = path + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
                using (var stream = new FileStream(temporary, PrivateFolder.NewFile))
                {
                    stream.Write(RandomNumberGenerator.GetBytes(32));
                }

                try
                {
                    File.Move(temporary, path, overwrite: false);
                }
                catch (IOException)
                {
                    // Another process was first; its key is the key.
                    File.Delete(temporary);
                }
            }

            var bytes = File.ReadAllBytes(path);
            return bytes.Length == 32 ? new CursorSeal(bytes) : new CursorSeal();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CursorSeal();
        }
    }

    /// <summary>Makes a cursor.</summary>
    /// <param name="scope">What it is good for.</param>
    /// <param name="position">Where to go on.</param>
    /// <returns>The cursor.</returns>
    public string Seal(ReadOnlySpan<byte> scope, string position)
    {
        var text = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. text, .. Tag(scope, text)]);
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="scope">What it must be good for.</param>
    /// <param name="cursor">The cursor.</param>
    /// <returns>The position.</returns>
    /// <exception cref="ToolException">It was made for something else, or by nobody here.</exception>
    public string Open(ReadOnlySpan<byte> scope, string cursor)
    {
        if (Base64Url.IsValid(cursor))
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (bytes.Length >= TagSize)
            {
                var text = bytes.AsSpan(0, bytes.Length - TagSize);
                if (CryptographicOperations.FixedTimeEquals(Tag(scope, text), bytes.AsSpan(bytes.Length - TagSize)))
                {
                    return Encoding.UTF8.GetString(text);
                }
            }
        }

        throw new ToolException("The cursor does not belong to this call; repeat the call with the same arguments that gave it, or leave it out to start again.");
    }

    private byte[] Tag(ReadOnlySpan<byte> scope, ReadOnlySpan<byte> text)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(scope);
        mac.AppendData(text);
        return mac.GetHashAndReset()[..TagSize];
    }
}
