using System.Text;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Writes the rows of a statement, straight from the messages they came in.</summary>
internal sealed class PostgresRowWriter
{
    private readonly uint[] types;
    private readonly IReadOnlyList<ColumnRule>? rules;

    public PostgresRowWriter(PostgresStatement statement)
    {
        types = statement.Types;
        rules = statement.Analysis.ColumnRules;
        Columns = rules is null
            ? statement.Columns
            : [.. statement.Columns.Where((_, i) => rules[i] != ColumnRule.Hide)];
    }

    /// <summary>The columns that are shown.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; }

    /// <summary>Writes a DataRow.</summary>
    /// <returns>Whether more are wanted.</returns>
    public bool Write(ReadOnlySpan<byte> body, ResultWriter rows)
    {
        if (!rows.BeginRow())
        {
            return false;
        }

        var data = new PostgresBody(body);
        var count = data.Short();
        for (var i = 0; i < count; i++)
        {
            var length = data.Int();
            var value = length < 0 ? default : data.Bytes(length);
            var rule = rules?[i] ?? ColumnRule.None;
            if (rule == ColumnRule.Hide)
            {
                continue;
            }

            if (length < 0)
            {
                rows.Null();
            }
            else if (rule == ColumnRule.Mask)
            {
                rows.String(Encoding.UTF8.GetBytes(ValueMask.Apply(Encoding.UTF8.GetString(value))));
            }
            else
            {
                WriteValue(types[i], value, rows);
            }
        }

        rows.EndRow();
        return true;
    }

    private static void WriteValue(uint type, ReadOnlySpan<byte> value, ResultWriter rows)
    {
        switch (type)
        {
            case PostgresTypes.Integer or PostgresTypes.SmallInt or PostgresTypes.Oid:
                rows.Number(value);
                break;
            case PostgresTypes.BigInt:
                // Up to fifteen digits every reader of JSON keeps; the few between are not worth telling apart.
                rows.Number(value, quoted: value.Length > (value[0] == (byte)'-' ? 16 : 15));
                break;
            case PostgresTypes.Boolean:
                rows.Boolean(value[0] == (byte)'t');
                break;
            case PostgresTypes.Real or PostgresTypes.Double:
                rows.Real(value);
                break;
            case PostgresTypes.Numeric:
                rows.Number(value, quoted: true);
                break;
            case PostgresTypes.Bytes:
                rows.Blob(Convert.FromHexString(Encoding.ASCII.GetString(value[2..])));
                break;
            case PostgresTypes.Timestamp or PostgresTypes.TimestampZone:
                WriteTime(value, rows);
                break;
            default:
                rows.String(value);
                break;
        }
    }

    // 2024-05-01 12:00:00+02 is ISO 8601 but for a T and the minutes of its offset.
    private static void WriteTime(ReadOnlySpan<byte> value, ResultWriter rows)
    {
        var space = value.IndexOf((byte)' ');
        if (space < 0 || value.Length > 40 || value.EndsWith("BC"u8))
        {
            rows.String(value);
            return;
        }

        Span<byte> text = stackalloc byte[48];
        value.CopyTo(text);
        text[space] = (byte)'T';
        var length = value.Length;
        if (length > 3 && value[length - 3] is (byte)'+' or (byte)'-')
        {
            ":00"u8.CopyTo(text[length..]);
            length += 3;
        }

        rows.String(text[..length]);
    }
}
