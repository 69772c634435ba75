using System.Text;

namespace Agent.Runtime.Loop;

/// <summary>What the person sees of the answer as it comes.</summary>
internal sealed partial class AgentRun
{
    /// <summary>The text of one model call: screened piece by piece, and void as a whole where the stream starts anew.</summary>
    private sealed class AnswerStream(AgentRun run)
    {
        private readonly StringBuilder _shown = new();
        private IAnswerScreen? _screen;
        private bool _opened;

        public void Push(string delta)
        {
            if (!_opened)
            {
                _opened = true;
                _screen = run._services.Guardrails?.OpenAnswer(run.ContextOf(null));
            }

            Show(_screen is null ? delta : _screen.Push(delta));
        }

        /// <summary>Voids what was shown of this call; what earlier calls said stands.</summary>
        public void Reset()
        {
            _screen = null;
            _opened = false;
            if (_shown.Length == 0)
            {
                return;
            }

            _shown.Clear();
            run.Emit(new RunEvent.TextReset());
            if (run._texts.Count > 0)
            {
                run.Emit(new RunEvent.TextDelta(run.ShownText));
            }
        }

        /// <summary>Ends the text.</summary>
        /// <returns>All that was shown of it.</returns>
        public string Finish()
        {
            if (_screen?.Finish() is { } rest)
            {
                if (rest.Refused)
                {
                    Reset();
                }

                Show(rest.Text);
                foreach (var finding in rest.Findings)
                {
                    run.Emit(new RunEvent.Notice(finding));
                }
            }

            return _shown.ToString();
        }

        private void Show(string text)
        {
            if (text.Length == 0)
            {
                return;
            }

            run.Emit(new RunEvent.TextDelta(_shown.Length == 0 && run._texts.Count > 0 ? "\n\n" + text : text));
            _shown.Append(text);
        }
    }
}
