using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Guardrails;
using Agent.Governance.Labels;
using Agent.Governance.Policy;
using Agent.Json;

namespace Agent.Governance.Pipeline;

/// <summary>What the audit says of a call. Arguments and results are redacted; what is long stands as digest and length.</summary>
internal static class CallRecords
{
    private const int MaxPayload = 16 << 10;

    public static JsonElement Intent(ToolCall call, CallContext context, ToolDefinition tool, Verdict verdict, string? grant, Redactor redactor) => AuditData.Object(w =>
    {
        Head(w, call.Id, context, tool.Id);
        w.WriteString("arguments_digest", CanonicalJson.Digest(call.Arguments));
        Payload(w, "arguments", redactor.Redact(call.Arguments));
        w.WriteString("effects", verdict.Facts.Effects.ToString().ToLowerInvariant());
        w.WritePropertyName("label");
        LabelJson.Write(w, verdict.Facts.Label);
        if (verdict.Facts.Statement is { } statement)
        {
            w.WriteStartObject("statement");
            w.WriteString("class", LabelJson.Name(statement.Class));
            w.WriteStartArray("tables");
            foreach (var table in statement.Tables.Take(50))
            {
                w.WriteStringValue(table);
            }

            w.WriteEndArray();
            w.WriteString("by", statement.ByEngine ? "engine" : "words");
            w.WriteEndObject();
        }

        w.WriteStartArray("critical");
        foreach (var origin in verdict.Facts.Origins)
        {
            w.WriteStartObject();
            w.WriteString("argument", origin.Path);
            w.WriteString("origin", origin.Origin);
            w.WriteBoolean("trusted", origin.Trusted);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteString("decision", grant is null ? LabelJson.Name(verdict.Decision.Kind) : "allow");
        w.WriteStartArray("reasons");
        foreach (var reason in verdict.Decision.Reasons)
        {
            w.WriteStringValue(redactor.Redact(reason));
        }

        w.WriteEndArray();
        w.WriteString("rule", verdict.Decision.Rule);
        w.WriteString("policy", verdict.Decision.PolicyVersion);
        w.WriteString("definition", tool.Hash);
        w.WriteString("mode", LabelJson.Name(context.Mode));
        if (grant is not null)
        {
            w.WriteString("grant", grant);
        }

        if (call.ReadFromText)
        {
            w.WriteBoolean("read_from_text", true);
        }
    });

    public static JsonElement Rejected(ToolCall call, CallContext context, ToolId? tool, string reason, Redactor redactor) => AuditData.Object(w =>
    {
        Head(w, call.Id, context, tool);
        w.WriteString("name", call.Name.Length <= 200 ? call.Name : call.Name[..200]);
        w.WriteString("reason", redactor.Redact(reason));
    });

    public static JsonElement Started(ToolCall call, CallContext context, ToolId tool, long intent, string approval, string? by) => AuditData.Object(w =>
    {
        Head(w, call.Id, context, tool);
        w.WriteNumber("intent", intent);
        w.WriteString("approval", approval);
        w.WriteString("by", by);
        w.WriteString("arguments_digest", CanonicalJson.Digest(call.Arguments));
    });

    /// <summary>The end of a call: <c>ok</c>, <c>error</c>, <c>cancelled</c>, <c>timeout</c>, <c>failed</c>, <c>denied</c>, <c>expired</c>, <c>void</c> or <c>unknown</c>.</summary>
    public static JsonElement Outcome(ToolCall call, CallContext context, ToolId tool, long intent, string outcome, ToolResult? result, string? reason, TimeSpan duration, Redactor redactor) =>
        AuditData.Object(w =>
        {
            Head(w, call.Id, context, tool);
            w.WriteNumber("intent", intent);
            w.WriteString("outcome", outcome);
            w.WriteNumber("duration_us", (long)duration.TotalMicroseconds);
            if (reason is not null)
            {
                w.WriteString("reason", redactor.Redact(reason));
            }

            if (result is not null)
            {
                var (raw, canonical) = Bytes(result.Raw);
                w.WriteString(canonical ? "result_digest" : "result_text_digest", "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(raw)));
                w.WriteNumber("result_length", raw.Length);
                w.WritePropertyName("label");
                LabelJson.Write(w, result.Label);
            }
        });

    public static void Head(Utf8JsonWriter w, string? call, CallContext? context, ToolId? tool)
    {
        if (context is not null)
        {
            w.WriteString("session", context.SessionId);
            w.WriteString("run", context.RunId);
            w.WriteNumber("step", context.Step);
            w.WriteString("client", context.Client);
        }

        if (call is not null)
        {
            w.WriteString("call", call);
        }

        if (tool is { } id)
        {
            w.WriteString("tool", id.ToString());
        }
    }

    /// <summary>A result that has no canonical form (a name twice, half a character) is digested as it came: the call ran, and its end must be recorded.</summary>
    private static (byte[] Bytes, bool Canonical) Bytes(JsonElement value)
    {
        try
        {
            return (CanonicalJson.GetBytes(value), true);
        }
        catch (FormatException)
        {
            return (System.Text.Encoding.UTF8.GetBytes(value.GetRawText()), false);
        }
    }

    private static void Payload(Utf8JsonWriter w, string name, JsonElement value)
    {
        var text = value.GetRawText();
        if (text.Length > MaxPayload)
        {
            w.WriteNumber(name + "_length", text.Length);
            return;
        }

        w.WritePropertyName(name);
        value.WriteTo(w);
    }
}
