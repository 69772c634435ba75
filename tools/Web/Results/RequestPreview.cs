using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Security;

namespace Agent.Tools.Web.Results;

/// <summary>A request as a person reads it before it is sent: everything but the secrets.</summary>
internal static class RequestPreview
{
    private static readonly string[] SecretWords = ["authorization", "cookie", "token", "secret", "api-key", "apikey", "password", "credential", "signature"];

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a request.</summary>
    public static string Of(WebRequest request)
    {
        var text = new StringBuilder();
        text.Append(request.Method).Append(' ').Append(request.Url.AbsoluteUri).Append('\n');
        foreach (var (name, value) in request.Headers)
        {
            text.Append(name).Append(": ").Append(IsSecret(name) ? "(not shown)" : value).Append('\n');
        }

        if (request.Credential is SchemeCredential credential)
        {
            text.Append("(with the configured secret of ").AppendJoin(" and ", credential.Names).Append(")\n");
        }

        if (request.ContentType is not null)
        {
            text.Append("Content-Type: ").Append(request.ContentType).Append('\n');
        }

        if (request.Body is { } body)
        {
            text.Append('\n').Append(Body(body, request.ContentType ?? string.Empty)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Whether a header is one that carries secrets.</summary>
    public static bool IsSecret(string header) => Array.Exists(SecretWords, word => header.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Body(ReadOnlyMemory<byte> body, string contentType)
    {
        if (MediaTypes.IsJson(contentType))
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                using var buffer = new MemoryStream();
                using (var writer = new Utf8JsonWriter(buffer, Indented))
                {
                    document.WriteTo(writer);
                }

                return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
            }
            catch (JsonException)
            {
                // Shown as it is, then.
            }
        }

        return MediaTypes.IsText(contentType) || contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) || contentType.Length == 0
            ? Encoding.UTF8.GetString(body.Span)
            : $"({body.Length} bytes of {contentType})";
    }
}
