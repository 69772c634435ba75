using System.Text;
using Agent.Cli.Composition;
using Agent.Governance.Audit;
using Agent.Governance.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>What a person typed, as a request to the agent.</summary>
internal static class ChatRequest
{
    /// <summary>Why a text is not sent; null where it is.</summary>
    public static string? Refusal(string text) => text.StartsWith('!') && text.Length > 1 && !char.IsWhiteSpace(text[1])
        ? "There is no !command here: nothing runs past policy, approval and audit. Ask in words, or run it in another terminal."
        : null;

    /// <summary>Runs a request with the files it attaches and what the model should know of what the person did meanwhile.</summary>
    public static IAsyncEnumerable<RunEvent> RunAsync(
        AgentApplication application, ChatState state, string text, ApprovalHandling approvals, IServerQuestions questions, CancellationToken cancellationToken)
    {
        var (files, problems) = Attachments.Read(text, Environment.CurrentDirectory, application.Workspace.Roots);
        if (state.Notes.Count > 0)
        {
            files.Add(new Attachment("note", "text/plain", Encoding.UTF8.GetBytes(string.Join('\n', state.Notes)), Label.User));
            state.Notes.Clear();
        }

        var request = new RunRequest
        {
            Prompt = text,
            SessionId = state.Session,
            Client = "chat",
            ModelName = state.ChosenModel,
            Mode = state.Mode,
            Approvals = approvals,
            Questions = questions,
            Attachments = files,
        };
        return ShowAsync(problems, files, application.Services.GetRequiredService<IAgentRunner>().RunAsync(request, cancellationToken));
    }

    /// <summary>One sentence for a person; where it is none of ours, with the place of the log.</summary>
    public static string Explain(Exception e, string logFile) => e is CommandException or ModelException or PolicyException or AuditException or ArgumentException
        ? e.Message
        : $"{e.Message} The log says more: {logFile}";

    private static async IAsyncEnumerable<RunEvent> ShowAsync(List<string> problems, List<Attachment> files, IAsyncEnumerable<RunEvent> run)
    {
        foreach (var problem in problems)
        {
            yield return new RunEvent.Notice(problem);
        }

        foreach (var file in files.Where(static file => file.Name != "note"))
        {
            yield return new RunEvent.Notice($"Attached {file.Name}, {file.Data.Length:N0} bytes.");
        }

        await foreach (var one in run)
        {
            yield return one;
        }
    }
}
