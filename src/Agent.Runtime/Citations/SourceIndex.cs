using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Runtime.Citations;

/// <summary>The sources that the results of a run really named, and the citations of an answer checked against them.</summary>
internal sealed partial class SourceIndex
{
    private const int MaxNodes = 50_000;
    private const int MaxCitations = 50;
    private const int MaxUnmentioned = 5;

    private readonly Dictionary<string, List<FileSource>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Source, string Call)> _statements = [];
    private readonly List<(string Source, string Call)> _order = [];

    /// <summary>Takes in the structured result of a call that succeeded.</summary>
    public void Add(string callId, ToolResult result)
    {
        if (result.Structured is { } structured)
        {
            var nodes = 0;
            Visit(callId, structured, ref nodes, 0);
        }
    }

    /// <summary>The citations of an answer: what it names, each found in a result or marked as not found; then what it rests on.</summary>
    public IReadOnlyList<Citation> Cite(string answer)
    {
        List<Citation> citations = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);

        foreach (var match in Find(PathAndLine(), answer))
        {
            var path = match.Groups["path"].Value;
            var line = int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture);
            Add($"{path}:{line}", FindFile(path, line));
        }

        foreach (var match in Find(Address(), answer))
        {
            var address = match.Value.TrimEnd('.', ',', ';', ':', ')', ']', '\'', '"', '!', '?', '*', '_', '`');
            Add(address, FindAddress(address));
        }

        // Files the answer names without a line: the first line that a result gave of them.
        foreach (var (path, sources) in _files)
        {
            if (answer.Contains(path, StringComparison.Ordinal) && !seen.Any(s => s.StartsWith(path + ":", StringComparison.Ordinal)))
            {
                Add(sources[0].Line is { } line ? $"{path}:{line}" : path, sources[0].Call);
            }
        }

        // Where the answer shows the statement it rests on, those that were run on the way to it are no sources of it.
        var shown = _statements.Where(s => answer.Contains(s.Source[(s.Source.IndexOf(": ", StringComparison.Ordinal) + 2)..], StringComparison.Ordinal)).ToList();
        foreach (var (statement, call) in shown.Count > 0 ? shown : _statements)
        {
            Add(statement, call);
        }

        if (!citations.Exists(static c => c.ToolCall is not null))
        {
            foreach (var (source, call) in _order.Take(MaxUnmentioned))
            {
                Add(source, call);
            }
        }

        return citations;

        void Add(string source, string? call)
        {
            if (citations.Count < MaxCitations && seen.Add(source))
            {
                citations.Add(new Citation(source, call));
            }
        }
    }

    /// <summary>The first source of a call's result; null where it named none.</summary>
    public string? SourceOf(string callId) => _order.Find(s => s.Call == callId).Source;

    private void Visit(string callId, JsonElement value, ref int nodes, int depth)
    {
        if (++nodes > MaxNodes || depth > 16)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Note(callId, value);
                foreach (var property in value.EnumerateObject())
                {
                    if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        Visit(callId, property.Value, ref nodes, depth + 1);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        Visit(callId, item, ref nodes, depth + 1);
                    }
                }

                break;
        }
    }

    private void Note(string callId, JsonElement item)
    {
        if (Text(item, "path") is { Length: > 0 } path)
        {
            var line = Number(item, "line") ?? Number(item, "start_line") ?? Number(item, "first_line");
            var last = Number(item, "end_line") ?? Number(item, "last_line") ?? line;
            if (!_files.TryGetValue(path, out var sources))
            {
                _files[path] = sources = [];
            }

            sources.Add(new FileSource(line, last, callId));
            _order.Add((line is { } at ? $"{path}:{at}" : path, callId));
        }

        if (Text(item, "url") is { Length: > 0 } url)
        {
            _addresses.TryAdd(Normal(url), callId);
            _order.Add((url, callId));
        }

        if (Text(item, "database") is { Length: > 0 } database)
        {
            if (Text(item, "statement") is { Length: > 0 } statement)
            {
                _statements.Add(($"{database}: {statement}", callId));
                _order.Add(_statements[^1]);
            }
            else if (item.TryGetProperty("tables", out _))
            {
                _order.Add(($"{database}: schema", callId));
            }
        }
    }

    private string? FindFile(string path, int line)
    {
        if (!_files.TryGetValue(path, out var sources))
        {
            // An answer may name a file by the end of its path.
            var alike = _files.Where(f => f.Key.EndsWith("/" + path, StringComparison.Ordinal) || path.EndsWith("/" + f.Key, StringComparison.Ordinal)).Take(2).ToList();
            if (alike.Count != 1)
            {
                return null;
            }

            sources = alike[0].Value;
        }

        return sources.Find(s => s.Line is { } first && line >= first && line <= (s.Last ?? first))?.Call;
    }

    private string? FindAddress(string address) => _addresses.GetValueOrDefault(Normal(address));

    private static string Normal(string address)
    {
        var hash = address.IndexOf('#', StringComparison.Ordinal);
        return (hash >= 0 ? address[..hash] : address).TrimEnd('/');
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>What is found within the pattern's time: an answer is not lost because its sources cannot be told, on a machine that is busy, say.</summary>
    private static List<Match> Find(Regex pattern, string answer)
    {
        var found = new List<Match>();
        try
        {
            foreach (Match match in pattern.Matches(answer))
            {
                found.Add(match);
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // Those found before it stand.
        }

        return found;
    }

    [GeneratedRegex(@"(?<![\w/.:\-])(?<path>[\w.\-/~@+]*[\w\-]\.[A-Za-z0-9]{1,12}|[\w.\-~@+]+(?:/[\w.\-~@+]+)+):(?<line>[0-9]{1,9})(?![\w/])", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex PathAndLine();

    [GeneratedRegex(@"https?://[^\s<>""'`|\\^{}]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Address();

    private sealed record FileSource(int? Line, int? Last, string Call);
}
