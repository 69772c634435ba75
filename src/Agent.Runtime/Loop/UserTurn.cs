using System.Text;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>A request as it goes to the model: the prompt and what was attached.</summary>
internal static class UserTurn
{
    public static (ChatMessage Message, Label Label, IReadOnlyList<StoredText> Texts) Write(RunRequest request, IGuardrails? guardrails, string run, int most)
    {
        var label = Label.User;
        List<AIContent> contents = [];
        List<StoredText> texts = [];
        foreach (var attachment in request.Attachments)
        {
            label = label.Join(attachment.Label);
            if (attachment.MediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
            {
                contents.Add(new DataContent(attachment.Data, attachment.MediaType) { Name = attachment.Name });
                continue;
            }

            var text = Encoding.UTF8.GetString(attachment.Data.Span);
            texts.Add(new StoredText(attachment.Name, text, StoredLabel.From(attachment.Label)));
            text = text.Length <= most
                ? text
                : string.Concat(text.AsSpan(0, most), $"\n[cut: {text.Length - most:N0} of {text.Length:N0} characters are left out; read the file for the rest]");
            var shown = guardrails?.ForModel(run, attachment.Name, text, attachment.Label) ?? text;
            contents.Add(new TextContent($"Attached: {attachment.Name}\n{shown}\n"));
        }

        contents.Add(new TextContent(request.Prompt));
        return (new ChatMessage(ChatRole.User, contents), label, texts);
    }
}
