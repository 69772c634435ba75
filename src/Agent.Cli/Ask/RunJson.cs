using System.Text.Json;

namespace Agent.Cli.Ask;

/// <summary>The JSON of <c>--format json</c> and <c>--format jsonl</c>; its names are part of the interface.</summary>
internal static class RunJson
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A run's result as one line.</summary>
    public static string Write(RunResult result) => Line(writer =>
    {
        writer.WriteStartObject();
        WriteResult(writer, result);
        writer.WriteEndObject();
    });

    /// <summary>An event as one line; null for events that are of no use to a program.</summary>
    public static string? Write(RunEvent runEvent) => runEvent switch
    {
        RunEvent.Started e => Event("started", writer =>
        {
            writer.WriteString("session", e.Session);
            writer.WriteString("run", e.Run);
            writer.WriteString("model", e.Model);
        }),
        RunEvent.StepStarted e => Event("step", writer => writer.WriteNumber("step", e.Step)),
        RunEvent.TextDelta e => Event("text", writer => writer.WriteString("text", e.Text)),
        RunEvent.TextReset => Event("text_reset", static _ => { }),
        RunEvent.ReasoningDelta e => Event("reasoning", writer => writer.WriteString("text", e.Text)),
        RunEvent.ToolStarted e => Event("tool_started", writer =>
        {
            writer.WriteString("id", e.Call.Id);
            writer.WriteString("tool", e.Call.Name);
            writer.WritePropertyName("arguments");
            e.Call.Arguments.WriteTo(writer);
        }),
        RunEvent.ToolProgressed e => Event("tool_progress", writer =>
        {
            writer.WriteString("id", e.CallId);
            writer.WriteNumber("progress", e.Progress.Progress);
            if (e.Progress.Total is { } total)
            {
                writer.WriteNumber("total", total);
            }

            writer.WriteString("message", e.Progress.Message);
        }),
        RunEvent.ApprovalPending e => Event("approval_pending", writer => WriteApproval(writer, e.Request)),
        RunEvent.ApprovalClosed e => Event("approval_closed", writer => WriteApproval(writer, e.Request)),
        RunEvent.ToolCompleted e => Event("tool_completed", writer =>
        {
            writer.WriteString("id", e.Outcome.Call.Id);
            writer.WriteString("tool", e.Outcome.Tool?.ToString() ?? e.Outcome.Call.Name);
            writer.WriteString("outcome", Outcome(e.Outcome));
            writer.WriteString("text", e.Outcome.Result?.Text);
            writer.WriteNumber("duration_ms", (long)e.Outcome.Duration.TotalMilliseconds);
        }),
        RunEvent.PlanChanged e => Event("plan", writer => WritePlan(writer, e.Plan)),
        RunEvent.UsageChanged e => Event("usage", writer => WriteUsage(writer, e.Total)),
        RunEvent.Notice e => Event("notice", writer => writer.WriteString("text", e.Text)),
        RunEvent.Completed e => Event("completed", writer => WriteResult(writer, e.Result)),
        _ => null,
    };

    private static string Outcome(ToolOutcome outcome) => outcome.Kind switch
    {
        ToolOutcomeKind.Completed => outcome.Result is { IsError: true } ? "error" : "ok",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static void WriteResult(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteString("session", result.Session);
        writer.WriteString("run", result.Run);
        writer.WriteString("answer", result.Answer);
        writer.WriteStartArray("citations");
        foreach (var citation in result.Citations)
        {
            writer.WriteStartObject();
            writer.WriteString("source", citation.Source);
            writer.WriteString("tool_call", citation.ToolCall);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WritePlan(writer, result.Plan);
        writer.WriteStartArray("tool_calls");
        foreach (var call in result.ToolCalls)
        {
            WriteCall(writer, call);
        }

        writer.WriteEndArray();
        WriteUsage(writer, result.Usage);
        writer.WriteString("model", result.Model);
        writer.WriteString("stopped", JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Stopped.ToString()));
    }

    private static void WriteCall(Utf8JsonWriter writer, RunToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("id", call.Id);
        writer.WriteString("tool", call.Tool);
        writer.WritePropertyName("arguments");
        call.Arguments.WriteTo(writer);
        writer.WriteString("decision", call.Decision);
        writer.WriteStartArray("reasons");
        foreach (var reason in call.Reasons)
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
        writer.WriteString("approved_by", call.ApprovedBy);
        writer.WriteString("outcome", call.Outcome);
        writer.WriteNumber("duration_ms", call.DurationMs);
        writer.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter writer, IReadOnlyList<PlanStep> plan)
    {
        writer.WriteStartArray("plan");
        foreach (var step in plan)
        {
            writer.WriteStartObject();
            writer.WriteString("step", step.Step);
            writer.WriteString("status", step.Status);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter writer, RunUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", usage.InputTokens);
        writer.WriteNumber("output_tokens", usage.OutputTokens);
        writer.WriteNumber("cached_input_tokens", usage.CachedInputTokens);
        writer.WriteEndObject();
        if (usage.CostUsd is { } cost)
        {
            writer.WriteNumber("cost_usd", cost);
        }
        else
        {
            writer.WriteNull("cost_usd");
        }
    }

    private static void WriteApproval(Utf8JsonWriter writer, ApprovalRequest request)
    {
        writer.WriteString("id", request.Id);
        writer.WriteString("call", request.CallId);
        writer.WriteString("tool", request.Tool.ToString());
        writer.WritePropertyName("arguments");
        request.Arguments.WriteTo(writer);
        writer.WriteStartArray("reasons");
        foreach (var reason in request.Reasons)
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
        writer.WriteString("state", request.State.ToString().ToLowerInvariant());
        writer.WriteString("expires_at", request.ExpiresAt);
    }

    private static string Event(string type, Action<Utf8JsonWriter> write) => Line(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        write(writer);
        writer.WriteEndObject();
    });

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, OneLine))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
