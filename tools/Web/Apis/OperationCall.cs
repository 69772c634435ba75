using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Results;
using Agent.Tools.Web.Security;

namespace Agent.Tools.Web.Apis;

/// <summary>Where to go on in an answer: on which page, and at which of its items.</summary>
/// <param name="Url">The page's address; null for the one that the arguments mean.</param>
/// <param name="Parameter">The argument that says the page; null where none does.</param>
/// <param name="Value">Its value.</param>
/// <param name="Offset">The first item.</param>
internal sealed record AnswerPosition(
    [property: JsonPropertyName("u")] Uri? Url = null,
    [property: JsonPropertyName("p")] string? Parameter = null,
    [property: JsonPropertyName("v")] string? Value = null,
    [property: JsonPropertyName("o")] int Offset = 0);

/// <summary>One call of an operation: arguments, and how its answer is wanted.</summary>
/// <param name="Arguments">The operation's own arguments.</param>
/// <param name="Position">Where to go on.</param>
/// <param name="Select">What to show.</param>
/// <param name="Pages">How many pages to follow.</param>
internal sealed record OperationCall(ToolArguments Arguments, AnswerPosition Position, JsonPath? Select, int Pages)
{
    private const int MostPages = 20;

    /// <summary>Reads a call.</summary>
    /// <param name="request">The call.</param>
    /// <param name="arguments">The operation's own arguments.</param>
    /// <param name="select">The name of the argument that selects.</param>
    /// <param name="cursor">The name of the argument that goes on.</param>
    /// <param name="pages">The name of the argument that says how many pages.</param>
    public static OperationCall Read(ToolRequest request, ToolArguments arguments, string select, string cursor, string pages) => new(
        arguments,
        request.OpenCursor(cursor) is { } position ? JsonSerializer.Deserialize(position, ReplyJson.Default.AnswerPosition)! : new AnswerPosition(),
        AnswerView.Path(request.Arguments, select),
        request.Arguments.Int(pages, 1, 1, MostPages));

    /// <summary>Calls an operation, or says what the call would send.</summary>
    /// <param name="api">The API.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="request">The call as it came.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer.</returns>
    public async ValueTask<ToolReply> RunAsync(Api api, ApiOperation operation, ToolRequest request, CancellationToken cancellationToken)
    {
        var credential = api.Credentials.For(operation);
        try
        {
            return request.Preview
                ? ToolReply.Preview("http", Preview(api, operation))
                : await RunAsync(api, operation, request, Message(api, operation, Position, credential), cancellationToken);
        }
        catch (RequestException e)
        {
            throw new ToolException(Redaction.Clean(e.Message, credential?.Secrets ?? []), e);
        }
    }

    /// <summary>What the call would send, as a person reads it.</summary>
    /// <exception cref="RequestException">It may not be sent.</exception>
    public string Preview(Api api, ApiOperation operation)
    {
        var message = Message(api, operation, Position, api.Credentials.For(operation));
        api.Client.Rules.Check(message.Url);
        return RequestPreview.Of(message);
    }

    /// <summary>Calls an operation for its answer as it came, not cut for a reader.</summary>
    /// <param name="api">The API.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="mostBytes">How much is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, of a status that says success.</returns>
    /// <exception cref="ToolException">There is none.</exception>
    public async Task<WebResponse> ReadAsync(Api api, ApiOperation operation, int mostBytes, CancellationToken cancellationToken)
    {
        var credential = api.Credentials.For(operation);
        try
        {
            return await SendAsync(api, operation, Message(api, operation, Position, credential) with { MaxBytes = mostBytes }, cancellationToken);
        }
        catch (RequestException e)
        {
            throw new ToolException(Redaction.Clean(e.Message, credential?.Secrets ?? []), e);
        }
    }

