using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Answers;

/// <summary>Says why a call did not do what it was to do.</summary>
internal static class Refusals
{
    public static Answer Explain(ToolOutput output, string what)
    {
        // What follows is said to a model; the planner needs no telling, and a person would be puzzled.
        var reason = output.Text.Split(" Do not try it again", 2)[0].Trim();
        var text = output.IsRefused
            ? $"I did not {what}: the call was not approved, so nothing happened.\n\n{reason}"
            : $"I could not {what}: {reason}";
        return new Answer(text) { Failed = true };
    }

    public static string Beyond(string? why) =>
        (why is null ? string.Empty : why + " ") +
        "This is beyond the offline planner, which answers without a model: it finds and reads files, searches text, counts, sums, ranks, filters and groups rows of databases, " +
        "runs a SELECT as written and calls the operations of an API. To have a language model answer, set OPENAI_API_KEY or ANTHROPIC_API_KEY, start an Ollama, " +
        "or choose one with --model PROVIDER/NAME (and --endpoint URL for a server of your own).";
}
