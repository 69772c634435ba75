namespace Agent.Tools.Files.Reading;

/// <summary>Tells what binary content is by its first bytes, never by its name.</summary>
internal static class MediaType
{
    /// <summary>The media type, and whether models see it as an image.</summary>
    public static (string Type, bool IsImage) Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return ("image/png", true);
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return ("image/jpeg", true);
        }

        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return ("image/gif", true);
        }

        if (bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return ("image/webp", true);
        }

        return (Other(bytes), false);
    }

    private static string Other(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("%PDF-"u8) ? "application/pdf"
        : bytes.StartsWith("PK\u0003\u0004"u8) ? "application/zip"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? "application/gzip"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0x7F, 0x45, 0x4C, 0x46]) ? "application/x-elf"
        : bytes.StartsWith("MZ"u8) ? "application/vnd.microsoft.portable-executable"
        : bytes.StartsWith("SQLite format 3\0"u8) ? "application/vnd.sqlite3"
        : bytes.StartsWith("BM"u8) ? "image/bmp"
        : "application/octet-stream";
}
