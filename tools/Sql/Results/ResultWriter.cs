using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Agent.Tools.Sql.Results;

/// <summary>
/// Takes the rows of a result as the engine hands them over and writes them once, in UTF-8, in the form they are sent in.
/// Numbers that a reader of JSON would round (beyond 2^53, and every exact decimal) are written as strings.
/// </summary>
internal sealed class ResultWriter : IDisposable
{
    private const int MaxTextBytes = 32 * 1024;
    private const int MaxTextCell = 400;
    private const long MaxSafeInteger = 9007199254740991;

    private static readonly SearchValues<byte> JsonSpecial = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private static readonly SearchValues<byte> CsvSpecial = SearchValues.Create(",\"\r\n"u8);
    private static readonly SearchValues<byte> LineSpecial = SearchValues.Create("\r\n\t|"u8);

    private readonly ResultFormat format;
    private ResultLimits limits;
    private readonly ByteBuffer rows = new();
    private readonly ByteBuffer text = new();
    private long head;
    private int column;
    private bool textFull;

    public ResultWriter(ResultFormat format, ResultLimits limits)
    {
        this.format = format;
        this.limits = limits;
    }

    public IReadOnlyList<ResultColumn> Columns { get; private set; } = [];

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows that the text shows.</summary>
    public int TextRows { get; private set; }

    /// <summary>Values that were longer than a value may be.</summary>
    public int CutCells { get; private set; }

    /// <summary>The engine had more rows than were taken.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Rows were left because of their bytes, not of their number.</summary>
    public bool BytesFull => rows.Length - head >= limits.Bytes;

    /// <summary>The most rows that will be taken.</summary>
    public int RowLimit => limits.Rows;

    /// <summary>What stands before the rows in the structured result, braces included; written with the first row's columns.</summary>
    public Action<ByteBuffer, IReadOnlyList<ResultColumn>>? Head { get; init; }

    /// <summary>The structured result as far as it is written, or the CSV.</summary>
    public ByteBuffer Output => rows;

    /// <summary>The rows: JSON arrays joined by commas, without brackets around; empty for CSV.</summary>
    public string JsonRows => format == ResultFormat.Csv ? string.Empty : Encoding.UTF8.GetString(rows.ToSequence().Slice(head));

    /// <summary>The table or the CSV.</summary>
    public string Text => Encoding.UTF8.GetString(format == ResultFormat.Csv ? rows.ToSequence() : text.ToSequence());

    /// <summary>Rows were left because a rule lets no more of a table be seen.</summary>
    public bool Ruled { get; private set; }

    /// <summary>Takes no more rows than a rule allows.</summary>
    /// <param name="most">The rule's limit over all pages; null for none.</param>
    /// <param name="skip">Rows of earlier pages.</param>
    public void Limit(int? most, long skip)
    {
        if (most is { } limit && limit - skip < limits.Rows)
        {
            limits = limits with { Rows = (int)Math.Max(0, limit - skip) };
            Ruled = true;
        }
    }

    /// <summary>Forgets everything, for another attempt.</summary>
    public void Reset()
    {
        rows.Clear();
        text.Clear();
        (Rows, TextRows, CutCells, Truncated, textFull, Columns, head) = (0, 0, 0, false, false, [], 0);
    }

    public void Begin(IReadOnlyList<ResultColumn> columns)
    {
        Columns = columns;
        if (format != ResultFormat.Csv)
        {
            Head?.Invoke(rows, columns);
            head = rows.Length;
        }

        if (format == ResultFormat.Json)
        {
            return;
        }

        for (column = 0; column < columns.Count; column++)
        {
            var name = Encoding.UTF8.GetBytes(columns[column].Name);
            if (format == ResultFormat.Csv)
            {
                WriteCsv(name);
            }
            else
            {
                WriteCell(name);
            }
        }

        (format == ResultFormat.Csv ? rows : text).Write(format == ResultFormat.Csv ? "\r\n"u8 : "\n"u8);
    }

    /// <summary>Whether another row is wanted. The engine asks with a row in its hand, so a no means there was more.</summary>
    public bool BeginRow()
    {
        if (Rows >= limits.Rows || (Rows > 0 && BytesFull))
        {
            Truncated = true;
            return false;
        }

        column = 0;
        if (format != ResultFormat.Csv)
        {
            rows.Write(Rows == 0 ? "["u8 : ",["u8);
        }

        textFull = textFull || text.Length >= MaxTextBytes;
        return true;
    }

    public void EndRow()
    {
        Rows++;
        if (format == ResultFormat.Csv)
        {
            rows.Write("\r\n"u8);
            return;
        }

        rows.WriteByte((byte)']');
        if (format == ResultFormat.Table && !textFull)
        {
            text.WriteByte((byte)'\n');
            TextRows++;
        }
    }

    public void Null()
    {
        if (format == ResultFormat.Csv)
        {
            WriteCsv([]);
        }
        else
        {
            Json("null"u8, quoted: false);
            Cell("NULL"u8);
        }

        column++;
    }

    public void Boolean(bool value)
    {
        Number(value ? "true"u8 : "false"u8);
    }

