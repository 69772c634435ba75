using System.Security.Cryptography;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>
/// Writes a file so that at every moment, after a crash too, either the old or the new content is there whole: a temporary file beside it, fsync,
/// rename, fsync of the folder.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes.</summary>
    /// <param name="folder">The folder that holds the file.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The new content.</param>
    /// <param name="replaced">What is to be replaced, as it was read; null where nothing may be there.</param>
    /// <param name="shown">The path as the client reads it.</param>
    /// <exception cref="ToolException">Something else is there by now.</exception>
    public static void Write(Folder folder, string name, ReadOnlySpan<byte> content, FileStatus? replaced, string shown)
    {
        var temporary = $".{name[..Math.Min(name.Length, 40)]}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp";
        using (var file = folder.CreateFile(temporary))
        {
            try
            {
                RandomAccess.Write(file, content, 0);
                if (replaced is { } old)
                {
                    folder.CopyAttributes(file, old);
                }

                RandomAccess.FlushToDisk(file);
            }
            catch
            {
                folder.Remove(temporary, folder: false);
                throw;
            }
        }

        try
        {
            if (replaced is { } old && (folder.Status(name) is not { } now || !now.SameVersion(old)))
            {
                throw new ToolException($"'{FileName.Show(shown)}' was changed by another program in this moment; read it again and redo the change.");
            }

            folder.Rename(temporary, folder, name, replace: replaced is not null);
        }
        catch
        {
            folder.Remove(temporary, folder: false);
            throw;
        }

        folder.Sync();
    }
}