    private async Task<ToolReply> RunAsync(Api api, ApiOperation operation, ToolRequest request, WebRequest message, CancellationToken cancellationToken)
    {
        var position = Position;
        var answer = await SendAsync(api, operation, message, cancellationToken);
        var json = AnswerReply.Json(message, answer);
        var next = operation.IsSafe ? NextPage.Find(operation, message, answer, json) : null;
        var pages = new List<JsonElement>();
        if (json is { } first)
        {
            pages.Add(first);
        }

        for (var page = 1; page < Pages && json is not null && next is not null; page++)
        {
            var following = Message(api, operation, To(next), message.Credential);
            var more = await SendAsync(api, operation, following, cancellationToken);
            if (AnswerReply.Json(following, more) is not { } body)
            {
                break;
            }

            pages.Add(body);
            var after = NextPage.Find(operation, following, more, body);
            if (after == next)
            {
                // A page that leads to itself never ends.
                next = null;
                break;
            }

            next = after;
        }

        json = pages.Count > 1 ? PageJoin.Join(pages) : json;
        var view = new AnswerView(Select, position.Offset, api.Options.MaxItems, api.Options.MaxCharacters);
        return AnswerReply.Of(message, answer, json, view, item =>
            item is { } offset ? operation.IsSafe ? Seal(position with { Offset = offset }) : null
            : next is null ? null
            : Seal(To(next)));

        string Seal(AnswerPosition to) => request.SealCursor(JsonSerializer.Serialize(to, ReplyJson.Default.AnswerPosition));
    }

    private static AnswerPosition To(NextPage next) => new(next.Url, next.Parameter, next.Value);

    private WebRequest Message(Api api, ApiOperation operation, AnswerPosition position, ICredential? credential)
    {
        var arguments = Arguments;
        if (position.Parameter is { } name)
        {
            var members = arguments.Members.Where(m => m.Key != name).ToDictionary(m => m.Key, m => m.Value);
            members[name] = JsonSerializer.SerializeToElement(position.Value!, ReplyJson.Default.String);
            arguments = new ToolArguments(JsonSerializer.SerializeToElement(members, ReplyJson.Default.DictionaryStringJsonElement));
        }

        api.Schema(operation).Check(arguments);
        var message = RequestBuilder.Build(operation, api.BaseUrl(operation), arguments, api.Schema(operation).Renamed, api.Options.Headers) with { Credential = credential };
        return position.Url is null ? message : message with { Url = position.Url };
    }

    private static async Task<WebResponse> SendAsync(Api api, ApiOperation operation, WebRequest message, CancellationToken cancellationToken)
    {
        var answer = await api.Client.SendAsync(message, cancellationToken);
        if ((int)answer.Status == 401 && message.Credential?.Renew() == true)
        {
            // Refused before anything was done: a token that was taken back early is got anew, once.
            answer = await api.Client.SendAsync(message, cancellationToken);
        }

        var secrets = message.Credential?.Secrets.ToArray() ?? [];
        answer = answer with
        {
            Body = Redaction.Clean(answer.Body, secrets),
            Headers = answer.Headers.ToDictionary(h => h.Key, h => Redaction.Clean(h.Value, secrets), StringComparer.OrdinalIgnoreCase),
        };
        // Told of the arguments: the service found fault with them.
        return answer.IsSuccess ? answer : throw new ToolException(Failure(api, operation, message, answer)) { IsOfArguments = (int)answer.Status is 400 or 422 };
    }

    private static string Failure(Api api, ApiOperation operation, WebRequest message, WebResponse answer)
    {
        var text = $"{message.Method} {message.Url} answered {(int)answer.Status} {answer.Reason}".TrimEnd();
        var missing = (int)answer.Status is 401 or 403 && message.Credential is null ? api.Credentials.Missing(operation) : [];
        if (missing.Count > 0)
        {
            return $"{text}; the API wants {string.Join(" or ", missing)}, which an operator configures under apis.{api.Name}.security.";
        }

        if (answer.IsRedirect)
        {
            return $"{text}: it points to {answer.Headers["Location"]}, which is not followed for {message.Method}.";
        }

        var wait = answer.Headers.TryGetValue("Retry-After", out var after) ? $" (try again after {after}{(after.All(char.IsAsciiDigit) ? " seconds" : string.Empty)})" : string.Empty;
        return $"{text}{wait}{AnswerReply.ErrorText(answer)}";
    }
}