    public void Integer(long value)
    {
        Span<byte> digits = stackalloc byte[24];
        Utf8Formatter.TryFormat(value, digits, out var length);
        Number(digits[..length], quoted: value is > MaxSafeInteger or < -MaxSafeInteger);
    }

    /// <summary>A number in the engine's own digits.</summary>
    /// <param name="digits">ASCII; <c>true</c> and <c>false</c> pass too.</param>
    /// <param name="quoted">Written as a string, because a reader would round it or JSON has no such number.</param>
    public void Number(ReadOnlySpan<byte> digits, bool quoted = false)
    {
        if (format == ResultFormat.Csv)
        {
            WriteCsv(digits);
        }
        else
        {
            Json(digits, quoted);
            Cell(digits);
        }

        column++;
    }

    /// <summary>A real number in the engine's digits: bare where JSON has it, else (infinite, not a number) as a string.</summary>
    public void Real(ReadOnlySpan<byte> digits)
    {
        var bare = digits.Length > 0 && (digits[0] is (byte)'-' ? digits.Length > 1 && digits[1] is >= (byte)'0' and <= (byte)'9' : digits[0] is >= (byte)'0' and <= (byte)'9');
        Number(digits, quoted: !bare);
    }

    public void String(ReadOnlySpan<byte> value)
    {
        if (value.Length > limits.CellBytes)
        {
            CutCells++;
            var kept = limits.CellBytes;
            while (kept > 0 && (value[kept] & 0xC0) == 0x80)
            {
                kept--;
            }

            value = Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(value[..kept])}… ({value.Length:N0} bytes in all)");
        }

        // An engine may hold bytes under the name of text; JSON may not.
        if (!Utf8.IsValid(value))
        {
            value = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value));
        }

        if (format == ResultFormat.Csv)
        {
            WriteCsv(value);
        }
        else
        {
            if (column > 0)
            {
                rows.WriteByte((byte)',');
            }

            WriteJsonString(rows, value);
            Cell(value);
        }

        column++;
    }

    /// <summary>Bytes, told by their digest and number.</summary>
    public void Blob(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(value, hash);
        String(Encoding.ASCII.GetBytes($"sha256:{Convert.ToHexStringLower(hash)} ({value.Length} bytes)"));
    }

    public void Dispose()
    {
        rows.Dispose();
        text.Dispose();
    }

    internal static void WriteJsonString(ByteBuffer target, ReadOnlySpan<byte> value)
    {
        target.WriteByte((byte)'"');
        int at;
        while ((at = value.IndexOfAny(JsonSpecial)) >= 0)
        {
            target.Write(value[..at]);
            var b = value[at];
            switch (b)
            {
                case (byte)'"': target.Write("\\\""u8); break;
                case (byte)'\\': target.Write("\\\\"u8); break;
                case (byte)'\n': target.Write("\\n"u8); break;
                case (byte)'\r': target.Write("\\r"u8); break;
                case (byte)'\t': target.Write("\\t"u8); break;
                default:
                    target.Write("\\u00"u8);
                    target.WriteByte((byte)(b < 16 ? '0' : '1'));
                    target.WriteByte((byte)"0123456789abcdef"[b & 15]);
                    break;
            }

            value = value[(at + 1)..];
        }

        target.Write(value);
        target.WriteByte((byte)'"');
    }

    private void Json(ReadOnlySpan<byte> value, bool quoted)
    {
        if (column > 0)
        {
            rows.WriteByte((byte)',');
        }

        if (quoted)
        {
            rows.WriteByte((byte)'"');
            rows.Write(value);
            rows.WriteByte((byte)'"');
        }
        else
        {
            rows.Write(value);
        }
    }

    private void Cell(ReadOnlySpan<byte> value)
    {
        if (format == ResultFormat.Table && !textFull)
        {
            WriteCell(value);
        }
    }

    private void WriteCell(ReadOnlySpan<byte> value)
    {
        if (column > 0)
        {
            text.Write(" | "u8);
        }

        var cut = value.Length > MaxTextCell;
        if (cut)
        {
            var kept = MaxTextCell;
            while (kept > 0 && (value[kept] & 0xC0) == 0x80)
            {
                kept--;
            }

            value = value[..kept];
        }

        // One row is one line, and a value never looks like two.
        int at;
        while ((at = value.IndexOfAny(LineSpecial)) >= 0)
        {
            text.Write(value[..at]);
            text.Write(value[at] == (byte)'|' ? "\\|"u8 : " "u8);
            value = value[(at + 1)..];
        }

        text.Write(value);
        if (cut)
        {
            text.Write("…"u8);
        }
    }

    private void WriteCsv(ReadOnlySpan<byte> value)
    {
        if (column > 0)
        {
            rows.WriteByte((byte)',');
        }

        if (!value.ContainsAny(CsvSpecial))
        {
            rows.Write(value);
            return;
        }

        rows.WriteByte((byte)'"');
        int at;
        while ((at = value.IndexOf((byte)'"')) >= 0)
        {
            rows.Write(value[..(at + 1)]);
            rows.WriteByte((byte)'"');
            value = value[(at + 1)..];
        }

        rows.Write(value);
        rows.WriteByte((byte)'"');
    }
}
