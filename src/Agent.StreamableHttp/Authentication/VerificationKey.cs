using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Agent.StreamableHttp.Authentication;

/// <summary>A public key of a key set (RFC 7517), and the one family of algorithms it may be used with.</summary>
internal sealed class VerificationKey
{
    private readonly RSA? rsa;
    private readonly ECDsa? ecdsa;
    private readonly string? onlyAlgorithm;

    private VerificationKey(string id, RSA? rsa, ECDsa? ecdsa, string? onlyAlgorithm)
    {
        Id = id;
        this.rsa = rsa;
        this.ecdsa = ecdsa;
        this.onlyAlgorithm = onlyAlgorithm;
    }

    public string Id { get; }

    /// <summary>Reads a key; null where it is of a kind, or for a use, that is not ours.</summary>
    public static VerificationKey? Read(JsonElement key)
    {
        string? Text(string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        byte[] Bytes(string name) => Base64Url.DecodeFromChars(Text(name) ?? throw new FormatException($"A key has no '{name}'."));

        if (Text("use") is { } use && use != "sig")
        {
            return null;
        }

        switch (Text("kty"))
        {
            case "RSA":
                var rsa = RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") });
                return rsa.KeySize < 2048 ? null : new VerificationKey(Text("kid") ?? string.Empty, rsa, null, Text("alg"));
            case "EC":
                var curve = Text("crv") switch
                {
                    "P-256" => ECCurve.NamedCurves.nistP256,
                    "P-384" => ECCurve.NamedCurves.nistP384,
                    "P-521" => ECCurve.NamedCurves.nistP521,
                    _ => default,
                };
                return curve.Oid is null
                    ? null
                    : new VerificationKey(
                        Text("kid") ?? string.Empty,
                        null,
                        ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") } }),
                        Text("alg"));
            default:
                return null;
        }
    }

    public bool Verifies(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm.Length != 5 || (onlyAlgorithm is not null && onlyAlgorithm != algorithm))
        {
            return false;
        }

        var hash = algorithm[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => default,
        };
        if (hash == default)
        {
            return false;
        }

        return algorithm[..2] switch
        {
            "RS" => rsa?.VerifyData(data, signature, hash, RSASignaturePadding.Pkcs1) == true,
            "PS" => rsa?.VerifyData(data, signature, hash, RSASignaturePadding.Pss) == true,
            "ES" => ecdsa?.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) == true,
            _ => false,
        };
    }
}
