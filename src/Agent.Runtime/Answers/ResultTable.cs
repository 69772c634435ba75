using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Runtime.Answers;

/// <summary>The rows of a structured result, so that an answer that only describes them can be completed with them.</summary>
internal sealed class ResultTable
{
    private const int MaxRows = 20;
    private const int MaxColumns = 12;
    private const int MaxCell = 120;

    /// <summary>Words of a reply about itself.</summary>
    private static readonly HashSet<string> Paging = new(["total", "truncated", "next_cursor", "count", "row_count", "page"], StringComparer.Ordinal);

    /// <summary>Of this many first rows, this share must be named in an answer that gives the values.</summary>
    private const int JudgedRows = 10;
    private const double NamedShare = 0.6;

    private readonly List<string> _columns;
    private readonly List<string[]> _rows;
    private readonly int _total;

    private ResultTable(List<string> columns, List<string[]> rows, int total)
    {
        _columns = columns;
        _rows = rows;
        _total = total;
    }

    public int Rows => _total;

    /// <summary>Reads the rows of a result: <c>columns</c> and <c>rows</c>, or its first list of objects.</summary>
    /// <returns>The table; null where the result holds no rows that fit into one.</returns>
    public static ResultTable? Read(JsonElement structured)
    {
        if (structured.ValueKind != JsonValueKind.Object)
        {
            return structured.ValueKind == JsonValueKind.Array ? FromObjects(structured) : null;
        }

        if (structured.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Array
            && structured.TryGetProperty("columns", out var columns) && columns.ValueKind == JsonValueKind.Array)
        {
            return FromRows(columns, rows);
        }

        foreach (var property in structured.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Array && FromObjects(property.Value) is { } table)
            {
                return table;
            }
        }

        return structured.TryGetProperty("body", out var body) ? Read(body) : null;
    }

    /// <summary>Reads the fields of a result that is one thing and no list, such as an order with its number, customer and state.</summary>
    /// <returns>A table of one row; null where the result has no fields of its own.</returns>
    public static ResultTable? ReadFields(JsonElement structured)
    {
        if (structured.ValueKind != JsonValueKind.Object || structured.TryGetProperty("rows", out _))
        {
            return null;
        }

        var item = structured.TryGetProperty("body", out var body) ? body : structured;
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var fields = item.EnumerateObject().Where(static p => IsScalar(p.Value) && !Paging.Contains(p.Name)).Take(MaxColumns).ToList();
        return fields.Count == 0 ? null : new ResultTable(fields.ConvertAll(static p => p.Name), [[.. fields.Select(static p => Cell(p.Value))]], 1);
    }

    /// <summary>Whether a text gives the values: most of the first rows have one that stands in it, and that the question does not say itself.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="question">The question.</param>
    public bool IsGivenIn(string text, string question = "")
    {
        var words = Normal(text);
        var asked = Normal(question);
        var judged = Math.Min(JudgedRows, _rows.Count);
        var named = 0;
        for (var i = 0; i < judged; i++)
        {
            var cells = Array.FindAll(_rows[i], static cell => cell.Length > 0).Select(Normal).ToList();
            var own = cells.FindAll(cell => !Stands(asked, cell));
            named += (own.Count > 0 ? own : cells).Exists(cell => Stands(words, cell)) ? 1 : 0;
        }

        return named >= Math.Ceiling(judged * NamedShare);
    }

    /// <summary>The rows as a Markdown table.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(_columns);
        Line(_columns.Select(static _ => "---"));
        foreach (var row in _rows)
        {
            Line(row);
        }

        if (_total > _rows.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{_rows.Count} of {_total} rows.\n");
        }

        return text.ToString().TrimEnd();

        void Line(IEnumerable<string> cells)
        {
            text.Append("| ").AppendJoin(" | ", cells.Select(static c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }
    }

    private static ResultTable? FromRows(JsonElement columns, JsonElement rows)
    {
        var names = columns.EnumerateArray().Take(MaxColumns).Select(static c =>
            c.ValueKind == JsonValueKind.Object && c.TryGetProperty("name", out var name) ? Cell(name) : Cell(c)).ToList();
        var cells = rows.EnumerateArray()
            .Where(static r => r.ValueKind == JsonValueKind.Array)
            .Take(MaxRows)
            .Select(r => r.EnumerateArray().Take(names.Count).Select(Cell).ToArray())
            .ToList();
        return names.Count == 0 || cells.Count == 0 ? null : new ResultTable(names, cells, rows.GetArrayLength());
    }

    private static ResultTable? FromObjects(JsonElement items)
    {
        var objects = items.EnumerateArray().Where(static i => i.ValueKind == JsonValueKind.Object).Take(MaxRows).ToList();
        var names = objects
            .SelectMany(static o => o.EnumerateObject())
            .Where(static p => IsScalar(p.Value))
            .Select(static p => p.Name)
            .Distinct()
            .Take(MaxColumns)
            .ToList();
        if (objects.Count == 0 || names.Count == 0)
        {
            return null;
        }

        var cells = objects.ConvertAll(o => names.Select(n => o.TryGetProperty(n, out var value) ? Cell(value) : string.Empty).ToArray());
        return new ResultTable(names, cells, items.GetArrayLength());
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static string Cell(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
            _ => value.GetRawText(),
        };
        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= MaxCell ? text : text[..(MaxCell - 1)] + "…";
    }

    /// <summary>Lower case, thousands separators within numbers left out.</summary>
    private static string Normal(string text)
    {
        var normal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var inNumber = i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]);
            if (!(inNumber && text[i] is ',' or '\'' or '\u202F' or '\u00A0'))
            {
                normal.Append(char.ToLowerInvariant(text[i]));
            }
        }

        return normal.ToString();
    }

    /// <summary>Whether a value stands in a text as whole words.</summary>
    private static bool Stands(string text, string value)
    {
        for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var before = at == 0 || !char.IsLetterOrDigit(text[at - 1]);
            var end = at + value.Length;
            if (before && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }
}
