namespace Agent.Runtime.Tests.Otlp;

/// <summary>Lets every text through but those for logs and traces, where it masks keys.</summary>
internal sealed class MaskingGuardrails : IGuardrails
{
    public string Instruction(string runId) => string.Empty;

    public string ForModel(string runId, string source, string text, Label label) => text;

    public IAnswerScreen OpenAnswer(CallContext context) => new Open();

    public ScreenedText ScreenAnswer(string text, CallContext context) => new(text, []);

    public string Redact(string text) => text.Replace("sk-4711", "[masked]", StringComparison.Ordinal);

    private sealed class Open : IAnswerScreen
    {
        public string Push(string delta) => delta;

        public ScreenedText Finish() => new(string.Empty, []);
    }
}
