using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.</summary>
internal sealed class ScramSha256
{
    public const string Name = "SCRAM-SHA-256";
    private const int MaxIterations = 1_000_000;

    private readonly string password;
    private readonly string bare = "n=,r=" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private byte[] expected = [];

    // Passwords of ASCII need no preparation; others are normalised as SASLprep does in the main.
    public ScramSha256(string password) => this.password = password.Normalize(NormalizationForm.FormKC);

    public string First => "n,," + bare;

    /// <summary>Whether the server showed that it knows the password too.</summary>
    public bool Proven { get; private set; }

    public string Answer(string challenge)
    {
        var parts = challenge.Split(',').Where(part => part.Length > 1).ToDictionary(part => part[0], part => part[2..]);
        if (!parts.TryGetValue('r', out var nonce) || !nonce.StartsWith(bare[5..], StringComparison.Ordinal)
            || !parts.TryGetValue('s', out var salt) || !parts.TryGetValue('i', out var count)
            || !int.TryParse(count, out var iterations) || iterations is < 1 or > MaxIterations)
        {
            throw new EngineException("08P01", "the server's challenge makes no sense");
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), iterations, HashAlgorithmName.SHA256, 32);
        var key = HMACSHA256.HashData(salted, "Client Key"u8);
        var withoutProof = "c=biws,r=" + nonce;
        var message = Encoding.UTF8.GetBytes($"{bare},{challenge},{withoutProof}");
        var proof = HMACSHA256.HashData(SHA256.HashData(key), message);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= key[i];
        }

        expected = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), message);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    public void Verify(string final)
    {
        var given = final.StartsWith("v=", StringComparison.Ordinal) ? final[2..].Split(',')[0] : string.Empty;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), Encoding.ASCII.GetBytes(Convert.ToBase64String(expected))))
        {
            throw new EngineException("08P01", "the server does not know the password; it is not the one that was meant");
        }

        Proven = true;
    }

    [SuppressMessage("Security", "CA5351", Justification = "The protocol of servers that still store md5 passwords; it is the server that asks for it.")]
    public static string Md5(string user, string password, ReadOnlySpan<byte> salt)
    {
        var inner = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)));
        return "md5" + Convert.ToHexStringLower(MD5.HashData([.. Encoding.ASCII.GetBytes(inner), .. salt]));
    }
}
