using System.Text;
using System.Text.Json;

namespace Agent.Tools.Web.OpenApi;

/// <summary>Reads the bytes of a document: JSON or YAML, in any Unicode encoding.</summary>
internal static class SpecText
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 512,
    };

    /// <summary>Reads a document.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>Its content, which lives as long as it is referred to, and the references in it to other files.</returns>
    /// <exception cref="SpecFormatException">It is neither JSON nor YAML.</exception>
    public static (JsonElement Root, IReadOnlyCollection<string> Outward) Parse(ReadOnlyMemory<byte> bytes)
    {
        bytes = Utf8(bytes);
        if (Unsuited(bytes.Span) is { } reason)
        {
            throw new SpecFormatException(reason);
        }

        JsonException? asJson = null;
        if (LooksLikeJson(bytes.Span))
        {
            try
            {
                return (JsonDocument.Parse(bytes, Lenient).RootElement, OutwardReferences(bytes.Span));
            }
            catch (JsonException e)
            {
                // YAML's flow style looks like JSON, too.
                asJson = e;
            }
        }

        try
        {
            var json = YamlJson.Convert(Encoding.UTF8.GetString(bytes.Span));
            return (JsonDocument.Parse(json, Lenient).RootElement, OutwardReferences(json.Span));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw asJson is not null
                ? new SpecFormatException($"it is no JSON: line {asJson.LineNumber + 1}, byte {asJson.BytePositionInLine}", asJson)
                : new SpecFormatException($"it is no YAML: {e.Message}", e);
        }
    }

    /// <summary>The references in a document that lead to other files.</summary>
    /// <param name="utf8">The document as JSON. It is searched as bytes, because walking a tree of millions of values takes a second.</param>
    /// <returns>Each as it stands, once.</returns>
    public static IReadOnlyCollection<string> OutwardReferences(ReadOnlySpan<byte> utf8)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        while (utf8.IndexOf("\"$ref\""u8) is var at and >= 0)
        {
            utf8 = utf8[(at + 6)..].TrimStart(" \t\r\n:"u8);
            if (utf8.Length > 1 && utf8[0] == (byte)'"' && utf8[1] is not ((byte)'#' or (byte)'"')
                && utf8[1..].IndexOfAny("\"\\"u8) is var end and > 0 && utf8[1 + end] == (byte)'"')
            {
                found.Add(Encoding.UTF8.GetString(utf8.Slice(1, end)));
            }
        }

        return found;
    }

    private static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> bytes) => bytes.Span switch
    {
        [0xEF, 0xBB, 0xBF, ..] => bytes[3..],
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.Span[2..])),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.Span[2..])),
        _ => bytes,
    };

    private static bool LooksLikeJson(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.TrimStart(" \t\r\n"u8);
        return start.Length > 0 && start[0] is (byte)'{' or (byte)'[' or (byte)'/';
    }

    private static string? Unsuited(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.TrimStart(" \t\r\n"u8);
        return start.Length == 0 ? "it is empty"
            : start[0] == (byte)'<' ? "it is HTML or XML, not an OpenAPI document; give the address of the document itself"
            : null;
    }
}
