using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>
/// Passes a server's questions on to the client that called: with that server's name, so that nobody takes them for ours, and
/// with a record in the audit, because an answer carries the client's words to that server.
/// </summary>
internal sealed class CallerQuestions(IToolPipeline pipeline, GatewaySession session, string runId, IClientDialogue dialogue) : IServerQuestions, IBriefCaller
{
    /// <inheritdoc/>
    public JsonElement Capabilities
    {
        get
        {
            var capabilities = dialogue.Line.Capabilities ?? new ClientCapabilities();
            return JsonSerializer.SerializeToElement(capabilities, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        var passed = new Dictionary<string, ServerQuestion>(StringComparer.Ordinal);
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, question) in questions)
        {
            if (CanBeAsked(question))
            {
                await pipeline.RecordAsync("server_question", session.Context(runId), Wire.ToElement(new JsonObject { ["server"] = server, ["method"] = question.Method }), cancellationToken);
                passed[name] = Named(server, question);
            }
            else
            {
                answers[name] = question.Method == RequestMethods.ElicitationCreate
                    ? Wire.ToElement(new JsonObject { ["action"] = "decline" })
                    : throw new McpProtocolException($"The client does not offer '{question.Method}'.", McpErrorCode.MethodNotFound);
            }
        }

        if (passed.Count > 0)
        {
            foreach (var (name, answer) in await dialogue.AskAsync(passed, cancellationToken))
            {
                answers[name] = answer;
            }
        }

        return answers;
    }

    /// <inheritdoc/>
    public string? LogLevel => dialogue.Line.LogLevel ?? session.LogLevel;

    /// <inheritdoc/>
    public void Log(string server, JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Object && LogLevels.Wants(LogLevel, message.Text("level")))
        {
            _ = dialogue.Line.NotifyAsync(NotificationMethods.LoggingMessageNotification, ChangeListener.Named(server, JsonObject.Create(message)!));
        }
    }

    /// <summary>Two calls of one session have one person behind them.</summary>
    public override bool Equals(object? obj) => obj is CallerQuestions other && ReferenceEquals(other.Session, session);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(session);

    private GatewaySession Session => session;

    private bool CanBeAsked(ServerQuestion question) => question.Method switch
    {
        RequestMethods.ElicitationCreate => question.Parameters.Text("mode") == "url" ? dialogue.Line.CanAskUrls : dialogue.Line.CanAskForms,
        RequestMethods.SamplingCreateMessage => dialogue.Line.Capabilities?.Sampling is not null,
        RequestMethods.RootsList => dialogue.Line.Capabilities?.Roots is not null,
        _ => false,
    };

    private static ServerQuestion Named(string server, ServerQuestion question)
    {
        var passed = JsonObject.Create(question.Parameters)!.DeepClone().AsObject();
        passed.Remove("_meta");
        if (question.Method == RequestMethods.ElicitationCreate)
        {
            var host = question.Parameters.Text("mode") == "url" && Uri.TryCreate(question.Parameters.Text("url"), UriKind.Absolute, out var address) ? $" (opens {address.Host})" : string.Empty;
            passed["message"] = $"The server '{server}' asks{host}: {question.Parameters.Text("message")}";
        }

        return question with { Parameters = Wire.ToElement(passed) };
    }
}
