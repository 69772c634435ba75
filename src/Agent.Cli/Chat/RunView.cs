using Agent.Cli.Rendering;

namespace Agent.Cli.Chat;

/// <summary>
/// Shows a run: finished text, calls and notices are printed once and never touched again; what still changes (the open end of the
/// answer, running calls, the plan) is given out as lines for whoever can draw them anew.
/// </summary>
/// <param name="state">What the chat knows.</param>
/// <param name="style">What things look like.</param>
/// <param name="time">The clock.</param>
/// <param name="print">Prints lines for good.</param>
/// <param name="width">Columns, as they are now.</param>
internal sealed class RunView(ChatState state, TerminalStyle style, TimeProvider time, Action<IEnumerable<string>> print, Func<int> width)
{
    private const int MaxSources = 8;

    private readonly MarkdownView markdown = new(style);
    private readonly ToolLines toolLines = new(style, time);
    private string open = string.Empty;
    private bool wroteText;
    private long startedAt;

    /// <summary>A call must be answered by a person.</summary>
    public event Action<ApprovalRequest>? Asked;

    /// <summary>It was answered, here or elsewhere, expired or was withdrawn.</summary>
    public event Action<ApprovalRequest>? Closed;

    public MarkdownView Markdown => markdown;

    public ToolLines ToolLines => toolLines;

    public void Begin()
    {
        open = string.Empty;
        wroteText = false;
        startedAt = time.GetTimestamp();
    }

    public void Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.Started started:
                state.Session = started.Session;
                state.Model = started.Model;
                state.Plan = [];
                break;
            case RunEvent.TextDelta delta:
                OnText(delta.Text);
                break;
            case RunEvent.TextReset:
                open = string.Empty;
                break;
            case RunEvent.ToolStarted tool:
                Settle();
                state.Tools.Add(new ToolLine(state.NextNumber, tool.Call, time.GetTimestamp()));
                break;
            case RunEvent.ToolProgressed progressed when Find(progressed.CallId) is { } line:
                line.Progress = progressed.Progress;
                break;
            case RunEvent.ToolCompleted completed:
                OnToolCompleted(completed.Outcome);
                break;
            case RunEvent.ApprovalPending pending:
                Settle();
                state.Pending.Add(pending.Request);
                SetWaits(pending.Request.CallId, true);
                Asked?.Invoke(pending.Request);
                break;
            case RunEvent.ApprovalClosed closed:
                state.Pending.RemoveAll(request => request.Id == closed.Request.Id);
                SetWaits(closed.Request.CallId, false);
                Closed?.Invoke(closed.Request);
                break;
            case RunEvent.PlanChanged plan:
                state.Plan = plan.Plan;
                break;
            case RunEvent.UsageChanged usage:
                state.Usage = usage.Total;
                state.ContextTokens = usage.ContextTokens;
                break;
            case RunEvent.Notice notice:
                Settle();
                Warn(notice.Text);
                break;
            case RunEvent.Completed completed:
                OnCompleted(completed.Result);
                break;
            default:
                break;
        }
    }

    /// <summary>The run is over, whatever its last event was.</summary>
    public void End()
    {
        Settle();
        state.Before = state.Total;
        state.Usage = new RunUsage(0, 0, 0, null);
        state.Pending.Clear();
    }

    /// <summary>What still changes.</summary>
    public IEnumerable<string> Live(int tick)
    {
        var columns = width();
        var lines = new List<string>();
        if (open.Length > 0)
        {
            lines.AddRange(markdown.RenderOpen(open, columns).Open);
        }

        lines.AddRange(state.Tools.Where(static line => line.Outcome is null && !IsPlan(line)).Select(line => toolLines.Running(line, tick, columns)));
        if (lines.Count == 0)
        {
            lines.Add(toolLines.Working(startedAt, tick));
        }

        lines.AddRange(toolLines.Plan(state.Plan, columns));
        return lines;
    }

    public void Say(string text) => Print(text, style.Dim, string.Empty);

    public void Warn(string text) => Print(text, style.Warning, "! ");

    public void Fail(string text) => Print(text, style.Bad, "! ");

    private void Print(string text, Spectre.Console.Style look, string mark) =>
        print(style.Lines(new Spectre.Console.Paragraph().Append(mark, look).Append(TerminalText.Line(text), mark.Length == 0 ? look : Spectre.Console.Style.Plain), width()));

    /// <summary>A change of the plan is seen in the plan.</summary>
    private static bool IsPlan(ToolLine line) => line.Call.Name == "agent__update_plan";

    private ToolLine? Find(string callId) => state.Tools.FindLast(line => line.Call.Id == callId && line.Outcome is null);

    private void SetWaits(string callId, bool waits)
    {
        if (Find(callId) is { } line)
        {
            line.Waits = waits;
        }
    }

    private void OnText(string text)
    {
        wroteText = true;
        open += text;
        var (settled, done, _) = markdown.RenderOpen(open, width());
        if (settled > 0)
        {
            print(done);
            open = open[settled..];
        }
    }

    private void OnToolCompleted(ToolOutcome outcome)
    {
        if (Find(outcome.Call.Id) is not { } line)
        {
            line = new ToolLine(state.NextNumber, outcome.Call, time.GetTimestamp());
            state.Tools.Add(line);
        }

        line.Outcome = outcome;
        if (IsPlan(line) && outcome is { Kind: ToolOutcomeKind.Completed, Result.IsError: false })
        {
            return;
        }

        print([toolLines.Ended(line, width())]);
        if (toolLines.Problem(line, width()) is { } problem)
        {
            print([problem]);
        }
    }

    private void OnCompleted(RunResult result)
    {
        Settle();
        state.Last = result;
        state.Usage = result.Usage;
        state.Tools.RemoveAll(static line => line.Outcome is null);
        if (result.Plan.Count > 0)
        {
            state.Plan = result.Plan;
            print([.. toolLines.Plan(result.Plan, width()), string.Empty]);
        }

        if (result.Stopped is RunStop.Cancelled or RunStop.LimitReached or RunStop.ModelUnavailable or RunStop.Failed or RunStop.Waiting)
        {
            Warn(result.Answer);
        }
        else if (!wroteText && result.Answer.Length > 0)
        {
            PrintMarkdown(result.Answer);
        }

        var sources = result.Citations
            .Select(static citation => TerminalText.Line(citation.Source, 90) + (citation.ToolCall is null ? " (not found in any result)" : string.Empty))
            .Distinct(StringComparer.Ordinal).ToList();
        if (sources.Count > 0)
        {
            var shown = string.Join(" · ", sources.Take(MaxSources)) + (sources.Count > MaxSources ? $" · and {sources.Count - MaxSources} more" : string.Empty);
            Say("Sources: " + shown);
        }
    }

    /// <summary>What is still open of the answer's text is printed as it stands.</summary>
    private void Settle()
    {
        if (open.Trim().Length > 0)
        {
            PrintMarkdown(open);
        }

        open = string.Empty;
    }

    private void PrintMarkdown(string text) => print([.. markdown.Render(text, width()), string.Empty]);
}
