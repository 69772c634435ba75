using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Governance.Audit;

/// <summary>The names of the files of a log.</summary>
internal sealed class AuditFolder(string path)
{
    public string Path { get; } = path;

    public string Lock => At("lock");

    public string PrivateKey => At("key.pem");

    public string PublicPem => At("public.pem");

    public string VerifierKey => At("public.vkey");

    public string Checkpoint => At("checkpoint");

    /// <summary>What is needed to go on from the checkpoint without reading the whole log. Believed only as far as the checkpoint confirms it.</summary>
    public string Resume => At("resume.json");

    public string Writers => At("writers");

    public bool Exists => File.Exists(VerifierKey);

    public string Segment(long first) => At(first.ToString("D20", CultureInfo.InvariantCulture) + ".jsonl");

    public string WriterLock(string writer) => System.IO.Path.Combine(Writers, writer);

    /// <summary>The segments in order, each with the number of its first record.</summary>
    public IReadOnlyList<(long First, string Path)> Segments() =>
        !Directory.Exists(Path)
            ? []
            : [.. Directory.EnumerateFiles(Path, "*.jsonl")
                .Select(file => (Name: System.IO.Path.GetFileNameWithoutExtension(file), file))
                .Where(f => f.Name.Length == 20 && f.Name.All(char.IsAsciiDigit))
                .Select(f => (long.Parse(f.Name, CultureInfo.InvariantCulture), f.file))
                .OrderBy(f => f.Item1)];

    public NoteVerifier ReadVerifier() => NoteVerifier.Parse(File.ReadAllText(VerifierKey));

    /// <summary>The signing key, made on first use.</summary>
    public NoteVerifier OpenSigner(Disk disk)
    {
        if (File.Exists(PrivateKey) && File.Exists(VerifierKey))
        {
            var existing = ECDsa.Create();
            existing.ImportFromPem(File.ReadAllText(PrivateKey));
            using var verifier = ReadVerifier();
            return new NoteVerifier(verifier.Name, existing);
        }

        if (Segments().Count > 0)
        {
            throw new AuditException($"The audit log's key is missing from {Path}; put it back, or move the folder aside to begin a new log.");
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = new NoteVerifier("agent.local/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), key);
        disk.Replace(PrivateKey, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        disk.Replace(PublicPem, Encoding.ASCII.GetBytes(signer.Pem));
        disk.Replace(VerifierKey, Encoding.ASCII.GetBytes(signer.Line + "\n"));
        return signer;
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
