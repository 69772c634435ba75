using System.Buffers;
using System.Text.Json;

namespace Agent.Json;

/// <summary>The one byte form of a JSON value (RFC 8785, JSON Canonicalization Scheme), so that equal values have equal digests.</summary>
public static class CanonicalJson
{
    /// <summary>Writes the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">Receives UTF-8.</param>
    public static void Write(JsonElement value, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>The canonical form as UTF-8.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The bytes.</returns>
    public static byte[] GetBytes(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>sha256:</c> and the lower-case hexadecimal SHA-256 of the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The digest.</returns>
    public static string Digest(JsonElement value) =>
        "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(GetBytes(value)));
}
