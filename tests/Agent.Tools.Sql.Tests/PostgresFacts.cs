namespace Agent.Tools.Sql.Tests;

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresCluster>
{
    public const string Name = "postgres";
}

/// <summary>A test that needs PostgreSQL; skipped, and said so, where it is missing outside CI.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!TestData.IsCi)
        {
            Skip = PostgresCluster.Missing;
        }
    }
}

/// <summary>The same with data.</summary>
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute()
    {
        if (!TestData.IsCi)
        {
            Skip = PostgresCluster.Missing;
        }
    }
}
