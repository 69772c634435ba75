using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Agent.Json;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Gateway;

/// <summary>What a request's state says, once it was opened.</summary>
/// <param name="Call">The waiting call.</param>
/// <param name="Round">Which of its questions this answers; an older one was used already.</param>
/// <param name="Principal">The session and user it was given to.</param>
/// <param name="Digest">Method and parameters it was given for.</param>
/// <param name="Expires">Unix seconds.</param>
internal sealed record StateContent(string Call, int Round, string Principal, string Digest, long Expires);

/// <summary>Source-generated JSON of the state.</summary>
[JsonSerializable(typeof(StateContent))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>
/// Seals <c>requestState</c>: it lies with the client between two requests, so whatever comes back may be forged, changed,
/// stolen or old. AES-256-GCM under a key that lives as long as the process, because the waiting call does too.
/// </summary>
internal sealed class RequestStateSeal : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly AesGcm aes = new(RandomNumberGenerator.GetBytes(32), TagSize);

    public string Seal(StateContent content)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(content, StateJson.Default.StateContent);
        var sealed_ = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(sealed_.AsSpan(0, NonceSize));
        lock (aes)
        {
            aes.Encrypt(sealed_.AsSpan(0, NonceSize), plain, sealed_.AsSpan(NonceSize, plain.Length), sealed_.AsSpan(NonceSize + plain.Length));
        }

        return Base64Url.EncodeToString(sealed_);
    }

    /// <summary>Opens a state; null where it is not one of ours, unchanged.</summary>
    public StateContent? Open(string state)
    {
        try
        {
            if (state.Length > 4096)
            {
                return null;
            }

            var sealed_ = Base64Url.DecodeFromChars(state);
            if (sealed_.Length < NonceSize + TagSize)
            {
                return null;
            }

            var plain = new byte[sealed_.Length - NonceSize - TagSize];
            lock (aes)
            {
                aes.Decrypt(sealed_.AsSpan(0, NonceSize), sealed_.AsSpan(NonceSize, plain.Length), sealed_.AsSpan(NonceSize + plain.Length), plain);
            }

            return JsonSerializer.Deserialize(plain, StateJson.Default.StateContent);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The digest of a request without what differs between its rounds.</summary>
    public static string Digest(string method, JsonObject parameters)
    {
        var same = new JsonObject { ["method"] = method };
        foreach (var (name, value) in parameters)
        {
            if (name is not ("_meta" or "requestState" or "inputResponses"))
            {
                same[name] = value?.DeepClone();
            }
        }

        return CanonicalJson.Digest(Wire.ToElement(same));
    }

    public void Dispose() => aes.Dispose();
}
