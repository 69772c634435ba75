using System.Text;
using System.Text.Json;

namespace Agent.Cli.Approvals;

/// <summary>A question to a person as text: the whole call, what would happen, why it asks, where each value came from.</summary>
internal static class ApprovalCard
{
    public static string Render(ApprovalRequest request, TimeProvider time)
    {
        var text = new StringBuilder();
        text.Append(request.Tool).Append("  ·  ").Append(Effects(request.Effects)).Append("  ·  id ").AppendLine(request.Id);
        if (request.Arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in request.Arguments.EnumerateObject())
            {
                Append(text, $"  {Visible(argument.Name)}: ", argument.Value);
            }
        }
        else
        {
            Append(text, "  ", request.Arguments);
        }

        if (request.Preview is { } preview)
        {
            text.AppendLine(preview.Kind switch { "diff" => "Would change:", "rows" => "Rows it would change:", "http" => "Would send:", _ => "Would do:" });
            foreach (var line in preview.Text.TrimEnd().Split('\n'))
            {
                text.Append("  ").AppendLine(Visible(line.TrimEnd('\r')));
            }
        }

        foreach (var reason in request.Reasons)
        {
            text.Append("Why: ").AppendLine(Visible(reason));
        }

        foreach (var origin in request.Origins)
        {
            text.Append(origin.Trusted ? "From: " : "From (not trusted): ").Append(Visible(origin.Path)).Append(" = ").Append(Visible(origin.Value)).Append(" — ").AppendLine(Visible(origin.Origin));
        }

        foreach (var warning in request.Warnings)
        {
            text.Append("Warning: ").AppendLine(Visible(warning));
        }

        if (request.State == ApprovalState.Pending)
        {
            text.Append("Refused by itself in ").AppendLine(Duration(request.ExpiresAt - time.GetUtcNow()));
        }
        else
        {
            text.Append("State: ").Append(request.State.ToString().ToLowerInvariant())
                .Append(request.AnsweredBy is { } by ? $" by {by}" : string.Empty)
                .AppendLine(request.Comment is { Length: > 0 } comment ? $" ({Visible(comment)})" : string.Empty);
        }

        return text.ToString().TrimEnd();
    }

    public static string Effects(ToolEffects effects)
    {
        var words = new List<string>();
        if (effects.HasFlag(ToolEffects.Destructive))
        {
            words.Add("cannot be undone");
        }
        else if (effects.HasFlag(ToolEffects.Write))
        {
            words.Add("changes something");
        }

        if (effects.HasFlag(ToolEffects.Egress))
        {
            words.Add("sends data out");
        }

        if (words.Count == 0)
        {
            words.Add(effects.HasFlag(ToolEffects.Read) ? "reads" : "no effect");
        }

        return string.Join(", ", words);
    }

    /// <summary>Control and invisible characters spelled out: what a person approves must be what they see.</summary>
    public static string Visible(string text) => Rendering.TerminalText.Line(text);

    private static void Append(StringBuilder text, string head, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            var jsonLines = CliJson.Readable(value).Split('\n');
            text.Append(head).AppendLine(Visible(jsonLines[0]));
            foreach (var line in jsonLines.Skip(1))
            {
                text.Append("    ").AppendLine(Visible(line));
            }

            return;
        }

        var lines = value.GetString()!.Split('\n');
        text.Append(head);
        if (lines.Length == 1)
        {
            text.AppendLine(Visible(lines[0]));
            return;
        }

        text.AppendLine();
        foreach (var line in lines)
        {
            text.Append("    │ ").AppendLine(Visible(line));
        }
    }

    private static string Duration(TimeSpan span) => span switch
    {
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} minutes",
        _ => $"{Math.Max(0, (int)span.TotalSeconds)} seconds",
    };
}
