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
    public static JsonElement Question(ApprovalRequest request)
    {
        var choices = new JsonArray("allow", "deny");
        if (request.CanGrant)
        {
            choices.Insert(1, "allow_for_session");
        }

        return Wire.ToElement(new JsonObject
        {
            ["mode"] = "form",
            ["message"] = Text(request),
            ["requestedSchema"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["decision"] = new JsonObject
                    {
                        ["type"] = "string",
                        ["title"] = "Decision",
                        ["description"] = request.CanGrant
                            ? "allow: this call, once. allow_for_session: also the same tool with the same critical values until this session ends. deny: not this call."
                            : "allow: this call, once. deny: not this call.",
                        ["enum"] = choices,
                    },
                    ["comment"] = new JsonObject
                    {
                        ["type"] = "string",
                        ["title"] = "Comment",
                        ["description"] = "With a refusal: words that the model reads.",
                    },
                },
                ["required"] = new JsonArray("decision"),
            },
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
            "deny" => ApprovalVerdict.Deny,
            _ => null,
        };
        return verdict is null ? null : new ApprovalAnswer { Verdict = verdict.Value, Comment = content.Text("comment"), Binding = request.Binding, AnsweredBy = by };
    }

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
