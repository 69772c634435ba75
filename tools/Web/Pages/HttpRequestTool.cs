using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.Results;

namespace Agent.Tools.Web.Pages;

/// <summary><c>http_request</c>: one HTTP request as it is written.</summary>
internal sealed class HttpRequestTool(WebClient client)
{
    private const int MostItems = 100;
    private const int MostCharacters = 30_000;

    // The client sets these itself: given twice, they would make one request look like two.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect",
        "Proxy-Authorization", "Proxy-Connection", "Accept-Encoding",
    };

    public ServerTool Tool => new()
    {
        Name = "http_request",
        Title = "Send an HTTP request",
        Description = "Sends one HTTP request to a public address and gives status and body. For reading pages use fetch; for a configured API use its own tools, "
            + "which add its secrets. Never put passwords or keys into the arguments.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string", "description": "The address: http or https."},
              "method": {"type": "string", "enum": ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"], "description": "GET where not given."},
              "headers": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Header names and values."},
              "body": {"description": "The body: a text as it is, or a value that is sent as JSON."},
              "select": {"type": "string", "description": "JSONPath of what to show of a JSON answer, as $.items[*].name."}
            }, "required": ["url"], "additionalProperties": false}
            """,
        OutputSchema =
            $$"""
            {"type": "object", "properties": {
              "url": {"type": "string"},
              "status": {"type": "integer"},
              "content_type": {"type": "string"},
              "body": {"description": "The body: JSON as it is, everything else as text."},
              "cut": {"type": "array", "items": {"type": "string"}, "description": "What was shortened."},
              {{Page.SchemaProperties}}
            }, "required": ["url", "status", {{Page.SchemaRequired}}]}
            """,
        Destructive = true,
        Previews = true,
        OpenWorld = true,
        Handler = CallAsync,
    };

    private async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var message = Message(request.Arguments);
            var select = AnswerView.Path(request.Arguments, "select");
            if (request.Preview)
            {
                return ToolReply.Preview("http", RequestPreview.Of(message));
            }

            var answer = await client.SendAsync(message, cancellationToken);
            if (answer.IsRedirect)
            {
                throw new ToolException($"{message.Method} {message.Url} answered {(int)answer.Status}: it points to {answer.Headers["Location"]}, which is not followed for {message.Method}.");
            }

            return answer.IsSuccess
                ? AnswerReply.Of(message, answer, AnswerReply.Json(message, answer), new AnswerView(select, 0, MostItems, MostCharacters), _ => null)
                : throw new ToolException($"{message.Method} {message.Url} answered {(int)answer.Status} {answer.Reason}".TrimEnd() + AnswerReply.ErrorText(answer));
        }
        catch (RequestException e)
        {
            throw new ToolException(e.Message, e);
        }
    }

    private WebRequest Message(ToolArguments arguments)
    {
        var url = client.Rules.Parse(arguments.Text("url"));
        var method = arguments.Choice("method", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");
        var headers = new List<KeyValuePair<string, string>>();
        string? contentType = null;
        foreach (var (name, value) in arguments.Find("headers") is { } given ? new ToolArguments(given).Members : new Dictionary<string, System.Text.Json.JsonElement>())
        {
            var text = value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString()! : value.GetRawText();
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) || text.Any(char.IsControl))
            {
                throw new ToolException($"The header '{name}' is none; names are words without spaces, values are on one line.");
            }

            if (OwnHeaders.Contains(name))
            {
                throw new ToolException($"The header {name} is set by the client itself; leave it out.");
            }

            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                contentType = text;
            }
            else
            {
                headers.Add(new(name, text));
            }
        }

        if (!headers.Exists(h => h.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add(new("Accept", "application/json, text/*;q=0.8, */*;q=0.5"));
        }

        byte[]? body = arguments.Find("body") switch
        {
            null => null,
            { ValueKind: System.Text.Json.JsonValueKind.String } text => Encoding.UTF8.GetBytes(text.GetString()!),
            { } json => Encoding.UTF8.GetBytes(json.GetRawText()),
        };
        if (body is not null && method is "GET" or "HEAD")
        {
            throw new ToolException($"{method} has no body; leave it out, or use another method.");
        }

        return new WebRequest
        {
            Method = new HttpMethod(method),
            Url = url,
            Headers = headers,
            Body = body,
            ContentType = body is null ? null : contentType ?? (arguments.Find("body")!.Value.ValueKind == System.Text.Json.JsonValueKind.String ? "text/plain; charset=utf-8" : "application/json"),
        };
    }
}
