using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Cli.Composition;
using Agent.Cli.Rendering;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Cli.Questions;

/// <summary>What a person said to a server's question.</summary>
/// <param name="Action"><c>accept</c>, <c>decline</c> or <c>cancel</c>.</param>
/// <param name="Content">The values of the form, where it was accepted.</param>
internal sealed record ServerAnswer(string Action, JsonObject? Content = null)
{
    public static ServerAnswer Decline { get; } = new("decline");

    public JsonElement ToElement()
    {
        var answer = new JsonObject { ["action"] = Action };
        if (Content is not null)
        {
            answer["content"] = Content.DeepClone();
        }

        return JsonSerializer.SerializeToElement(answer, CliJson.Default.JsonNode);
    }
}

/// <summary>
/// Puts what servers ask in the middle of a call to the person at this terminal, one question after the other; each is on record.
/// Where nobody is there, or a question is none that can be put here, it is declined with a word.
/// </summary>
/// <param name="application">The program.</param>
/// <param name="client">Who drives: <c>chat</c>, <c>ask</c>, <c>tools</c>.</param>
/// <param name="ask">Asks the person; null where nobody is there.</param>
/// <param name="say">Says a sentence to whoever reads along.</param>
internal sealed class PersonQuestions(AgentApplication application, string client, Func<ServerForm, CancellationToken, Task<ServerAnswer>>? ask, Action<string> say) : IServerQuestions
{
    private static readonly JsonElement Forms = JsonDocument.Parse("""{"elicitation":{"form":{}}}""").RootElement;

    private (string Session, string Run) place = ("none", "none");

    public JsonElement Capabilities => Forms;

    /// <summary>Takes from a run's events which session and run the questions belong to.</summary>
    public void Follow(RunEvent runEvent)
    {
        if (runEvent is RunEvent.Started started)
        {
            place = (started.Session, started.Run);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, question) in questions)
        {
            if (question.Method != RequestMethods.ElicitationCreate)
            {
                throw new McpProtocolException($"'{question.Method}' is not offered.", McpErrorCode.MethodNotFound);
            }

            answers[name] = (await PutAsync(server, question.Parameters, cancellationToken)).ToElement();
        }

        return answers;
    }

    private async Task<ServerAnswer> PutAsync(string server, JsonElement parameters, CancellationToken cancellationToken)
    {
        ServerForm form;
        try
        {
            form = ServerForm.Read(server, parameters);
        }
        catch (FormatException e)
        {
            say($"The server '{TerminalText.Line(server)}' asked what cannot be asked here ({TerminalText.Line(e.Message)}), so it was declined.");
            return ServerAnswer.Decline;
        }

        if (ask is null)
        {
            say($"The server '{TerminalText.Line(server)}' asked: \"{TerminalText.Line(form.Message, 200)}\". Nobody is here to answer, so it was declined; ask at a terminal to be asked.");
            return ServerAnswer.Decline;
        }

        // Before it is put: the answer carries the person's words to that server.
        var context = new CallContext
        {
            SessionId = place.Session,
            RunId = place.Run,
            Client = client,
            Provenance = application.Services.GetRequiredService<IProvenanceFactory>().Create(),
        };
        var record = new JsonObject { ["server"] = server, ["method"] = RequestMethods.ElicitationCreate };
        await application.Services.GetRequiredService<IToolPipeline>().RecordAsync("server_question", context, JsonSerializer.SerializeToElement(record, CliJson.Default.JsonNode), cancellationToken);
        return await ask(form, cancellationToken);
    }
}
