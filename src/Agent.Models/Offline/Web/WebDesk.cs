using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Web;

/// <summary>Answers requests by reading a page at an address, or by the operation that says it does what was asked.</summary>
internal sealed partial class WebDesk(OfferedTools tools, Replay replay)
{
    /// <summary>Reads the page that the request names; null where it names none.</summary>
    public async Task<Answer?> FetchAsync(string text)
    {
        if (tools.Find(Role.Fetch) is not { } fetch || UrlPattern().Match(text) is not { Success: true } url || !AskPattern().IsMatch(text))
        {
            return null;
        }

        var address = url.Value.TrimEnd('.', ',', ')', '?');
        var output = await replay.CallAsync(fetch, new JsonObject { [fetch.Parameter("url", "uri", "address")?.Name ?? "url"] = address });
        if (output.IsError)
        {
            return Refusals.Explain(output, $"read {address}");
        }

        var content = output.Structured is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("content", out var body) && body.ValueKind == JsonValueKind.String ? body.GetString()! : output.Text;
        return new Answer($"{content.Trim()}\n\nSource: {address}") { Plain = content };
    }

    /// <summary>The operation that the request asks for, with its arguments; null where none accounts for every word.</summary>
    /// <param name="text">The request.</param>
    /// <param name="acting">Whether only operations that change something are looked at, or only those that read.</param>
    public OperationMatch? Find(string text, bool acting)
    {
        var request = OperationRequest.Read(text);
        var best = tools.Operations.Where(t => t.IsReadOnly != acting).Select(t => OperationMatch.Read(t, request)).OfType<OperationMatch>()
            .OrderByDescending(static m => m.Score).ThenBy(static m => m.Tool.Name.Length).Take(2).ToList();
        return best.Count == 0 || (best.Count > 1 && best[0].Score - best[1].Score < 0.01 && best[0].Missing.Count > 0) ? null : best[0];
    }

    /// <summary>Calls the operation and tells what came of it.</summary>
    public async Task<Answer> CallAsync(OperationMatch match, string text)
    {
        if (match.Missing.Count > 0)
        {
            return Answer.Unable($"To call {match.Tool.DisplayName} I also need: {string.Join(", ", match.Missing)}.");
        }

        var output = await replay.CallAsync(match.Tool, match.Arguments, Math.Min(1, match.Score));
        if (output.IsError)
        {
            return Refusals.Explain(output, $"call {match.Tool.DisplayName}");
        }

        var url = output.Structured is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty("url", out var address) && address.ValueKind == JsonValueKind.String ? address.GetString() : null;
        var body = output.Structured is { ValueKind: JsonValueKind.Object } reply && reply.TryGetProperty("body", out var inner) ? inner : output.Structured;
        var source = $"Source: {match.Tool.DisplayName}{(url is null ? string.Empty : $", {url}")}";
        if (body is not { } json)
        {
            return new Answer($"{output.Text}\n\n{source}");
        }

        var rows = Rows(json);
        if (rows is { } list)
        {
            if (ResultTable.Read(ToolOutput.FromText(list.GetRawText())) is not { } table)
            {
                return new Answer($"{list.GetRawText()}\n\n{source}");
            }

            if (RowQuestion.Answer(text, table, match) is not { } told)
            {
                return Answer.Unable($"{match.Tool.DisplayName} gives the rows, but what is asked of them is more than I can compute.");
            }

            return new Answer($"{told.TrimEnd()}\n\n{source}") { Rows = table, Confidence = match.Score };
        }

        return new Answer($"{Object(json, string.Empty)}\n{source}") { Confidence = match.Score };
    }

    /// <summary>The list that an answer is, or that it holds among few other things.</summary>
    private static JsonElement? Rows(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return json;
        }

        if (json.ValueKind == JsonValueKind.Object && json.EnumerateObject().Count() <= 5)
        {
            var lists = json.EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.Array).ToList();
            return lists.Count == 1 && json.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Array || p.Name is "total" or "count" or "next" or "page" or "next_cursor" or "truncated" or "previous") ? lists[0].Value : null;
        }

        return null;
    }

    private static string Object(JsonElement json, string indent)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return indent + json + "\n";
        }

        var text = new StringBuilder();
        foreach (var property in json.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}- {property.Name}:\n").Append(Object(property.Value, indent + "  "));
                    break;
                case JsonValueKind.Array when property.Value.GetArrayLength() > 0 && property.Value[0].ValueKind == JsonValueKind.Object:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}- {property.Name}:\n");
                    foreach (var item in property.Value.EnumerateArray())
                    {
                        text.Append(CultureInfo.InvariantCulture, $"{indent}  - {string.Join(", ", item.EnumerateObject().Select(static p => $"{p.Name} {p.Value}"))}\n");
                    }

                    break;
                default:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}- {property.Name}: **{(property.Value.ValueKind == JsonValueKind.Null ? "none" : property.Value.ToString())}**\n");
                    break;
            }
        }

        return text.ToString();
    }

    [GeneratedRegex(@"https?://[^\s""'<>]+", RegexOptions.IgnoreCase)]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"^\W*(?:please\s+)?(?:fetch|read|open|get|show|load|download|visit|browse|what(?:'s| is| does)|summari[sz]e|https?:)", RegexOptions.IgnoreCase)]
    private static partial Regex AskPattern();
}
