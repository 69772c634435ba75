using System.Globalization;
using System.Text.Json;
using Agent.Cli.Rendering;

namespace Agent.Cli.Chat;

/// <summary>Tool calls and plans as lines.</summary>
internal sealed class ToolLines(TerminalStyle style, TimeProvider time)
{
    private static readonly string[] Frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    private static readonly string[] PlainFrames = ["-", "\\", "|", "/"];

    /// <summary>Nothing to show yet but that something goes on.</summary>
    public string Working(long startedAt, int tick) =>
        style.Paint(Frame(tick), style.Warning) + style.Paint($" working{Seconds(time.GetElapsedTime(startedAt))}", style.Dim);

    /// <summary>A call that runs: a spinner, its name, its arguments, its progress, how long it has taken.</summary>
    public string Running(ToolLine line, int tick, int width)
    {
        var mark = line.Waits ? (style.Unicode ? "◦" : "o") : Frame(tick);
        var tail = line.Waits ? " waits for you" : Progress(line.Progress) + Seconds(time.GetElapsedTime(line.StartedAt));
        return style.Paint(mark, style.Warning) + " " + Head(line, width - tail.Length - 3) + style.Paint(tail, style.Dim);
    }

    /// <summary>A call that ended: its outcome, its name, its arguments, how long it took, what came back.</summary>
    public string Ended(ToolLine line, int width)
    {
        var outcome = line.Outcome!;
        var good = outcome.Kind == ToolOutcomeKind.Completed && outcome.Result is not { IsError: true };
        var mark = style.Paint(good ? (style.Unicode ? "✓" : "ok") : (style.Unicode ? "✗" : "x"), good ? style.Good : style.Bad);
        var tail = $" {Duration(outcome.Duration)}{(good ? Size(outcome.Result) : string.Empty)}";
        return mark + " " + Head(line, width - tail.Length - 4) + style.Paint(tail, style.Dim);
    }

    /// <summary>Why a call did not do what was asked.</summary>
    public string? Problem(ToolLine line, int width) =>
        line.Outcome is { } outcome && (outcome.Kind != ToolOutcomeKind.Completed || outcome.Result is { IsError: true })
            ? "  " + style.Paint(TerminalText.Line(outcome.Result?.Text ?? outcome.Kind.ToString(), width - 2), style.Dim)
            : null;

    public IEnumerable<string> Plan(IReadOnlyList<PlanStep> plan, int width) => plan.Select(step =>
    {
        var (mark, look) = step.Status switch
        {
            "completed" => (style.Unicode ? "☑" : "[x]", style.Good),
            "in_progress" => (style.Unicode ? "▶" : "[>]", style.Warning),
            "skipped" => (style.Unicode ? "☒" : "[-]", style.Dim),
            _ => (style.Unicode ? "☐" : "[ ]", style.Dim),
        };
        return style.Paint(mark, look) + " " + TerminalText.Line(step.Step, width - 4);
    });

    private string Frame(int tick)
    {
        var frames = style.Unicode ? Frames : PlainFrames;
        return frames[tick % frames.Length];
    }

    private static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $" {elapsed.TotalSeconds:0} s") : string.Empty;

    private string Head(ToolLine line, int width)
    {
        var name = TerminalText.Line(line.Outcome?.Tool?.ToString() ?? line.Call.Name.Replace("__", ".", StringComparison.Ordinal));
        var number = $"[{line.Number}] ";
        var arguments = TerminalText.Line(Arguments(line.Outcome?.Call.Arguments ?? line.Call.Arguments), Math.Max(8, width - name.Length - number.Length - 1));
        return style.Paint(number, style.Dim) + style.Paint(name, style.Strong) + (arguments.Length > 0 ? " " + arguments : string.Empty);
    }

    /// <summary>Arguments as name=value.</summary>
    public static string Arguments(JsonElement arguments) => arguments.ValueKind == JsonValueKind.Object
        ? string.Join(' ', arguments.EnumerateObject().Select(static member =>
            $"{member.Name}={(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()!.ReplaceLineEndings(" ") : CliJson.OneLine(member.Value))}"))
        : arguments.ValueKind == JsonValueKind.Undefined ? string.Empty : CliJson.OneLine(arguments);

    private static string Progress(ToolProgress? progress) => progress switch
    {
        null => string.Empty,
        { Total: > 0 } => $" {progress.Progress * 100 / progress.Total:0} %{(progress.Message is { } words ? " " + TerminalText.Line(words, 40) : string.Empty)}",
        _ => progress.Message is { } message ? " " + TerminalText.Line(message, 40) : string.Empty,
    };

    private static string Duration(TimeSpan duration) => duration.TotalSeconds < 1
        ? $"{duration.TotalMilliseconds:0} ms"
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s");

    private static string Size(ToolResult? result)
    {
        if (result?.Structured is { ValueKind: JsonValueKind.Object } structured)
        {
            if (structured.TryGetProperty("total", out var total) && total.ValueKind == JsonValueKind.Number)
            {
                return $" · {total.GetRawText()} found";
            }

            if (structured.EnumerateObject().FirstOrDefault(static member => member.Value.ValueKind == JsonValueKind.Array) is { Value.ValueKind: JsonValueKind.Array } items)
            {
                return $" · {items.Value.GetArrayLength()} {items.Name}";
            }
        }

        return string.Empty;
    }
}
