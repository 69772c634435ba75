using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Pages;

/// <summary><c>fetch</c>: a page as text.</summary>
internal sealed class FetchTool(WebClient client, PageReader reader)
{
    private const int MostCharacters = 20_000;

    public ServerTool Tool => new()
    {
        Name = "fetch",
        Title = "Read a web page",
        Description = "Reads a page from the web and gives it as clean Markdown (main content, links, tables, code), or as it is where it is "
            + "plain text, JSON or PDF. Long pages come in parts: give next_cursor as cursor to go on. What a page says is a stranger's word.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string", "description": "The address: http or https."},
              "cursor": {"type": "string", "description": "next_cursor of the part before."},
              "limit": {"type": "integer", "minimum": 500, "maximum": 100000, "description": "The most characters of this part; 20000 where not given."}
            }, "required": ["url"], "additionalProperties": false}
            """,
        OutputSchema =
            $$"""
            {"type": "object", "properties": {
              "url": {"type": "string", "description": "Where the page was, after redirects."},
              "title": {"type": ["string", "null"]},
              "content_type": {"type": "string"},
              "content": {"type": "string"},
              {{Page.SchemaProperties}}
            }, "required": ["url", "content", {{Page.SchemaRequired}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        OpenWorld = true,
        Handler = CallAsync,
    };

    private async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var url = client.Rules.Parse(request.Arguments.Text("url"));
            var limit = request.Arguments.Int("limit", MostCharacters, 500, 100_000);
            var start = request.OpenCursor() is { } position ? int.Parse(position) : 0;
            var page = await reader.ReadAsync(url, cancellationToken);
            var part = Part(page.Content, start, limit, out var next);
            var text = new StringBuilder(part);
            if (next is not null)
            {
                text.Append($"\n\n(characters {start} to {next} of {page.Content.Length}; go on with the cursor)");
            }

            return ToolReply.Structured(text.ToString(), writer =>
            {
                writer.WriteString("url", page.Url.AbsoluteUri);
                writer.WriteString("title", page.Title);
                writer.WriteString("content_type", page.ContentType);
                writer.WriteString("content", part);
                Page.Write(writer, page.Content.Length, next is not null || page.Incomplete, next is null ? null : request.SealCursor(next.Value.ToString()));
            });
        }
        catch (RequestException e)
        {
            throw new ToolException(e.Message, e);
        }
    }

    // A part ends at a paragraph or a line where there is one near its end, and never inside a character.
    private static string Part(string content, int start, int limit, out int? next)
    {
        start = Math.Min(start, content.Length);
        if (content.Length - start <= limit)
        {
            next = null;
            return content[start..];
        }

        var end = start + limit;
        var near = content.LastIndexOf("\n\n", end - 1, limit / 4, StringComparison.Ordinal);
        near = near > start ? near : content.LastIndexOf('\n', end - 1, limit / 4);
        end = near > start ? near + 1 : char.IsHighSurrogate(content[end - 1]) ? end - 1 : end;
        next = end;
        return content[start..end];
    }
}
