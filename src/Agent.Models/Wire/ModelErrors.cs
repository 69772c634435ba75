using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Models.Wire;

/// <summary>Turns what goes wrong at a server into a <see cref="ModelException"/>: its kind, and one sentence that says what to do next.</summary>
/// <param name="endpoint">The server.</param>
internal sealed partial class ModelErrors(ModelEndpoint endpoint)
{
    private const int MaxQuoted = 300;

    /// <summary>An answer with an error status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body, as far as it was read.</param>
    /// <param name="retryAfter">What the server asks to wait.</param>
    public ModelException FromStatus(HttpStatusCode status, byte[] body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var error = Detail.Read(json, json is null ? Encoding.UTF8.GetString(body) : null);
        return FromDetail((int)status, error, retryAfter);
    }

    /// <summary>An error object in the middle of a stream, which has no status of its own.</summary>
    /// <param name="body">The object, or the event that holds it.</param>
    public ModelException FromEvent(JsonElement body)
    {
        var error = Detail.Read(body, null);
        var status = error.Status ?? error.Type switch
        {
            "rate_limit_error" or "throttlingException" => 429,
            "overloaded_error" or "serviceUnavailableException" or "unavailable_error" => 503,
            "authentication_error" or "permission_error" => 401,
            "invalid_request_error" or "not_found_error" or "validationException" or "request_too_large" => 400,
            _ => 500,
        };
        return FromDetail(status, error, null);
    }

