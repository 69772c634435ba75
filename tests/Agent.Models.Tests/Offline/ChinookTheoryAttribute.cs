using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>As <see cref="ChinookFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChinookTheoryAttribute : TheoryAttribute
{
    public ChinookTheoryAttribute() => Skip = Chinook.Skip;
}
