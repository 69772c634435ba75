using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Gateway;

/// <summary>The question about one call as a client shows it: the whole call, never a part of it.</summary>
internal static class ApprovalCard
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The parameters of the elicitation.</summary>
    /// <param name="request">The question.</param>
    /// <param name="problem">Why the answer before was not taken; null at first.</param>
    public static JsonElement Question(ApprovalRequest request, string? problem = null)
    {
        var choices = new JsonArray("allow", "deny");
        var properties = new JsonObject
        {
            ["decision"] = new JsonObject
            {
                ["type"] = "string",
                ["title"] = "Decision",
                ["description"] = request.CanGrant
                    ? "allow: this call, once. allow_for_session: also the same tool with the same critical values until this session ends. allow_until: the same in every session, until the date below. deny: not this call."
                    : "allow: this call, once. deny: not this call.",
                ["enum"] = choices,
            },
        };
        if (request.CanGrant)
        {
            choices.Insert(1, "allow_for_session");
            choices.Insert(2, "allow_until");
            properties["until"] = new JsonObject
            {
                ["type"] = "string",
                ["format"] = "date",
                ["title"] = "Until",
                ["description"] = "With allow_until: the last day, for example 2027-01-31.",
            };
        }

        properties["comment"] = new JsonObject
        {
            ["type"] = "string",
            ["title"] = "Comment",
            ["description"] = "With a refusal: words that the model reads.",
        };
        return Wire.ToElement(new JsonObject
        {
            ["mode"] = "form",
            ["message"] = problem is null ? Text(request) : $"{problem}\n\n{Text(request)}",
            ["requestedSchema"] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray("decision") },
        });
    }

    /// <summary>Reads the answer; null where it is none.</summary>
    public static ApprovalAnswer? Read(JsonElement answer, ApprovalRequest request, string client)
    {
        var by = $"elicitation:{client}";
        if (answer.Text("action") != "accept")
        {
            return new ApprovalAnswer { Verdict = ApprovalVerdict.Deny, Binding = request.Binding, AnsweredBy = by };
        }

        var content = answer.Member("content") ?? default;
        ApprovalVerdict? verdict = content.Text("decision") switch
        {
            "allow" => ApprovalVerdict.AllowOnce,
            "allow_for_session" when request.CanGrant => ApprovalVerdict.AllowForSession,
            "allow_until" when request.CanGrant => ApprovalVerdict.AllowUntil,
            "deny" => ApprovalVerdict.Deny,
            _ => null,
        };
        return verdict is null ? null : new ApprovalAnswer
        {
            Verdict = verdict.Value,
            Until = verdict == ApprovalVerdict.AllowUntil ? EndOf(content.Text("until")) : null,
            Comment = content.Text("comment"),
            Binding = request.Binding,
            AnsweredBy = by,
        };
    }

    /// <summary>The end of the day that the person named, by this machine's clock; null where it names none.</summary>
    private static DateTimeOffset? EndOf(string? day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new DateTimeOffset(date.ToDateTime(TimeOnly.MaxValue, DateTimeKind.Local))
            : null;

    internal static string Text(ApprovalRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{request.Client} wants to call {request.Tool}");
        if (request.Effects != ToolEffects.None)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({request.Effects.ToString().ToLowerInvariant()})");
        }

        text.Append(" with:\n").Append(Pretty(request.Arguments));
        if (request.Preview is { } preview)
        {
            text.Append("\n\nWhat would happen:\n").Append(preview.Text);
        }

        text.Append("\n\nWhy you are asked:");
        foreach (var reason in request.Reasons)
        {
            text.Append("\n- ").Append(reason);
        }

        foreach (var warning in request.Warnings)
        {
            text.Append("\n- Warning: ").Append(warning);
        }

        if (request.Origins.Count > 0)
        {
            text.Append("\n\nWhere the values came from:");
            foreach (var origin in request.Origins)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n- {origin.Path} = {origin.Value}: {origin.Origin}{(origin.Trusted ? string.Empty : " (not trusted)")}");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"\n\nApproval {request.Id}; it can be answered with `agent approvals` in a terminal too.");
        // Nobody approves what they cannot see.
        return HiddenText.Show(text.ToString());
    }

    private static string Pretty(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
