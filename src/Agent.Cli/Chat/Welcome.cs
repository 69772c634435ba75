using Agent.Cli.Composition;
using Agent.Cli.Rendering;

namespace Agent.Cli.Chat;

/// <summary>The first lines of a chat: which model answers, what it works on, and how to change either.</summary>
internal static class Welcome
{
    public static IEnumerable<string> Lines(AgentApplication application, ModelInfo model, TerminalStyle style, int width)
    {
        foreach (var line in Words(application, model))
        {
            foreach (var part in style.Lines(new Spectre.Console.Paragraph(TerminalText.Line(line)), width))
            {
                yield return part;
            }
        }

        yield return string.Empty;
    }

    public static IEnumerable<string> Words(AgentApplication application, ModelInfo model)
    {
        yield return $"Model: {model}{(model.Reason.Length > 0 ? $" — {model.Reason}" : string.Empty)}";
        if (model.Provider == "offline")
        {
            yield return "  It answers common questions about files, databases and APIs without a model. For all others, set OPENAI_API_KEY or ANTHROPIC_API_KEY, or start with --model PROVIDER/NAME (and --endpoint URL).";
        }

        var workspace = application.Workspace;
        yield return $"Folder: {string.Join(", ", workspace.Roots)}";
        if (workspace.Databases.Count > 0)
        {
            yield return $"Databases: {string.Join(", ", workspace.Databases.Keys)}";
        }

        if (workspace.Apis.Count > 0)
        {
            yield return $"APIs: {string.Join(", ", workspace.Apis.Keys)}";
        }

        if (application.Trust.UntrustedFile is { } file)
        {
            yield return $"Not used, because you did not trust it: {file} (/trust uses it from the next start on)";
        }
    }
}
