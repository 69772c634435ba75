using System.Text.Json;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Databases;

/// <summary>The values for the placeholders of a statement.</summary>
/// <param name="Positional">In order; empty where <paramref name="Named"/> is used.</param>
/// <param name="Named">By name, without the mark before it.</param>
internal sealed record StatementParameters(
    IReadOnlyList<JsonElement> Positional, IReadOnlyDictionary<string, JsonElement> Named)
{
    public static StatementParameters None { get; } = new([], new Dictionary<string, JsonElement>());

    public int Count => Positional.Count + Named.Count;
}

/// <summary>A read.</summary>
/// <param name="Statement">One statement.</param>
/// <param name="Parameters">Its values.</param>
/// <param name="Skip">Rows to pass over.</param>
/// <param name="TimeLimit">How long it may take.</param>
internal sealed record ReadRequest(string Statement, StatementParameters Parameters, long Skip, TimeSpan TimeLimit);

/// <summary>What one statement of an <c>execute</c> did, or would do.</summary>
/// <param name="Facts">What it is.</param>
/// <param name="RowsAffected">Rows it changed; null where the engine does not count them.</param>
internal sealed record StatementOutcome(StatementFacts Facts, long? RowsAffected);

/// <summary>The changes of one table, as far as they are shown.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Inserted">Rows that appear.</param>
/// <param name="Updated">Rows that change.</param>
/// <param name="Deleted">Rows that go.</param>
/// <param name="Rows">The first of them: a row before and after; either may be missing.</param>
internal sealed record TableChanges(
    string Table, IReadOnlyList<string> Columns, long Inserted, long Updated, long Deleted, IReadOnlyList<ChangedRow> Rows);

/// <summary>A row before and after.</summary>
/// <param name="Before">Its values as text, null for NULL; null for a new row.</param>
/// <param name="After">Its values as text; null for a row that goes.</param>
internal sealed record ChangedRow(IReadOnlyList<string?>? Before, IReadOnlyList<string?>? After);

/// <summary>What an <c>execute</c> would do, found in a transaction that was rolled back.</summary>
/// <param name="Outcomes">One for each statement that was tried.</param>
/// <param name="Changes">The changes by table.</param>
/// <param name="Untried">Why it, or a part of it, could not be tried; null where all was.</param>
internal sealed record ExecutePreview(
    IReadOnlyList<StatementOutcome> Outcomes, IReadOnlyList<TableChanges> Changes, string? Untried);

/// <summary>One database under a name. Safe for several calls at once.</summary>
internal interface IDatabase : IAsyncDisposable
{
    string Name { get; }

    /// <summary><c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    string Engine { get; }

    /// <summary>The operator's rules for it.</summary>
    ColumnRules Rules { get; }

    /// <summary>The engine's version; connects.</summary>
    ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken);

    /// <summary>Tables, columns, keys; kept for a short time.</summary>
    ValueTask<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>What a statement is, from the engine's own preparation. Nothing runs.</summary>
    ValueTask<StatementFacts> ClassifyAsync(string statement, CancellationToken cancellationToken);

    /// <summary>Runs one reading statement where nothing can be changed.</summary>
    ValueTask<StatementFacts> ReadAsync(ReadRequest request, ResultWriter rows, CancellationToken cancellationToken);

    /// <summary>How the engine would run a statement, as it prints it.</summary>
    ValueTask<string> ExplainAsync(ReadRequest request, bool analyze, CancellationToken cancellationToken);

    /// <summary>Runs statements in one transaction.</summary>
    ValueTask<IReadOnlyList<StatementOutcome>> ExecuteAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken);

    /// <summary>Runs statements in a transaction that is rolled back, and tells what changed in it.</summary>
    ValueTask<ExecutePreview> PreviewAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken);

    /// <summary>A name as the engine wants it in a statement.</summary>
    string Quote(string name);
}
