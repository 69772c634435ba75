using System.Buffers;
using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>What the audit is told beside the calls: when a run began and how it ended, and calls that never reached the road.</summary>
internal sealed partial class AgentRun
{
    private const string RunStartedRecord = "run.started";
    private const string RunEndedRecord = "run.ended";
    private const string NotOfferedRecord = "call.not_offered";
    private const string VotedRecord = "answer.voted";
    private const string AttemptFailedRecord = "model.attempt_failed";

    private ValueTask RecordStartAsync() => RecordAsync(RunStartedRecord, writer =>
    {
        writer.WriteString("model", _model.ToString());
        writer.WriteString("mode", _request.Mode.ToString());
        writer.WriteBoolean("resumed", _start.Request is null);
    });

    private ValueTask RecordEndAsync(RunResult result) => RecordAsync(RunEndedRecord, writer =>
    {
        writer.WriteString("stopped", result.Stopped.ToString());
        writer.WriteNumber("tool_calls", result.ToolCalls.Count);
        writer.WriteNumber("input_tokens", result.Usage.InputTokens);
        writer.WriteNumber("output_tokens", result.Usage.OutputTokens);
        if (result.Usage.CostUsd is { } cost)
        {
            writer.WriteNumber("cost_usd", cost);
        }
    });

    private ValueTask RecordNotOfferedAsync(ToolCall call) => RecordAsync(NotOfferedRecord, writer =>
    {
        writer.WriteString("call", call.Id);
        writer.WriteString("tool", call.Name.Length <= 100 ? call.Name : call.Name[..100]);
        writer.WriteBoolean("read_from_text", call.ReadFromText);
    });

    /// <summary>An attempt that another one made good is no error to the person, but it is on record.</summary>
    private ValueTask RecordAttemptAsync(ModelAttempt attempt, ModelErrorKind error) => RecordAsync(AttemptFailedRecord, writer =>
    {
        writer.WriteString("model", attempt.Model.ToString());
        writer.WriteNumber("attempt", attempt.Number);
        writer.WriteString("error", error.ToString());
        writer.WriteNumber("duration_ms", (long)attempt.Duration.TotalMilliseconds);
    });

    private ValueTask RecordVoteAsync(HelpGiven help, string call) => RecordAsync(VotedRecord, writer =>
    {
        writer.WriteString("call", call);
        writer.WriteNumber("drafts", help.Drafts);
        writer.WriteNumber("agreed", help.Agreed);
    });

    /// <summary>These records tell the story; what guards a call is the pipeline's own. One that cannot be written stops no answer.</summary>
    private async ValueTask RecordAsync(string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        try
        {
            await _services.Pipeline.RecordAsync(type, ContextOf(null), document.RootElement.Clone(), CancellationToken.None);
        }
#pragma warning disable CA1031 // Said above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            RunLog.RecordFailed(_services.Log, e, _run, type);
        }
    }
}
