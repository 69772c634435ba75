using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Labels;

namespace Agent.Governance.Approvals;

/// <summary>A question with everything needed to run what it is about: what runs is this, never what comes back with an answer.</summary>
internal sealed record StoredApproval
{
    public required ApprovalRequest Request { get; init; }

    /// <summary>The name the call asked for.</summary>
    public required string Name { get; init; }

    public required int Step { get; init; }

    public required PolicyMode Mode { get; init; }

    public required string DefinitionHash { get; init; }

    public required Decision Decision { get; init; }

    /// <summary>The number of the intent in the audit.</summary>
    public required long Intent { get; init; }

    /// <summary>What a grant given with the answer would cover.</summary>
    public required string Scope { get; init; }

    /// <summary>Whether the call was read out of a model's text.</summary>
    public bool ReadFromText { get; init; }

    /// <summary>The text of <see cref="SaveRequest"/> as it was stored and sealed; null before that.</summary>
    public string? RequestText { get; init; }

    /// <summary>The arguments that the person put in place of the asked ones; null where they left them.</summary>
    public JsonElement? Edited { get; init; }

    public ToolCall Call => new() { Id = Request.CallId, Name = Name, Arguments = Edited ?? Request.Arguments, ReadFromText = ReadFromText };

    /// <summary>What does not change after the question was put.</summary>
    public string SaveRequest() => AuditData.Object(w =>
    {
        w.WriteString("id", Request.Id);
        w.WriteString("client", Request.Client);
        w.WriteString("call", Request.CallId);
        w.WriteString("name", Name);
        w.WriteString("server", Request.Tool.Server);
        w.WriteString("tool", Request.Tool.Name);
        w.WritePropertyName("arguments");
        Request.Arguments.WriteTo(w);
        w.WriteNumber("effects", (int)Request.Effects);
        Texts(w, "reasons", Request.Reasons);
        Texts(w, "warnings", Request.Warnings);
        w.WriteStartArray("origins");
        foreach (var origin in Request.Origins)
        {
            w.WriteStartObject();
            w.WriteString("path", origin.Path);
            w.WriteString("value", origin.Value);
            w.WriteString("origin", origin.Origin);
            w.WriteBoolean("trusted", origin.Trusted);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        if (Request.Preview is { } preview)
        {
            w.WriteStartObject("preview");
            w.WriteString("kind", preview.Kind);
            w.WriteString("text", preview.Text);
            w.WriteEndObject();
        }

        w.WritePropertyName("label");
        LabelJson.Write(w, Request.Label);
        w.WriteBoolean("grant", Request.CanGrant);
        w.WriteNumber("step", Step);
        w.WriteString("mode", Mode.ToString());
        w.WriteString("definition", DefinitionHash);
        w.WriteString("rule", Decision.Rule);
        w.WriteString("policy", Decision.PolicyVersion);
        w.WriteNumber("intent", Intent);
        w.WriteBoolean("fromText", ReadFromText);
        w.WriteString("scope", Scope);
    }).GetRawText();

    /// <summary>What the answer was.</summary>
    public string SaveAnswer() => AuditData.Object(w =>
    {
        w.WriteString("comment", Request.Comment);
        w.WriteString("by", Request.AnsweredBy);
        if (Edited is { } edited)
        {
            w.WritePropertyName("edited");
            edited.WriteTo(w);
        }
    }).GetRawText();

    public static StoredApproval Load(string id, string session, string run, string binding, ApprovalState state, DateTimeOffset created, DateTimeOffset expires, string request, string? answer)
    {
        using var document = JsonDocument.Parse(request);
        var root = document.RootElement;
        using var answerDocument = JsonDocument.Parse(answer ?? "{}");
        var given = answerDocument.RootElement;
        if (!LabelJson.TryParse<PolicyMode>(root.GetProperty("mode").GetString(), out var mode))
        {
            throw new FormatException("unknown mode");
        }

        var reasons = Texts(root, "reasons");
        return new StoredApproval
        {
            Name = root.GetProperty("name").GetString()!,
            Step = root.GetProperty("step").GetInt32(),
            Mode = mode,
            DefinitionHash = root.GetProperty("definition").GetString()!,
            Decision = new Decision(DecisionKind.Ask, reasons, root.GetProperty("rule").GetString()!, root.GetProperty("policy").GetString()!),
            Intent = root.GetProperty("intent").GetInt64(),
            ReadFromText = root.GetProperty("fromText").GetBoolean(),
            Scope = root.GetProperty("scope").GetString()!,
            RequestText = request,
            Edited = given.TryGetProperty("edited", out var edited) ? edited.Clone() : null,
            Request = new ApprovalRequest
            {
                Id = id,
                SessionId = session,
                RunId = run,
                Client = root.GetProperty("client").GetString()!,
                CallId = root.GetProperty("call").GetString()!,
                Tool = new ToolId(root.GetProperty("server").GetString()!, root.GetProperty("tool").GetString()!),
                Arguments = root.GetProperty("arguments").Clone(),
                Effects = (ToolEffects)root.GetProperty("effects").GetInt32(),
                Reasons = reasons,
                Warnings = Texts(root, "warnings"),
                Origins = [.. root.GetProperty("origins").EnumerateArray().Select(o => new ArgumentOrigin(
                    o.GetProperty("path").GetString()!, o.GetProperty("value").GetString()!, o.GetProperty("origin").GetString()!, o.GetProperty("trusted").GetBoolean()))],
                Preview = root.TryGetProperty("preview", out var preview)
                    ? new ApprovalPreview(preview.GetProperty("kind").GetString()!, preview.GetProperty("text").GetString()!)
                    : null,
                Label = LabelJson.Read(root.GetProperty("label")),
                Binding = binding,
                CanGrant = root.GetProperty("grant").GetBoolean(),
                CreatedAt = created,
                ExpiresAt = expires,
                State = state,
                Comment = given.TryGetProperty("comment", out var comment) ? comment.GetString() : null,
                AnsweredBy = given.TryGetProperty("by", out var by) ? by.GetString() : null,
            },
        };
    }

    private static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static IReadOnlyList<string> Texts(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];
}
