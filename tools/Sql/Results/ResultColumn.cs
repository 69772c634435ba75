namespace Agent.Tools.Sql.Results;

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name; not always unique.</param>
/// <param name="Type">The engine's name of its type; empty where it has none.</param>
internal sealed record ResultColumn(string Name, string Type);

/// <summary>How much of a result is taken.</summary>
/// <param name="Rows">Rows at most.</param>
/// <param name="Bytes">Bytes of rendered rows at most; the row that passes it is the last.</param>
/// <param name="CellBytes">Bytes of one value at most; what is longer is cut, and the cut is shown.</param>
internal sealed record ResultLimits(int Rows, long Bytes, int CellBytes);

/// <summary>The form of the rows.</summary>
internal enum ResultFormat
{
    /// <summary>Rows as JSON arrays, and a table of text beside it.</summary>
    Table,

    /// <summary>Rows as JSON arrays alone.</summary>
    Json,

    /// <summary>RFC 4180 text alone.</summary>
    Csv,
}
