using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Results;

/// <summary>What a web service answered, as a tool's answer.</summary>
internal static class AnswerReply
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>A successful answer.</summary>
    public static ToolReply Of(WebRequest request, WebResponse answer, int mostItems, int mostCharacters)
    {
        var type = MediaTypes.Bare(answer.ContentType);
        if (answer.Body.Length == 0)
        {
            return Write(request, answer, "null", [], $"{(int)answer.Status} {answer.Reason}, without a body", null);
        }

        if (MediaTypes.IsJson(type) || (type is "" or "text/plain" && LooksLikeJson(answer.Body.Span)))
        {
            if (answer.Truncated)
            {
                throw new ToolException($"{request.Method} {request.Url} answered more than {answer.Body.Length} bytes; ask for less, by its own parameters.");
            }

            try
            {
                using var document = JsonDocument.Parse(answer.Body, Deep);
                var shaped = AnswerShaper.Shape(document.RootElement, mostItems, mostCharacters);
                var count = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.GetArrayLength() : (int?)null;
                return Write(request, answer, shaped.Json, shaped.Cut, shaped.Json, count);
            }
            catch (JsonException) when (type.Length == 0 || type == "text/plain")
            {
                // Text after all.
            }
            catch (JsonException e)
            {
                throw new ToolException($"{request.Method} {request.Url} says it answers JSON, but it is none (line {e.LineNumber + 1}): {Beginning(answer.Text(), 200)}", e);
            }
        }

        if (MediaTypes.IsText(type) || type.Length == 0)
        {
            var text = answer.Text();
            var shown = text.Length <= mostCharacters ? text : Beginning(text, mostCharacters);
            IReadOnlyList<string> cut = text.Length > mostCharacters || answer.Truncated ? [$"$: the first {shown.Length} characters of {(answer.Truncated ? "more than " : string.Empty)}{text.Length}"] : [];
            return Write(request, answer, JsonSerializer.Serialize(shown, ReplyJson.Default.String), cut, shown, null);
        }

        return Write(request, answer, "null", [$"$: {answer.Body.Length} bytes of {type}, not shown"], $"{answer.Body.Length} bytes of {type}", null);
    }

    /// <summary>What a failed answer says of its reason, to follow the status.</summary>
    public static string ErrorText(WebResponse answer)
    {
        if (answer.Body.Length == 0)
        {
            return ".";
        }

        if (MediaTypes.IsJson(answer.ContentType))
        {
            try
            {
                using var document = JsonDocument.Parse(answer.Body, Deep);
                foreach (var name in (string[])["detail", "message", "error_description", "error", "title"])
                {
                    if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.String)
                    {
                        return $": {Beginning(word.GetString()!, 1000)}";
                    }
                }

                return $": {AnswerShaper.Shape(document.RootElement, 10, 1500).Json}";
            }
            catch (JsonException)
            {
                // Shown as text.
            }
        }

        return MediaTypes.IsText(answer.ContentType) ? $": {Beginning(Prose.Short(answer.Text(), 500), 500)}" : ".";
    }

    private static ToolReply Write(WebRequest request, WebResponse answer, string json, IReadOnlyList<string> cut, string text, int? count)
    {
        var truncated = cut.Count > 0;
        var rendering = new StringBuilder(text);
        if (truncated)
        {
            rendering.Append("\n\n(").AppendJoin("; ", cut).Append(')');
        }

        return ToolReply.Structured(rendering.ToString(), writer =>
        {
            writer.WriteString("url", request.Url.AbsoluteUri);
            writer.WriteNumber("status", (int)answer.Status);
            writer.WriteString("content_type", answer.ContentType);
            writer.WritePropertyName("body");
            writer.WriteRawValue(json, skipInputValidation: true);
            if (truncated)
            {
                writer.WriteStartArray("cut");
                foreach (var what in cut)
                {
                    writer.WriteStringValue(what);
                }

                writer.WriteEndArray();
            }

            Page.Write(writer, count, truncated, null);
        });
    }

    private static string Beginning(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    private static bool LooksLikeJson(ReadOnlySpan<byte> body)
    {
        var start = body.TrimStart(" \t\r\n"u8);
        return start.Length > 0 && start[0] is (byte)'{' or (byte)'[';
    }
}
