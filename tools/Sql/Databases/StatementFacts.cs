namespace Agent.Tools.Sql.Databases;

/// <summary>What a statement does, from the least to the most.</summary>
internal enum StatementClass
{
    /// <summary>Changes nothing.</summary>
    Read,

    /// <summary>Changes rows.</summary>
    Write,

    /// <summary>Changes tables, views, indexes or functions.</summary>
    Schema,

    /// <summary>Changes the server, its users, its sessions, or what a statement must not reach.</summary>
    Administration,
}

/// <summary>What a statement does and which tables it touches.</summary>
/// <param name="Class">What it does.</param>
/// <param name="Verb">Its first word, in capitals.</param>
/// <param name="Reads">The tables and views it reads, in order.</param>
/// <param name="Writes">The tables it changes, in order.</param>
internal sealed record StatementFacts(
    StatementClass Class, string Verb, IReadOnlyList<string> Reads, IReadOnlyList<string> Writes)
{
    /// <summary>Why it must not run at all; null where it may.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether it changes the rows of a table without a condition: all of them, or what a careless statement meant to spare.</summary>
    public bool EveryRow { get; init; }

    /// <summary>The word for the class in results and rules.</summary>
    public string ClassName => Class switch
    {
        StatementClass.Read => "read",
        StatementClass.Write => "write",
        StatementClass.Schema => "schema",
        _ => "administration",
    };
}
