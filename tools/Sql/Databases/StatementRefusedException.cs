namespace Agent.Tools.Sql.Databases;

/// <summary>A statement that may not run where it was to run.</summary>
internal sealed class StatementRefusedException(StatementFacts facts) : Exception(facts.Refusal)
{
    public StatementFacts Facts { get; } = facts;
}
