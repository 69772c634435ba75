using System.Globalization;
using System.Text.Json;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Answers;

/// <summary>Rows and columns of a result, whatever shape they came in.</summary>
internal sealed record ResultTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows)
{
    /// <summary>How many rows there are in all, where the tool says.</summary>
    public long? Total { get; init; }

    /// <summary>Whether the tool gave only some of them.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whether it shows the same, whatever its columns are called.</summary>
    public bool HasSameRows(ResultTable other) =>
        Total == other.Total && Rows.Count == other.Rows.Count && Rows.Zip(other.Rows).All(static p => p.First.Count == p.Second.Count && p.First.Zip(p.Second).All(static c => IsSame(c.First, c.Second)));

    /// <summary>Sums of the same money in another order differ in their last digits.</summary>
    private static bool IsSame(string? a, string? b) =>
        a == b || (double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && Math.Abs(x - y) <= 1e-9 * Math.Max(Math.Abs(x), Math.Abs(y)));

    public static ResultTable? Read(ToolOutput output)
    {
        if (output.Structured is { } json)
        {
            return FromJson(json);
        }

        return FromMarkdown(output.Text) ?? FromBars(output.Text) ?? FromCsv(output.Text);
    }

    private static ResultTable? FromJson(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return FromRows(json, null);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = json.TryGetProperty("columns", out var columns) && columns.ValueKind == JsonValueKind.Array
            ? columns.EnumerateArray().Select(static c => c.ValueKind == JsonValueKind.String ? c.GetString()! : c.ValueKind == JsonValueKind.Object && c.TryGetProperty("name", out var n) ? n.GetString()! : "?").ToList()
            : null;
        foreach (var name in (ReadOnlySpan<string>)["rows", "items", "data", "results", "records", "databases", "tables"])
        {
            if (json.TryGetProperty(name, out var rows) && rows.ValueKind == JsonValueKind.Array && FromRows(rows, names) is { } table)
            {
                return table with
                {
                    Total = json.TryGetProperty("total", out var total) && total.ValueKind == JsonValueKind.Number ? total.GetInt64() : null,
                    IsCut = json.TryGetProperty("truncated", out var cut) && cut.ValueKind == JsonValueKind.True,
                };
            }
        }

        if (json.TryGetProperty("csv", out var csv) && csv.ValueKind == JsonValueKind.String)
        {
            return FromCsv(csv.GetString()!);
        }

        return null;
    }

    private static ResultTable? FromRows(JsonElement rows, List<string>? names)
    {
        var read = new List<IReadOnlyList<string?>>();
        foreach (var row in rows.EnumerateArray())
        {
            switch (row.ValueKind)
            {
                case JsonValueKind.Array:
                    read.Add([.. row.EnumerateArray().Select(Cell)]);
                    break;
                case JsonValueKind.Object:
                    names ??= [.. row.EnumerateObject().Select(static p => p.Name)];
                    var cells = row;
                    read.Add([.. names.Select(n => cells.TryGetProperty(n, out var value) ? Cell(value) : null)]);
                    break;
                default:
                    names ??= ["value"];
                    read.Add([Cell(row)]);
                    break;
            }
        }

        return names is null && read.Count > 0 ? new ResultTable([.. Enumerable.Range(1, read[0].Count).Select(static i => $"column {i}")], read) : new ResultTable(names ?? [], read);
    }

    private static string? Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => Number(value.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    /// <summary>Numbers as people write them: without the noise of binary fractions, at most four decimals.</summary>
    private static string Number(string raw)
    {
        if (raw.Length == 0 || !(char.IsAsciiDigit(raw[0]) || raw[0] == '-') || !raw.Contains('.', StringComparison.Ordinal) && !raw.Contains('e', StringComparison.OrdinalIgnoreCase))
        {
            return raw;
        }

        return decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Round(number, Math.Abs(number) < 0.01m ? 8 : 4).ToString("0.########", CultureInfo.InvariantCulture)
            : raw;
    }

    private static ResultTable? FromMarkdown(string text)
    {
        var lines = text.Split('\n').Where(static l => l.TrimStart().StartsWith('|')).ToList();
        if (lines.Count < 2)
        {
            return null;
        }

        var rows = lines.Select(static l => (IReadOnlyList<string?>)[.. l.Trim().Trim('|').Split('|').Select(static c => (string?)c.Trim())]).ToList();
        return new ResultTable([.. rows[0].Select(static c => c ?? string.Empty)], [.. rows.Skip(2)]);
    }

    /// <summary>Cells between bars, the heading first, a count in brackets last.</summary>
    private static ResultTable? FromBars(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 1 || lines[^1] is not ['(', ..] || !lines[^1].Contains("row", StringComparison.Ordinal))
        {
            return null;
        }

        var rows = lines[..^1].Where(static l => !l.All(static c => c is '-' or '|' or ' ' or '+')).Select(static l => (IReadOnlyList<string?>)[.. l.Split(" | ").Select(static c => c.Trim() is "null" or "NULL" ? null : Number(c.Trim()))]).ToList();
        return rows.Count == 0 ? null : new ResultTable([.. rows[0].Select(static c => c ?? string.Empty)], [.. rows.Skip(1)]) { IsCut = lines[^1].Contains("more", StringComparison.Ordinal) };
    }

    private static ResultTable? FromCsv(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || !lines[0].Contains(',', StringComparison.Ordinal) && lines.Length > 1 && lines[1].Contains(' ', StringComparison.Ordinal))
        {
            return null;
        }

        var rows = lines.Select(static l => (IReadOnlyList<string?>)SplitCsv(l.TrimEnd('\r'))).ToList();
        return new ResultTable([.. rows[0].Select(static c => c ?? string.Empty)], [.. rows.Skip(1)]);
    }

    private static List<string?> SplitCsv(string line)
    {
        var cells = new List<string?>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
