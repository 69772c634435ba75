using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>A test that needs Chinook: skipped where it is missing, except in CI, where it then fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChinookFactAttribute : FactAttribute
{
    public ChinookFactAttribute()
    {
        if (Chinook.Path is null && Environment.GetEnvironmentVariable("CI") is not "true")
        {
            Skip = "../shared/data/chinook is missing";
        }
    }
}
