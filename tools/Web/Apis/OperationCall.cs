using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Results;
using Agent.Tools.Web.Security;

namespace Agent.Tools.Web.Apis;

/// <summary>Calls operations.</summary>
internal static class OperationCall
{
    /// <summary>Calls an operation, or says what the call would send.</summary>
    /// <param name="api">The API.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="request">The call.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer.</returns>
    public static async ValueTask<ToolReply> CallAsync(
        Api api, ApiOperation operation, ToolRequest request, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var credential = api.Credentials.For(operation);
        var message = RequestBuilder.Build(operation, api.BaseUrl(operation), arguments, api.Schema(operation).Renamed, api.Options.Headers) with { Credential = credential };
        try
        {
            if (request.Preview)
            {
                api.Client.Rules.Check(message.Url);
                return ToolReply.Preview("http", RequestPreview.Of(message));
            }

            var answer = await api.Client.SendAsync(message, cancellationToken);
            if ((int)answer.Status == 401 && credential?.Renew() == true)
            {
                // Refused before anything was done: a token that was taken back early is got anew, once.
                answer = await api.Client.SendAsync(message, cancellationToken);
            }

            return Reply(api, operation, message, answer);
        }
        catch (RequestException e)
        {
            throw new ToolException(Redaction.Clean(e.Message, credential?.Secrets ?? []), e);
        }
    }

    private static ToolReply Reply(Api api, ApiOperation operation, WebRequest message, WebResponse answer)
    {
        var secrets = message.Credential?.Secrets.ToArray() ?? [];
        answer = answer with { Body = Redaction.Clean(answer.Body, secrets) };
        if (!answer.IsSuccess)
        {
            throw new ToolException(Failure(api, operation, message, answer, secrets));
        }

        return AnswerReply.Of(message, answer, api.Options.MaxItems, api.Options.MaxCharacters);
    }

    private static string Failure(Api api, ApiOperation operation, WebRequest message, WebResponse answer, string[] secrets)
    {
        var text = $"{message.Method} {message.Url} answered {(int)answer.Status} {answer.Reason}".TrimEnd();
        var missing = (int)answer.Status is 401 or 403 && message.Credential is null ? api.Credentials.Missing(operation) : [];
        if (missing.Count > 0)
        {
            return $"{text}; the API wants {string.Join(" or ", missing)}, which an operator configures under apis.{api.Name}.security.";
        }

        if (answer.IsRedirect)
        {
            return $"{text}: it points to {Redaction.Clean(answer.Headers["Location"], secrets)}, which is not followed for {message.Method}.";
        }

        var wait = answer.Headers.TryGetValue("Retry-After", out var after) ? $" (try again after {after}{(after.All(char.IsAsciiDigit) ? " seconds" : string.Empty)})" : string.Empty;
        return $"{text}{wait}{AnswerReply.ErrorText(answer)}";
    }
}
