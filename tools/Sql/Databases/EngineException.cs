namespace Agent.Tools.Sql.Databases;

/// <summary>What an engine said went wrong, without anything of how it is reached.</summary>
internal sealed class EngineException : Exception
{
    public EngineException(string code, string message, int? position = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Position = position;
    }

    /// <summary>The engine's own code: an SQLSTATE (<c>42P01</c>) or a result code's name (<c>SQLITE_BUSY</c>).</summary>
    public string Code { get; }

    /// <summary>Where in the statement, in characters from 1; null where the engine does not say.</summary>
    public int? Position { get; }

    /// <summary>What the engine adds, or null.</summary>
    public string? Detail { get; init; }

    /// <summary>What the engine advises, or null.</summary>
    public string? Hint { get; init; }

    /// <summary>The connection is gone, and with it whatever was under way.</summary>
    public bool ConnectionLost { get; init; }
}
