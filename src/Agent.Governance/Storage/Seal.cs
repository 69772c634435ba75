using System.Security.Cryptography;
using System.Text;

namespace Agent.Governance.Storage;

/// <summary>
/// A secret of this machine's state folder that marks rows as written by us, so that a row that a tool wrote into the database
/// (a files or an SQL server can reach it) is no approval.
/// </summary>
internal sealed class Seal
{
    private readonly Lazy<byte[]> _key;

    public Seal(StateFolder state)
    {
        var path = state.Combine("seal.key");
        _key = new Lazy<byte[]>(() => Load(path));
    }

    public string Of(params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Value);
        foreach (var part in parts)
        {
            // Length first, so that no two lists of parts run together into one text.
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public bool Holds(string seal, params ReadOnlySpan<string?> parts) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(parts)), Encoding.ASCII.GetBytes(seal));

    private static byte[] Load(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var known = File.ReadAllBytes(path);
                if (known.Length == 32)
                {
                    return known;
                }
            }
            catch (FileNotFoundException)
            {
                // Made below.
            }
            catch (DirectoryNotFoundException)
            {
                Audit.Disk.CreatePrivateFolder(Path.GetDirectoryName(path)!);
            }

            if (attempt > 100)
            {
                throw new IOException($"The key in {path} cannot be read.");
            }

            // Linked into place whole: of two processes that make one, the first wins and both read the same.
            var temporary = $"{path}.{Environment.ProcessId}.{attempt}";
            var key = RandomNumberGenerator.GetBytes(32);
            using (var file = Audit.Disk.Open(temporary, FileMode.Create))
            {
                RandomAccess.Write(file, key, 0);
                RandomAccess.FlushToDisk(file);
            }

            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException)
            {
                File.Delete(temporary);
            }
        }
    }
}
