using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agent.Cli.Approvals;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary>
/// Asks about one call after the other. The card is printed whole, above; the question stands where the input was. Nothing that was
/// typed before the card could be read answers it: an answer counts only after a moment in which no key came.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class ApprovalDialog(IApprovals approvals, RawTerminal terminal, TerminalStyle style, TimeProvider time, Action<IEnumerable<string>> print, Action<Action> post)
{
    private readonly List<ApprovalRequest> waiting = [];
    private readonly LineEditor entry = new(new InputHistory(null), new NoCompleter());
    private readonly QuietGuard guard = new(time);
    private Entry asked;

    private enum Entry
    {
        Verdict,
        Reason,
        Arguments,
        Until,
        Group,
    }

    public bool IsOpen => waiting.Count > 0;

    /// <summary>Whether a reason or arguments are being typed.</summary>
    public bool IsTyping => IsOpen && asked is Entry.Reason or Entry.Arguments or Entry.Until;

    private ApprovalRequest Current => waiting[0];

    /// <summary>The questions that one answer may be given to: of one run and one tool.</summary>
    private List<ApprovalRequest> Group => waiting.FindAll(one => one.Group == Current.Group);

    public void Ask(ApprovalRequest request)
    {
        waiting.Add(request);
        if (waiting.Count == 1)
        {
            ShowCard();
        }
    }

    public void Close(ApprovalRequest request)
    {
        var index = waiting.FindIndex(one => one.Id == request.Id);
        if (index < 0)
        {
            return;
        }

        waiting.RemoveAt(index);
        if (request.State is ApprovalState.Expired or ApprovalState.Void || (index == 0 && request.AnsweredBy is not (null or "console")))
        {
            print([style.Paint($"  {request.Tool}: {request.State.ToString().ToLowerInvariant()}{(request.AnsweredBy is { } by ? " by " + by : string.Empty)}", style.Dim)]);
        }

        if (index == 0 && waiting.Count > 0)
        {
            ShowCard();
        }
    }

    public void CloseAll()
    {
        waiting.Clear();
        asked = Entry.Verdict;
    }

    /// <summary>The question comes to be the one that keys answer.</summary>
    public void Raise() => guard.Raise();

    /// <param name="key">The key.</param>
    /// <param name="at">When it was read.</param>
    /// <returns>Whether the key was meant for the dialog.</returns>
    public bool Handle(Key key, long at)
    {
        if (IsTyping)
        {
            HandleEntry(key);
            return true;
        }

        if (guard.Sort(key, at) is { } isDropped)
        {
            return isDropped;
        }

        if (asked == Entry.Group)
        {
            asked = Entry.Verdict;
            if (key.Kind == KeyKind.Character && key.Text is "y" or "Y")
            {
                AnswerGroup();
            }

            return true;
        }

        switch (key.Kind == KeyKind.Character && !key.Alt ? key.Text.ToLowerInvariant() : key.Kind.ToString())
        {
            case "y":
                Answer(ApprovalVerdict.AllowOnce);
                break;
            case "s" when Current.CanGrant:
                Answer(ApprovalVerdict.AllowForSession);
                break;
            case "u" when Current.CanGrant:
                asked = Entry.Until;
                entry.Reset();
                break;
            case "a" when Group.Count > 1:
                ShowGroup();
                break;
            case "n":
                asked = Entry.Reason;
                entry.Reset();
                break;
            case nameof(KeyKind.Enter) or nameof(KeyKind.Escape):
                Answer(ApprovalVerdict.Deny);
                break;
            case "e":
                Edit();
                break;
            case "d":
                print(Details());
                break;
            case nameof(KeyKind.Tab) when waiting.Count > 1:
                waiting.Add(Current);
                waiting.RemoveAt(0);
                ShowCard();
                break;
            default:
                break;
        }

        return true;
    }

    /// <returns>Where the cursor is.</returns>
    public (int Line, int Column) Draw(List<string> lines, int width)
    {
        if (waiting.Count > 1)
        {
            lines.Add(style.Paint(TerminalText.Line($"{waiting.Count} calls wait; [Tab] shows the next:", width), style.Dim));
            lines.AddRange(waiting.Select((one, index) => style.Paint(
                TerminalText.Line($"{(index == 0 ? ">" : " ")} {one.Tool} {ToolLines.Arguments(one.Arguments)} — {one.Reasons[0]}", width), style.Dim)));
        }

        switch (asked)
        {
            case Entry.Reason:
                return InputView.Draw(entry, lines, width, style, "Why not? (Enter for no reason) ");
            case Entry.Arguments:
                return InputView.Draw(entry, lines, width, style, "Arguments: ");
            case Entry.Until:
                return InputView.Draw(entry, lines, width, style, "Until when? (a date, or days such as 7d) ");
            case Entry.Verdict or Entry.Group when guard.IsUp:
                lines.Add(style.Paint("Allow this call? …", style.Dim));
                return (lines.Count - 1, -1);
            default:
                var question = asked == Entry.Group
                    ? $"Allow these {Group.Count} calls? [y]es  [N]o, one by one "
                    : $"Allow this call? [y]es  [N]o  [e]dit  {(Current.CanGrant ? "[s]ession  [u]ntil…  " : string.Empty)}{(Group.Count > 1 ? $"[a]ll {Group.Count}  " : string.Empty)}[d]etails ";
                lines.Add(style.Paint(TerminalText.Line(question, width), style.Warning));
                return (lines.Count - 1, Math.Min(width - 1, question.Length));
        }
    }

    private void ShowCard()
    {
        asked = Entry.Verdict;
        Show([Current]);
    }

    /// <summary>Each call of the group as a card of its own: what is allowed together is read together.</summary>
    private void ShowGroup()
    {
        asked = Entry.Group;
        Show(Group);
    }

    private void Show(List<ApprovalRequest> requests)
    {
        var rule = style.Paint(new string(style.Unicode ? '─' : '-', Math.Min(RawTerminal.Width, 72)), style.Warning);
        var cards = requests.SelectMany(request => ApprovalCard.Render(request, time).Split('\n').SelectMany(line => style.Lines(CardLine(line), RawTerminal.Width)).Append(rule));
        print([rule, .. cards]);
        RawTerminal.DropTypedAhead();
        guard.Raise();
    }

    private Spectre.Console.Paragraph CardLine(string line) => new Spectre.Console.Paragraph().Append(line, line switch
    {
        _ when line.StartsWith("  +", StringComparison.Ordinal) => style.Good,
        _ when line.StartsWith("  -", StringComparison.Ordinal) => style.Bad,
        _ when line.StartsWith("Why:", StringComparison.Ordinal) || line.StartsWith("Warning:", StringComparison.Ordinal) => style.Warning,
        _ when line.StartsWith("From (not trusted)", StringComparison.Ordinal) => style.Bad,
        _ when line.StartsWith("From:", StringComparison.Ordinal) || line.StartsWith("Refused by", StringComparison.Ordinal) => style.Dim,
        _ => Spectre.Console.Style.Plain,
    });

    private IEnumerable<string> Details()
    {
        yield return style.Paint("Details", style.Strong);
        yield return $"  run {Current.RunId} · session {Current.SessionId} · call {Current.CallId}";
        yield return $"  label: {TerminalText.Line(Current.Label.ToString())}";
        yield return $"  bound to: {Current.Binding}";
        foreach (var line in CliJson.Readable(Current.Arguments).Split('\n'))
        {
            yield return "  " + TerminalText.Line(line);
        }
    }

    private void HandleEntry(Key key)
    {
        switch (entry.Handle(key))
        {
            case EditResult.Submitted when asked == Entry.Reason:
                Answer(ApprovalVerdict.Deny, entry.Buffer.Text.Trim());
                break;
            case EditResult.Submitted when asked == Entry.Until:
                TakeUntil(entry.Buffer.Text.Trim());
                break;
            case EditResult.Submitted:
                TakeArguments(entry.Buffer.Text);
                break;
            case EditResult.Interrupted or EditResult.Ended:
                asked = Entry.Verdict;
                break;
            default:
                if (key.Kind == KeyKind.Escape)
                {
                    asked = Entry.Verdict;
                }

                break;
        }
    }

    private void Edit()
    {
        var json = CliJson.Readable(Current.Arguments);
        var program = Environment.GetEnvironmentVariable("VISUAL") is { Length: > 0 } visual ? visual : Environment.GetEnvironmentVariable("EDITOR");
        if (string.IsNullOrEmpty(program))
        {
            asked = Entry.Arguments;
            entry.Reset();
            entry.Buffer.Set(Current.Arguments.GetRawText());
            return;
        }

        if (InEditor(program, json) is { } edited)
        {
            TakeArguments(edited);
        }
    }

    private string? InEditor(string program, string json)
    {
        var folder = Directory.CreateTempSubdirectory("agent-edit-");
        try
        {
            var file = Path.Combine(folder.FullName, "arguments.json");
            File.WriteAllText(file, json + "\n");
            return terminal.Lend(() =>
            {
                // EDITOR may carry flags ("code --wait"); a shell reads it as every program that honours it does.
                using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", program + " \"$1\"", "sh", file]) { UseShellExecute = false });
                process!.WaitForExit();
                return process.ExitCode == 0 ? File.ReadAllText(file) : null;
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void TakeArguments(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new JsonException("The arguments must be a JSON object.");
            }

            if (JsonElement.DeepEquals(document.RootElement, Current.Arguments))
            {
                print([style.Paint("Nothing was changed.", style.Dim)]);
                asked = Entry.Verdict;
                return;
            }

            Answer(ApprovalVerdict.AllowOnce, null, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            print([style.Paint("! ", style.Bad) + TerminalText.Line($"That is not JSON: {e.Message.Split(" LineNumber")[0]}")]);
        }
    }

    private void TakeUntil(string text)
    {
        var now = time.GetLocalNow();
        DateTimeOffset? until = text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? now.AddDays(days)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var date) ? date
            : null;
        if (until is not { } given || given <= now)
        {
            print([style.Paint("! ", style.Bad) + "Write a date to come, such as 2027-01-31, or days, such as 7d; Esc goes back."]);
            return;
        }

        Answer(ApprovalVerdict.AllowUntil, until: given);
    }

    private void AnswerGroup()
    {
        var requests = Group;
        waiting.RemoveAll(requests.Contains);
        print([style.Paint($"Allowed {requests.Count} calls, once each.", style.Dim)]);
        _ = SendAsync(requests, new ApprovalAnswer { Verdict = ApprovalVerdict.AllowOnce, Binding = string.Empty, AnsweredBy = "console" });
        if (waiting.Count > 0)
        {
            ShowCard();
        }
    }

    private void Answer(ApprovalVerdict verdict, string? comment = null, JsonElement? edited = null, DateTimeOffset? until = null)
    {
        var request = Current;
        waiting.RemoveAt(0);
        asked = Entry.Verdict;
        print([style.Paint(verdict switch
        {
            ApprovalVerdict.AllowOnce => edited is null ? "Allowed once." : "Allowed as edited, if the policy agrees.",
            ApprovalVerdict.AllowForSession => "Allowed for this session.",
            ApprovalVerdict.AllowUntil => $"Allowed until {until:yyyy-MM-dd HH:mm}.",
            _ => "Refused.",
        }, style.Dim)]);
        var answer = new ApprovalAnswer
        {
            Verdict = verdict,
            Comment = string.IsNullOrEmpty(comment) ? null : comment,
            EditedArguments = edited,
            Until = until,
            Binding = request.Binding,
            AnsweredBy = "console",
        };
        _ = SendAsync([request], answer);
        if (waiting.Count > 0)
        {
            ShowCard();
        }
    }

    private async Task SendAsync(List<ApprovalRequest> requests, ApprovalAnswer answer)
    {
        List<string> problems;
        List<ApprovalRequest> open = [];
        try
        {
            var results = await approvals.AnswerTogetherAsync(requests, answer, CancellationToken.None);
            problems = [.. results.Where(static one => !one.Accepted).Select(static one => one.Problem ?? "The answer was not taken.")];

            // An answer that makes no sense (a date too far ahead) leaves its question open.
            open = [.. results.Where(static one => !one.Accepted && one.Request?.State == ApprovalState.Pending).Select(static one => one.Request!)];
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.Data.Common.DbException)
        {
            problems = [$"The answer could not be stored ({e.Message.TrimEnd('.')}); give it with: agent approvals approve {requests[0].Id} (or deny)"];
        }

        post(() =>
        {
            print(problems.Select(problem => style.Paint("! ", style.Bad) + TerminalText.Line(problem)));
            open.ForEach(Ask);
        });
    }

    private sealed class NoCompleter : ICompleter
    {
        public Completions Complete(string text, int cursor) => Completions.None;
    }
}
