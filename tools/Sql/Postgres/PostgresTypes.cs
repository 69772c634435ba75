using System.Collections.Frozen;

namespace Agent.Tools.Sql.Postgres;

/// <summary>The built-in types (pg_type.dat), as far as they are named in results or written otherwise than as text.</summary>
internal static class PostgresTypes
{
    public const uint Boolean = 16;
    public const uint Bytes = 17;
    public const uint BigInt = 20;
    public const uint SmallInt = 21;
    public const uint Integer = 23;
    public const uint Oid = 26;
    public const uint Real = 700;
    public const uint Double = 701;
    public const uint Timestamp = 1114;
    public const uint TimestampZone = 1184;
    public const uint Numeric = 1700;

    private static readonly FrozenDictionary<uint, string> Names = new Dictionary<uint, string>
    {
        [Boolean] = "boolean", [Bytes] = "bytea", [18] = "\"char\"", [19] = "name", [BigInt] = "bigint", [SmallInt] = "smallint",
        [Integer] = "integer", [24] = "regproc", [25] = "text", [Oid] = "oid", [28] = "xid", [114] = "json", [142] = "xml",
        [600] = "point", [Real] = "real", [Double] = "double precision", [705] = "text", [790] = "money", [829] = "macaddr", [869] = "inet",
        [650] = "cidr", [1042] = "character", [1043] = "character varying", [1082] = "date", [1083] = "time", [Timestamp] = "timestamp",
        [TimestampZone] = "timestamp with time zone", [1186] = "interval", [1266] = "time with time zone", [1560] = "bit",
        [1562] = "bit varying", [Numeric] = "numeric", [2205] = "regclass", [2249] = "record", [2278] = "void", [2950] = "uuid",
        [3614] = "tsvector", [3615] = "tsquery", [3802] = "jsonb", [3904] = "int4range", [3906] = "numrange", [3908] = "tsrange",
        [3910] = "tstzrange", [3912] = "daterange", [3926] = "int8range", [1000] = "boolean[]", [1005] = "smallint[]", [1007] = "integer[]",
        [1009] = "text[]", [1015] = "character varying[]", [1016] = "bigint[]", [1021] = "real[]", [1022] = "double precision[]",
        [1115] = "timestamp[]", [1182] = "date[]", [1185] = "timestamp with time zone[]", [1231] = "numeric[]", [2951] = "uuid[]",
        [199] = "json[]", [3807] = "jsonb[]",
    }.ToFrozenDictionary();

    public static bool IsJson(uint type) => type is 114 or 3802;

    /// <summary>The name of a type; empty where it is none of the built-in ones.</summary>
    public static string Name(uint type, int modifier)
    {
        var name = Names.GetValueOrDefault(type, string.Empty);
        return type switch
        {
            Numeric when modifier >= 4 => $"numeric({(modifier - 4) >> 16},{(modifier - 4) & 0x7FF})",
            1042 or 1043 when modifier > 4 => $"{name}({modifier - 4})",
            _ => name,
        };
    }
}
