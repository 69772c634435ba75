using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What the server's own analysis says of a statement.</summary>
/// <param name="Facts">Its class, tables, and why it is refused, if it is.</param>
/// <param name="ColumnRules">The rule of each column of its result; null where no rule touches it.</param>
/// <param name="Functions">The functions that it calls, by oid.</param>
/// <param name="At">When it was made; views and functions may change.</param>
internal sealed record StatementAnalysis(
    StatementFacts Facts, IReadOnlyList<ColumnRule>? ColumnRules, IReadOnlySet<uint> Functions, long At);
