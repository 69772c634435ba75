using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). With PLUS the proof covers the certificate of the
/// TLS connection (tls-server-end-point), so that somebody in the middle, with a certificate of their own, cannot pass it on.
/// </summary>
internal sealed class ScramSha256
{
    private const string Plain = "SCRAM-SHA-256";
    private const string Bound = "SCRAM-SHA-256-PLUS";
    private const int MaxIterations = 1_000_000;

    private readonly string password;
    private readonly string header;
    private readonly string channel;
    private readonly string bare = "n=,r=" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private byte[] expected = [];

    // Passwords of ASCII need no preparation; others are normalised as SASLprep does in the main.
    private ScramSha256(string password, string name, string header, byte[] binding)
    {
        this.password = password.Normalize(NormalizationForm.FormKC);
        this.header = header;
        Name = name;
        channel = Convert.ToBase64String([.. Encoding.ASCII.GetBytes(header), .. binding]);
    }

    /// <summary>The mechanism.</summary>
    public string Name { get; }

    /// <summary>Whether the sign-in is tied to the TLS connection.</summary>
    public bool IsBound => Name == Bound;

    public string First => header + bare;

    /// <summary>The best mechanism that both sides have; null where there is none.</summary>
    /// <param name="offered">What the server offers.</param>
    /// <param name="password">The password.</param>
    /// <param name="binding">What the connection can be told by; null where it has nothing, or is not to be bound.</param>
    public static ScramSha256? Choose(IReadOnlyCollection<string> offered, string password, byte[]? binding) =>
        binding is not null && offered.Contains(Bound) ? new ScramSha256(password, Bound, "p=tls-server-end-point,,", binding)
        : !offered.Contains(Plain) ? null

        // y: we could have bound it, and saw no offer. A server that made one knows then that somebody took it out.
        : new ScramSha256(password, Plain, binding is null ? "n,," : "y,,", []);

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
        var withoutProof = $"c={channel},r={nonce}";
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