    /// <summary>A failure below HTTP.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="inStream">Whether the answer had begun.</param>
    public ModelException FromTransport(Exception exception, bool inStream)
    {
        var socket = Find<SocketException>(exception);
        if (inStream)
        {
            return new ModelException(ModelErrorKind.Unreachable, $"{endpoint.Shown} broke off in the middle of its answer; try again, and look at the server's log if it happens again.", exception);
        }

        var problem = exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"The host of {endpoint.Shown} has no address",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"No secure connection to {endpoint.Shown} could be made",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => $"What answers at {endpoint.Shown} does not speak HTTP",
            _ when socket?.SocketErrorCode == SocketError.ConnectionRefused => $"No server answers at {endpoint.Shown}",
            _ => $"The connection to {endpoint.Shown} failed",
        };
        return new ModelException(ModelErrorKind.Unreachable, $"{problem}; start the server, or set the model's endpoint to where it runs.", exception);
    }

    /// <summary>An answer that is none.</summary>
    /// <param name="what">What arrived, to follow "answered with".</param>
    /// <param name="innerException">What lies beneath.</param>
    public ModelException Nonsense(string what, Exception? innerException = null) =>
        new(ModelErrorKind.Malformed, $"{endpoint.Shown} answered with {what}, which is no answer of this provider's protocol; check the model's provider and endpoint.", innerException);

    /// <summary>A stream that ended before the answer did.</summary>
    public ModelException BrokenOff() =>
        new(ModelErrorKind.Unreachable, $"{endpoint.Shown} broke off in the middle of its answer; try again, and look at the server's log if it happens again.");

    /// <summary>An answer that a content filter held back.</summary>
    /// <param name="words">The model's or the filter's words.</param>
    public ModelException Refused(string? words) =>
        new(ModelErrorKind.Refused, $"The model refused to answer{Quote(words)}; ask in other words, or use another model.");

    private ModelException FromDetail(int status, Detail error, TimeSpan? retryAfter)
    {
        var message = error.Message;
        var quoted = Quote(message);
        if (error.IsContext)
        {
            return new ModelException(ModelErrorKind.ContextTooLong, $"The request is longer than the model's context{(error.Context is { } size ? $" of {size} tokens" : "")}{quoted}; begin a new session, ask for less at once, or use a model with a larger context.")
            {
                ContextWindow = error.Context,
            };
        }

        if (message is not null && GarbledPattern().IsMatch(message))
        {
            return new ModelException(ModelErrorKind.Malformed, $"The model wrote something that its server could not read as an answer{quoted}; ask again in other words, or use a larger model.")
            {
                IsGarbledOutput = true,
            };
        }

        return status switch
        {
            401 or 403 when endpoint.ApiKey is null => new ModelException(ModelErrorKind.Unauthorized, $"{endpoint.Shown} wants a key and none is set; set {endpoint.KeyName}."),
            401 or 403 => new ModelException(ModelErrorKind.Unauthorized, $"{endpoint.Shown} did not accept the key; set {endpoint.KeyName} to a valid one that may use '{endpoint.Model}'."),
            402 => new ModelException(ModelErrorKind.RateLimited, $"The account at {endpoint.Shown} has no credit left{quoted}; add some, or use another model.") { IsTransient = false },
            404 when error.IsModel => new ModelException(ModelErrorKind.BadRequest, $"{endpoint.Shown} has no model '{endpoint.Model}'{quoted}; set the model's name to one it has."),
            404 or 405 when message is null || !error.IsApi => new ModelException(ModelErrorKind.BadRequest, $"There is no such API at {endpoint.Shown} (HTTP {status}); check the model's endpoint (most end in /v1) and provider."),
            404 => new ModelException(ModelErrorKind.BadRequest, $"{endpoint.Shown} does not know what it was asked for{quoted}; check the model's name and endpoint."),
            408 or 504 or 524 => new ModelException(ModelErrorKind.TimedOut, $"{endpoint.Shown} did not answer in time (HTTP {status}); try again.") { RetryAfter = retryAfter },
            429 when error.IsQuota => new ModelException(ModelErrorKind.RateLimited, $"The quota of the account at {endpoint.Shown} is used up{quoted}; raise it, or use another model.") { IsTransient = false },
            429 => new ModelException(ModelErrorKind.RateLimited, $"{endpoint.Shown} gets too many requests{quoted}; {(retryAfter is { } wait ? $"it asks to wait {Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s" : "wait a little")}, then try again.") { RetryAfter = retryAfter },
            >= 500 => new ModelException(ModelErrorKind.Overloaded, $"{endpoint.Shown} failed (HTTP {status}){quoted}; try again, and look at the server's log if it happens again.") { RetryAfter = retryAfter },
            >= 300 and < 400 => new ModelException(ModelErrorKind.BadRequest, $"{endpoint.Shown} sends elsewhere (HTTP {status}), and keys are not carried elsewhere; set the model's endpoint to the final address."),
            _ when error.IsFilter => Refused(message),
            _ when error.IsModel => new ModelException(ModelErrorKind.BadRequest, $"{endpoint.Shown} cannot use the model '{endpoint.Model}'{quoted}; set the model's name to one it has."),
            _ => new ModelException(ModelErrorKind.BadRequest, $"{endpoint.Shown} did not take the request (HTTP {status}){quoted}; check the model's name and options."),
        };
    }

    /// <summary>A server's words: one line, no control characters, no key, not long.</summary>
    private string Quote(string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
        {
            return string.Empty;
        }

        var line = new StringBuilder();
        foreach (var c in endpoint.Redact(words))
        {
            if (line.Length == MaxQuoted)
            {
                line.Append('…');
                break;
            }

            if (!char.IsControl(c) && !char.IsWhiteSpace(c))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return $" (it says: {line.ToString().Trim()})";
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    // llama.cpp; its wording has changed with its parsers, the sentence's beginning has not. Groq: tool_use_failed.
    [GeneratedRegex("output that does not match|failed to parse (tool call|input|function)|tool_use_failed|Failed to call a function", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex GarbledPattern();

    // vLLM: "maximum context length is 4096 tokens"; Anthropic: "213000 tokens > 200000 maximum"; Bedrock: "Input is too long for requested model".
    [GeneratedRegex(@"context (length|size|window)|prompt is too long|too many (input )?tokens|input is too long|maximum (prompt|input) length|exceeds? (the )?(available|maximum) context", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ContextPattern();

    [GeneratedRegex(@"maximum context length (?:is|of) (\d+)|> (\d+) maximum|context (?:size|window|length)[^0-9]{0,12}(\d+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ContextSizePattern();

    /// <summary>An error as the common servers write it.</summary>
    private sealed record Detail(string? Message, string? Type, string? Code, int? Status, int? Context, bool IsApi)
    {
        public bool IsContext => Type == "exceed_context_size_error" || Code == "context_length_exceeded" || Code == "string_above_max_length"
            || (Message is not null && ContextPattern().IsMatch(Message) && Type is not "rate_limit_error");

        public bool IsQuota => Code == "insufficient_quota" || Type == "insufficient_quota";

        public bool IsFilter => Code is "content_filter" or "content_policy_violation" || Type is "content_filter";

        public bool IsModel => Code is "model_not_found" or "DeploymentNotFound" || (Message?.Contains("model", StringComparison.OrdinalIgnoreCase) == true
            && (Message.Contains("not found", StringComparison.OrdinalIgnoreCase) || Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase) || Message.Contains("identifier is invalid", StringComparison.OrdinalIgnoreCase)));

        public static Detail Read(JsonElement? json, string? text)
        {
            if (json is not { } root)
            {
                // A page of a proxy says nothing to a person.
                return new Detail(text is null || text.TrimStart().StartsWith('<') ? null : text, null, null, null, null, false);
            }

            if (root is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0)
            {
                root = list[0];
            }

            var error = root.Get("error") ?? root;
            if (error.ValueKind == JsonValueKind.String)
            {
                var words = error.GetString();
                return new Detail(words, null, null, null, SizeIn(words), true);
            }

            var message = error.Text("message") ?? error.Text("Message") ?? error.Text("detail") ?? error.Text("msg");
            var status = (int?)error.Count("code") is >= 400 and < 600 and var code ? code : (int?)null;
            return new Detail(
                message, error.Text("type") ?? error.Text("__type"), error.Text("code"), status,
                (int?)error.Count("n_ctx") ?? SizeIn(message), root.Get("error") is not null || message is not null);
        }

        private static int? SizeIn(string? words)
        {
            var match = words is null ? Match.Empty : ContextSizePattern().Match(words);
            return match.Success && int.TryParse(match.Groups.Values.Skip(1).First(g => g.Success).ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
        }
    }
}
