using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Governance.Audit;

/// <summary>A tree head: C2SP tlog-checkpoint.</summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">How many records it has.</param>
/// <param name="Root">The tree's root hash.</param>
internal sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length != 0 || lines.SkipLast(1).Any(l => l.Length == 0)
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1])
        {
            throw new FormatException("This is not a checkpoint: origin, tree size and root hash are expected, a line each.");
        }

        var root = new byte[MerkleTree.HashSize];
        if (!Convert.TryFromBase64String(lines[2], root, out var written) || written != MerkleTree.HashSize)
        {
            throw new FormatException("The checkpoint's root hash is not 32 bytes in base 64.");
        }

        return new Checkpoint(lines[0], size, root);
    }
}

/// <summary>A public key that signs notes (C2SP signed-note, type 0x02: ECDSA P-256 with SHA-256, signature in DER).</summary>
internal sealed class NoteVerifier : IDisposable
{
    private const byte EcdsaType = 2;
    private readonly ECDsa _key;
    private readonly uint _id;

    public NoteVerifier(string name, ECDsa key)
    {
        Name = name;
        _key = key;
        _id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    public string Name { get; }

    /// <summary>The key in the one-line form of Go's <c>sumdb/note</c>: name, id and key, joined by plus signs.</summary>
    public string Line =>
        $"{Name}+{_id:x8}+{Convert.ToBase64String([EcdsaType, .. _key.ExportSubjectPublicKeyInfo()])}";

    /// <summary>The key as PEM, for openssl.</summary>
    public string Pem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    public static NoteVerifier Parse(string line)
    {
        // The base 64 part may itself hold plus signs.
        var parts = line.Trim().Split('+', 3);
        if (parts.Length != 3)
        {
            throw new FormatException("A verifier key has the form name+id+base64.");
        }

        var bytes = Convert.FromBase64String(parts[2]);
        if (bytes.Length < 2 || bytes[0] != EcdsaType)
        {
            throw new FormatException("Only ECDSA keys (type 2) are understood.");
        }

        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(bytes.AsSpan(1), out _);
        var verifier = new NoteVerifier(parts[0], key);
        return parts[1] == verifier._id.ToString("x8", CultureInfo.InvariantCulture)
            ? verifier
            : throw new FormatException("The verifier key's id does not belong to its key.");
    }

    /// <summary>The text of a note that this key signed; null where it did not.</summary>
    public string? Open(string note)
    {
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
        {
            return null;
        }

        var text = note[..(split + 1)];
        foreach (var line in note[(split + 2)..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            if (parts is not ["—", var name, var encoded] || name != Name)
            {
                continue;
            }

            var signature = new byte[encoded.Length];
            if (Convert.TryFromBase64String(encoded, signature, out var length) && length > 4
                && BinaryPrimitives.ReadUInt32BigEndian(signature) == _id
                && _key.VerifyData(Encoding.UTF8.GetBytes(text), signature.AsSpan(4, length - 4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            {
                return text;
            }
        }

        return null;
    }

    public string Sign(string text)
    {
        Span<byte> id = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(id, _id);
        var signature = _key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"{text}\n— {Name} {Convert.ToBase64String([.. id, .. signature])}\n";
    }

    public void Dispose() => _key.Dispose();
}
