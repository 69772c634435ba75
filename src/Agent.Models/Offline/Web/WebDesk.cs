using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Language;
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

            if (table.Rows.Count == 0 && match.Arguments.Where(static a => a.Value is JsonValue value && value.TryGetValue<string>(out var text) && text.Any(char.IsAsciiDigit) && text.All(char.IsLetterOrDigit)).ToList() is [{ } number] && match.Tool.Parameters.All(p => p.Name != number.Key || !p.Required))
            {
                // "booking B8": the number of a row, and no name.
                var rest = new JsonObject(match.Arguments.Where(a => a.Key != number.Key).Select(static a => KeyValuePair.Create(a.Key, a.Value?.DeepClone())));
                return await CallAsync(match with { Arguments = rest, RowWords = [number.Value!.ToString()] }, text);
            }

            table = WithWords(table, match.RowWords);
            if (match.RowWords.Count > 0 && table.Rows.Count == 0)
            {
                return Answer.Unable($"{match.Tool.DisplayName} gives no row with “{string.Join(" ", match.RowWords)}”.");
            }

            if (RowQuestion.Answer(text, table, match) is not { } told)
            {
                return Answer.Unable($"{match.Tool.DisplayName} gives the rows, but what is asked of them is more than I can compute.");
            }

            return new Answer($"{told.TrimEnd()}\n\n{source}") { Rows = table, Confidence = match.Score };
        }

        return match.RowWords.Count > 0 ? Answer.Unable($"{match.Tool.DisplayName} gives no rows to look for “{string.Join(" ", match.RowWords)}” in.")
            : new Answer($"{Object(json, string.Empty)}\n{source}") { Confidence = match.Score };
    }

    /// <summary>
    /// "When is the Brahms Evening?": a row of that name in what an operation lists without being asked for anything; null where there
    /// is none, or where it does not tell what was asked.
    /// </summary>
    public async Task<Answer?> LookUpAsync(string text)
    {
        var request = OperationRequest.Read(text);
        var tokens = request.Tokens;
        var first = Enumerable.Range(1, Math.Max(0, tokens.Count - 1)).FirstOrDefault(i => tokens[i] is { IsCapitalised: true, Kind: TokenKind.Word } or { Kind: TokenKind.Quoted }, -1);
        if (first < 0 || tokens[0].Lower is not ("when" or "where" or "which" or "what" or "in" or "at" or "on" or "how" or "show" or "is"))
        {
            return null;
        }

        var last = first;
        while (last + 1 < tokens.Count && tokens[last + 1] is { IsCapitalised: true, Kind: TokenKind.Word })
        {
            last++;
        }

        var name = tokens[first].Kind == TokenKind.Quoted ? tokens[first].Text : text[tokens[first].Start..tokens[last].End];
        foreach (var tool in tools.Operations.Where(static t => t.IsReadOnly && t.Parameters.All(static p => !p.Required) && Identifier.Split(t.LocalName).Contains("list")).Take(MostLists))
        {
            var output = await replay.CallAsync(tool, []);
            if (output.IsError || (output.Structured is { ValueKind: JsonValueKind.Object } reply && reply.TryGetProperty("body", out var inner) ? inner : output.Structured) is not { } json || Rows(json) is not { } list || ResultTable.Read(ToolOutput.FromText(list.GetRawText())) is not { } table)
            {
                continue;
            }

            var rows = table.Rows.Where(r => r.Any(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase))).ToList();
            if (rows.Count > 0 && Enumerable.Range(0, tokens.Count).Where(i => (i < first || i > last) && !(i == first - 2 && tokens[first - 1].Lower == "for")).All(i => Tells(tokens[i], request.Matters(i), table)))
            {
                return new Answer($"{Markdown.Table(table with { Rows = rows }).TrimEnd()}\n\nSource: {tool.DisplayName}") { Rows = table with { Rows = rows } };
            }
        }

        return null;
    }

    private const int MostLists = 3;

    /// <summary>Whether the columns tell what a word asks for.</summary>
    private static bool Tells(Token token, bool matters, ResultTable table) => token.Lower switch
    {
        "who" or "whom" or "why" or "whose" => false,
        "when" => table.Columns.Any(static c => Identifier.Split(c).Any(static w => w is "date" or "day" or "time" or "at" or "start" or "starts" or "from")),
        "where" => table.Columns.Any(static c => Identifier.Split(c).Any(static w => w is "hall" or "room" or "place" or "city" or "location" or "address" or "venue" or "country")),
        _ => !matters || table.Columns.Any(c => Identifier.Split(c).Any(w => WordMatch.Score(token.Lower, w) >= WordMatch.Abbreviation)),
    };

    private static ResultTable WithWords(ResultTable table, IReadOnlyList<string> words) =>
        words.Count == 0 ? table : table with { Rows = [.. table.Rows.Where(r => words.All(w => r.Any(c => c?.Contains(w, StringComparison.OrdinalIgnoreCase) == true)))] };

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
