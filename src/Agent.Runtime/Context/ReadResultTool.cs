using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Runtime.Loop;
using Agent.Runtime.Sessions;

namespace Agent.Runtime.Context;

/// <summary>Reads on in a result of the session that was cut or dropped.</summary>
internal sealed class ReadResultTool(SessionStore store) : ILocalTool
{
    public const string Name = "read_result";

    /// <summary>How a result that was cut or dropped names this tool.</summary>
    public const string Mark = LocalTools.Server + "__" + Name + " with handle";

    private const int DefaultLimit = 8_000;

    public ToolDefinition Definition { get; } = LocalTools.Define(
        Name,
        "Read a long result",
        "Read on in an earlier tool result that was cut: from an offset, or only the lines that contain a text.",
        """
        {
          "type": "object",
          "properties": {
            "handle": { "type": "string", "description": "The handle the cut result names, for example r12.", "minLength": 2, "maxLength": 20 },
            "offset": { "type": "integer", "description": "The first character to read.", "minimum": 0, "default": 0 },
            "limit": { "type": "integer", "description": "How many characters at most.", "minimum": 1, "maximum": 20000, "default": 8000 },
            "contains": { "type": "string", "description": "Only lines that contain this text, any case.", "minLength": 1, "maxLength": 200 }
          },
          "required": ["handle"], "additionalProperties": false
        }
        """);

    public ValueTask<ToolResult> CallAsync(JsonElement arguments, CallContext context, CancellationToken cancellationToken)
    {
        var handle = arguments.GetProperty("handle").GetString()!;
        if (!ResultHandle.TryRead(handle, out var sequence)
            || store.ReadEvent(context.SessionId, sequence) is not { Type: SessionEventTypes.CallEnded } item
            || item.Data.Deserialize(SessionJson.Default.CallEndedData) is not { } ended)
        {
            return ValueTask.FromResult(ToolResult.FromText(
                $"No result of this session has the handle '{Clip(handle)}'; a cut result names its own.", isError: true, Label.Bottom));
        }

        var text = new ToolResult { Raw = ended.Raw }.Text;
        var offset = (int)Math.Min(arguments.TryGetProperty("offset", out var from) ? from.GetInt64() : 0, text.Length);
        var limit = arguments.TryGetProperty("limit", out var most) ? most.GetInt32() : DefaultLimit;
        if (arguments.TryGetProperty("contains", out var wanted) && wanted.GetString() is { Length: > 0 } part)
        {
            return ValueTask.FromResult(ToolResult.FromText(Lines(text, part, offset, limit), label: item.Label));
        }

        var end = Math.Min(text.Length, offset + limit);
        var rest = end < text.Length
            ? string.Create(CultureInfo.InvariantCulture, $"\n[characters {offset}–{end} of {text.Length}; go on with offset {end}]")
            : string.Create(CultureInfo.InvariantCulture, $"\n[end; {text.Length} characters in all]");
        return ValueTask.FromResult(ToolResult.FromText(string.Concat(text.AsSpan(offset, end - offset), rest), label: item.Label));
    }

    private static string Lines(string text, string part, int offset, int limit)
    {
        var found = new StringBuilder();
        var count = 0;
        var at = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var start = at;
            at += line.Length + 1;
            if (start < offset || !line.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            count++;
            if (found.Length < limit)
            {
                found.Append(CultureInfo.InvariantCulture, $"{start}: ").Append(line[..Math.Min(line.Length, limit)]).Append('\n');
            }
        }

        return count == 0
            ? $"No line of this result contains '{Clip(part)}'."
            : found.Append(CultureInfo.InvariantCulture, $"[{count} lines contain it; each begins with its offset]").ToString();
    }

    private static string Clip(string text) => text.Length <= 60 ? text : text[..59] + "…";
}
