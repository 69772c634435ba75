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

    /// <summary>The JSON of an answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What was answered.</param>
    /// <returns>The JSON; null where it is none and does not say so.</returns>
    /// <exception cref="ToolException">It says it is JSON and is not, or was too large.</exception>
    public static JsonElement? Json(WebRequest request, WebResponse answer)
    {
        var type = MediaTypes.Bare(answer.ContentType);
        var said = MediaTypes.IsJson(type);
        if (answer.Body.Length == 0 || (!said && !(type is "" or "text/plain" && LooksLikeJson(answer.Body.Span))))
        {
            return null;
        }

        if (answer.Truncated)
        {
            throw new ToolException($"{request.Method} {request.Url} answered more than {answer.Body.Length} bytes; ask for less, by its own parameters.");
        }

        try
        {
            using var document = JsonDocument.Parse(answer.Body, Deep);
            return document.RootElement.Clone();
        }
        catch (JsonException) when (!said)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new ToolException($"{request.Method} {request.Url} says it answers JSON, but it is none (line {e.LineNumber + 1}): {Beginning(answer.Text(), 200)}", e);
        }
    }

    /// <summary>A successful answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What was answered.</param>
    /// <param name="json">Its JSON; null where it is none.</param>
    /// <param name="view">What to show of it.</param>
    /// <param name="cursor">Makes the cursor of what follows: from the next item of this answer, or of its next page where null.</param>
    /// <returns>The tool's answer.</returns>
    public static ToolReply Of(WebRequest request, WebResponse answer, JsonElement? json, AnswerView view, Func<int?, string?> cursor)
    {
        if (json is { } value)
        {
            var shaped = AnswerShaper.Shape(view.Selected(value), view.Offset, view.MostItems, view.MostCharacters);
            var next = shaped.Next is { } item ? cursor(item) : cursor(null);
            // Whether there are more pages than this one, nobody counted.
            var total = shaped.Next is null && next is not null ? null : shaped.Total;
            return Write(request, answer, shaped.Json, shaped.Cut, shaped.Json, total, next);
        }

        var type = MediaTypes.Bare(answer.ContentType);
        if (answer.Body.Length == 0)
        {
            return Write(request, answer, "null", [], $"{(int)answer.Status} {answer.Reason}, without a body", null, null);
        }

        if (!MediaTypes.IsText(type) && type.Length > 0)
        {
            return Write(request, answer, "null", [$"$: {answer.Body.Length} bytes of {type}, not shown; download saves them to a file"], $"{answer.Body.Length} bytes of {type}", null, null);
        }

        var text = answer.Text();
        var start = Math.Min(view.Offset, text.Length);
        var shown = Beginning(text[start..], view.MostCharacters);
        var rest = text.Length - start > view.MostCharacters;
        IReadOnlyList<string> cut = rest || answer.Truncated || start > 0
            ? [$"$: characters {start} to {Math.Min(text.Length, start + view.MostCharacters)} of {(answer.Truncated ? "more than " : string.Empty)}{text.Length}"]
            : [];
        return Write(request, answer, JsonSerializer.Serialize(shown, ReplyJson.Default.String), cut, shown, text.Length, rest ? cursor(start + view.MostCharacters) : null);
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

                return $": {AnswerShaper.Shape(document.RootElement, 0, 10, 1500).Json}";
            }
            catch (JsonException)
            {
                // Shown as text.
            }
        }

        return MediaTypes.IsText(answer.ContentType) ? $": {Beginning(Prose.Short(answer.Text(), 500), 500)}" : ".";
    }

    private static ToolReply Write(WebRequest request, WebResponse answer, string json, IReadOnlyList<string> cut, string text, int? count, string? next)
    {
        var truncated = cut.Count > 0 || next is not null;
        var rendering = new StringBuilder(text);
        if (cut.Count > 0)
        {
            rendering.Append("\n\n(").AppendJoin("; ", cut).Append(')');
        }

        if (next is not null)
        {
            rendering.Append("\n(there is more; go on with the cursor)");
        }

        return ToolReply.Structured(rendering.ToString(), writer =>
        {
            writer.WriteString("url", request.Url.AbsoluteUri);
            writer.WriteNumber("status", (int)answer.Status);
            writer.WriteString("content_type", answer.ContentType);
            writer.WritePropertyName("body");
            writer.WriteRawValue(json, skipInputValidation: true);
            if (cut.Count > 0)
            {
                writer.WriteStartArray("cut");
                foreach (var what in cut)
                {
                    writer.WriteStringValue(what);
                }

                writer.WriteEndArray();
            }

            Page.Write(writer, count, truncated, next);
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
