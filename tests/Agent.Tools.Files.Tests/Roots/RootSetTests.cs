using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Tests.Roots;

public sealed class RootSetTests : IDisposable
{
    private readonly FilesBench bench = new("one", "two");

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Intersect_ClientFolders_AreNeverMoreThanTheRoots()
    {
        var roots = RootSet.Open(bench.Roots, [], followLinks: false);
        Directory.CreateDirectory(Path.Combine(bench.Roots[0], "sub"));
        Assert.Equal(["one", "two"], Scopes(roots.Intersect([bench.Home])));
        Assert.Equal(["one", "two"], Scopes(roots.Intersect(["/"])));
        Assert.Equal(["one/sub"], Scopes(roots.Intersect([Path.Combine(bench.Roots[0], "sub") + "/"])));
        Assert.Equal(["two"], Scopes(roots.Intersect([bench.Roots[1], Path.Combine(bench.Roots[1], "deeper")])));
        Assert.Empty(Scopes(roots.Intersect([bench.Roots[0] + "-other", "/etc"])));
    }

    [Fact]
    public void Resolve_OutsideTheIntersection_IsRefused()
    {
        var roots = RootSet.Open(bench.Roots, [], followLinks: false).Intersect([Path.Combine(bench.Roots[0], "sub")]);
        Assert.Equal("one/sub/a.txt", roots.Resolve("one/sub/a.txt").Shown);
        Assert.Throws<Agent.Tools.Hosting.ToolException>(() => roots.Resolve("one/a.txt"));
        Assert.Throws<Agent.Tools.Hosting.ToolException>(() => roots.Resolve("two/a.txt"));
        Assert.Equal(["one/sub"], roots.ResolveMany("one").Select(place => place.Shown));
    }

    private static IEnumerable<string> Scopes(RootSet roots) => roots.Scopes.Select(scope => scope.Shown);
}
