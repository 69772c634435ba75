using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>A test that needs Chinook: skipped where it is missing, except in CI, where it then fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChinookFactAttribute : FactAttribute
{
    public ChinookFactAttribute() => Skip = Chinook.Skip;
}
