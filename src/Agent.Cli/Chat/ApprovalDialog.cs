using System.Diagnostics;
using System.Text.Json;
using Agent.Cli.Approvals;
using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary>
/// Asks about one call after the other. The card is printed whole, above; the question stands where the input was. Nothing that was
/// typed before the card could be read answers it.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class ApprovalDialog(IApprovals approvals, RawTerminal terminal, TerminalStyle style, TimeProvider time, Action<IEnumerable<string>> print)
{
    /// <summary>How long after a card appeared a key is taken for one typed without having read it.</summary>
    private static readonly TimeSpan Guard = TimeSpan.FromMilliseconds(400);

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = CliJson.Default,
    };

    private readonly List<ApprovalRequest> waiting = [];
    private readonly LineEditor entry = new(new InputHistory(null), new NoCompleter());
    private long shownAt;
    private Entry asked;

    private enum Entry
    {
        Verdict,
        Reason,
        Arguments,
    }

    public bool IsOpen => waiting.Count > 0;

    private ApprovalRequest Current => waiting[0];

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

    /// <returns>Whether the key was meant for the dialog.</returns>
    public bool Handle(Key key)
    {
        if (asked != Entry.Verdict)
        {
            HandleEntry(key);
            return true;
        }

        if (key.IsControl('c') || key.IsControl('z') || key.IsControl('l') || key.IsControl('d'))
        {
            return false;
        }

        if (time.GetElapsedTime(shownAt) < Guard)
        {
            return true;
        }

        switch (key.Kind == KeyKind.Character && !key.Ctrl && !key.Alt ? key.Text.ToLowerInvariant() : key.Kind.ToString())
        {
            case "y":
                Answer(ApprovalVerdict.AllowOnce);
                break;
            case "s" when Current.CanGrant:
                Answer(ApprovalVerdict.AllowForSession);
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
            default:
                break;
        }

        return true;
    }

    /// <returns>Where the cursor is.</returns>
    public (int Line, int Column) Draw(List<string> lines, int width)
    {
        foreach (var other in waiting.Skip(1))
        {
            lines.Add(style.Paint(TerminalText.Line($"then: {other.Tool} — {other.Reasons[0]}", width), style.Dim));
        }

        switch (asked)
        {
            case Entry.Reason:
                return InputView.Draw(entry, lines, width, style, "Why not? (Enter for no reason) ");
            case Entry.Arguments:
                return InputView.Draw(entry, lines, width, style, "Arguments: ");
            default:
                var question = Current.CanGrant
                    ? "Allow this call? [y]es  [N]o  [e]dit  [s] for this session  [d]etails "
                    : "Allow this call? [y]es  [N]o  [e]dit  [d]etails ";
                lines.Add(style.Paint(TerminalText.Line(question, width), style.Warning));
                return (lines.Count - 1, Math.Min(width - 1, question.Length));
        }
    }

    private void ShowCard()
    {
        asked = Entry.Verdict;
        var rule = new string(style.Unicode ? '─' : '-', Math.Min(RawTerminal.Width, 72));
        var card = ApprovalCard.Render(Current, time).Split('\n').SelectMany(line => style.Lines(CardLine(line), RawTerminal.Width));
        print([style.Paint(rule, style.Warning), .. card, style.Paint(rule, style.Warning)]);
        shownAt = time.GetTimestamp();
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
        foreach (var line in JsonSerializer.Serialize(Current.Arguments, Readable.GetTypeInfo(typeof(JsonElement))).Split('\n'))
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
            case EditResult.Submitted:
                TakeArguments(entry.Buffer.Text);
                break;
            case EditResult.Interrupted or EditResult.Ended:
                asked = Entry.Verdict;
                shownAt = 0;
                break;
            default:
                if (key.Kind == KeyKind.Escape)
                {
                    asked = Entry.Verdict;
                    shownAt = 0;
                }

                break;
        }
    }

    private void Edit()
    {
        var json = JsonSerializer.Serialize(Current.Arguments, Readable.GetTypeInfo(typeof(JsonElement)));
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

    private void Answer(ApprovalVerdict verdict, string? comment = null, JsonElement? edited = null)
    {
        var request = Current;
        waiting.RemoveAt(0);
        asked = Entry.Verdict;
        print([style.Paint(verdict switch
        {
            ApprovalVerdict.AllowOnce => edited is null ? "Allowed once." : "Allowed as edited, if the policy agrees.",
            ApprovalVerdict.AllowForSession => "Allowed for this session.",
            _ => "Refused.",
        }, style.Dim)]);
        var answer = new ApprovalAnswer
        {
            Verdict = verdict,
            Comment = string.IsNullOrEmpty(comment) ? null : comment,
            EditedArguments = edited,
            Binding = request.Binding,
            AnsweredBy = "console",
        };
        _ = SendAsync(request.Id, answer);
        if (waiting.Count > 0)
        {
            ShowCard();
        }
    }

    private async Task SendAsync(string id, ApprovalAnswer answer)
    {
        var result = await approvals.AnswerAsync(id, answer, CancellationToken.None);
        if (!result.Accepted)
        {
            print([style.Paint("! ", style.Bad) + TerminalText.Line(result.Problem ?? "The answer was not taken.")]);
        }
    }

    private sealed class NoCompleter : ICompleter
    {
        public Completions Complete(string text, int cursor) => Completions.None;
    }
}
