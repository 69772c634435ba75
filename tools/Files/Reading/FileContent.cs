using System.Security.Cryptography;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Reading;

/// <summary>The bytes of a file as they were at one moment, and what they were.</summary>
internal sealed class FileContent
{
    /// <summary>The largest file that is read whole, in bytes.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    private FileContent(byte[] bytes, FileStatus status)
    {
        Bytes = bytes;
        Status = status;
    }

    public byte[] Bytes { get; }

    public FileStatus Status { get; }

    /// <summary><c>sha256:</c> and the lower-case hexadecimal SHA-256 of the bytes.</summary>
    public string Hash => field ??= HashOf(Bytes);

    public static string HashOf(ReadOnlySpan<byte> bytes) => ShowDigest(SHA256.HashData(bytes));

    /// <summary>A SHA-256 as hashes are shown.</summary>
    public static string ShowDigest(byte[] digest) => "sha256:" + Convert.ToHexStringLower(digest);

    /// <summary>Reads a file beneath a root.</summary>
    /// <exception cref="FileProblem">It cannot be opened.</exception>
    /// <exception cref="ToolException">It is too large, or changes faster than it can be read.</exception>
    public static FileContent Read(Folder folder, string name, string shown, CancellationToken cancellationToken) =>
        TryRead(folder, name, shown, out var size, cancellationToken)
            ?? throw new ToolException($"'{FileName.Show(shown)}' has {size / 1_000_000:N0} MB, more than the {MaxBytes / 1_000_000} that are read at once; search_text finds lines in it.");

    /// <summary>Reads a file beneath a root; null, with its size, where it is too large.</summary>
    /// <exception cref="FileProblem">It cannot be opened.</exception>
    /// <exception cref="ToolException">It changes faster than it can be read.</exception>
    public static FileContent? TryRead(Folder folder, string name, string shown, out long size, CancellationToken cancellationToken)
    {
        size = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var file = folder.OpenFile(name, out var status);
            size = status.Size;
            if (size > MaxBytes)
            {
                return null;
            }

            // A file can grow while it is read; one byte more than it should have tells.
            var bytes = new byte[status.Size + 1];
            var length = 0;
            for (int read; length < bytes.Length && (read = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (length == status.Size)
            {
                Array.Resize(ref bytes, length);
                return new FileContent(bytes, status);
            }
        }

        throw new ToolException($"'{FileName.Show(shown)}' changes while it is read; try again.");
    }
}
