using Agent.Cli.Input;
using Agent.Cli.Questions;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary>
/// Puts a server's questions, one after the other: the whole question is printed above; whether to answer, each field, and whether to
/// send what was filled in are asked where the input was.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class QuestionDialog(TerminalStyle style, TimeProvider time, Action<IEnumerable<string>> print)
{
    private readonly List<(ServerForm Form, TaskCompletionSource<ServerAnswer> Answer)> waiting = [];
    private readonly QuietGuard guard = new(time);
    private FormFilling? filling;
    private LineEditor entry = new(new InputHistory(null), new ChoiceCompleter([]));

    public bool IsOpen => waiting.Count > 0;

    /// <summary>Whether an answer is being typed.</summary>
    public bool IsTyping => IsOpen && filling?.Field is not null;

    private ServerForm Form => waiting[0].Form;

    public void Ask(ServerForm form, TaskCompletionSource<ServerAnswer> answer)
    {
        waiting.Add((form, answer));
        if (waiting.Count == 1)
        {
            ShowCard();
        }
    }

    /// <summary>The call that asked is over; nobody waits for the answer.</summary>
    public void Withdraw(TaskCompletionSource<ServerAnswer> answer)
    {
        var index = waiting.FindIndex(one => one.Answer == answer);
        if (index >= 0)
        {
            Remove(index);
        }
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

        switch (key.Kind == KeyKind.Character && !key.Alt ? key.Text.ToLowerInvariant() : key.Kind.ToString())
        {
            case "y" when filling is null && Form.Fields.Count > 0:
                filling = new FormFilling(Form);
                Next();
                break;
            case "y":
                Answer(new ServerAnswer("accept", (filling ?? new FormFilling(Form)).Content), "Sent.");
                break;
            case "n" or nameof(KeyKind.Enter) or nameof(KeyKind.Escape):
                Answer(ServerAnswer.Decline, "Declined.");
                break;
            default:
                break;
        }

        return true;
    }

    /// <returns>Where the cursor is.</returns>
    public (int Line, int Column) Draw(List<string> lines, int width)
    {
        if (filling?.Field is { } field)
        {
            lines.Add(style.Paint(TerminalText.Line(field.Hint + "; Esc declines", width), style.Dim));
            return InputView.Draw(entry, lines, width, style, TerminalText.Line(field.Title, Math.Max(8, width / 3)) + ": ");
        }

        var question = filling is null
            ? Form.Fields.Count == 0 ? "Say yes to it? [y]es  [N]o " : "Answer it? [y]es  [N]o "
            : $"Send this to '{TerminalText.Line(Form.Server)}'? [y]es  [N]o ";
        if (guard.IsUp)
        {
            lines.Add(style.Paint(TerminalText.Line(question[..(question.IndexOf('?', StringComparison.Ordinal) + 1)] + " …", width), style.Dim));
            return (lines.Count - 1, -1);
        }

        lines.Add(style.Paint(TerminalText.Line(question, width), style.Warning));
        return (lines.Count - 1, Math.Min(width - 1, question.Length));
    }

    private void ShowCard()
    {
        filling = null;
        var rule = style.Paint(new string(style.Unicode ? '─' : '-', Math.Min(RawTerminal.Width, 72)), style.Warning);
        print([rule, .. Form.Card().SelectMany(line => style.Lines(new Spectre.Console.Paragraph(line), RawTerminal.Width)), rule]);
        RawTerminal.DropTypedAhead();
        guard.Raise();
    }

    /// <summary>Asks for the next field, or, after the last, whether to send it all.</summary>
    private void Next()
    {
        if (filling!.Field is { } field)
        {
            entry = new LineEditor(new InputHistory(null), new ChoiceCompleter(field.Options));
            entry.Buffer.Set(field.Default);
        }
        else
        {
            print(filling.Summary().SelectMany(line => style.Lines(new Spectre.Console.Paragraph(line), RawTerminal.Width)));
            guard.Raise();
        }
    }

    private void HandleEntry(Key key)
    {
        switch (entry.Handle(key))
        {
            case EditResult.Submitted:
                if (filling!.Take(entry.Buffer.Text) is { } problem)
                {
                    print(style.Lines(new Spectre.Console.Paragraph().Append("! ", style.Bad).Append(TerminalText.Line(problem)), RawTerminal.Width));
                    break;
                }

                Next();
                break;
            case EditResult.Interrupted or EditResult.Ended:
                Answer(ServerAnswer.Decline, "Declined.");
                break;
            default:
                if (key.Kind == KeyKind.Escape)
                {
                    Answer(ServerAnswer.Decline, "Declined.");
                }

                break;
        }
    }

    private void Answer(ServerAnswer answer, string said)
    {
        print([style.Paint(said, style.Dim)]);
        waiting[0].Answer.TrySetResult(answer);
        Remove(0);
    }

    private void Remove(int index)
    {
        waiting.RemoveAt(index);
        if (index == 0)
        {
            filling = null;
            if (waiting.Count > 0)
            {
                ShowCard();
            }
        }
    }

    private sealed class ChoiceCompleter(IReadOnlyList<FormChoice> options) : ICompleter
    {
        public Completions Complete(string text, int cursor)
        {
            var start = text.LastIndexOf(',', Math.Max(0, cursor - 1)) + 1;
            while (start < cursor && text[start] == ' ')
            {
                start++;
            }

            var begun = text[start..cursor];
            return new Completions(start, [.. options.Where(option => option.Value.StartsWith(begun, StringComparison.OrdinalIgnoreCase)).Select(static option => new Candidate(option.Value, option.Title == option.Value ? string.Empty : option.Title))]);
        }
    }
}
