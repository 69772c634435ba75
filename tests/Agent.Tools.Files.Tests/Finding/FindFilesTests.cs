namespace Agent.Tools.Files.Tests.Finding;

public sealed class FindFilesTests : IDisposable
{
    private readonly FilesBench bench = new();

    public FindFilesTests()
    {
        bench.Write("src/Program.cs", "class Program;");
        bench.Write("src/Tools/ToolPipeline.cs", "x");
        bench.Write("src/Tools/ToolPipelineTests.cs", new string('x', 5000));
        bench.Write("readme.md", "x");
        bench.Write(".env", "x");
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("*.cs", new[] { "src/Program.cs", "src/Tools/ToolPipeline.cs", "src/Tools/ToolPipelineTests.cs" })]
    [InlineData("src/*.cs", new[] { "src/Program.cs" })]
    [InlineData("**/Tool*.cs", new[] { "src/Tools/ToolPipeline.cs", "src/Tools/ToolPipelineTests.cs" })]
    [InlineData("*.{md,txt}", new[] { "readme.md" })]
    public async Task Find_Glob_GivesPathsInOrder(string pattern, string[] expected) =>
        Assert.Equal(expected, await bench.Paths("find_files", new { pattern }));

    [Fact]
    public async Task Find_Fuzzy_PutsTheBestFirst() =>
        Assert.Equal("src/Tools/ToolPipeline.cs", (await bench.Paths("find_files", new { pattern = "toolpipe", fuzzy = true }))[0]);

    [Fact]
    public async Task Find_BySizeAndType()
    {
        Assert.Equal(["src/Tools/ToolPipelineTests.cs"], await bench.Paths("find_files", new { min_size = 1000 }));
        Assert.Equal(["src", "src/Tools"], await bench.Paths("find_files", new { type = "folder" }));
        Assert.Contains(".env", await bench.Paths("find_files", new { hidden = true }));
    }

    [Fact]
    public async Task Find_ByAge()
    {
        File.SetLastWriteTimeUtc(bench.Full("readme.md"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(["readme.md"], await bench.Paths("find_files", new { modified_before = "2002-01-01" }));
        Assert.DoesNotContain("readme.md", await bench.Paths("find_files", new { modified_after = "7d" }));
    }

    [Fact]
    public async Task Find_Cursor_GivesEachOnce()
    {
        var first = await bench.Call("find_files", new { pattern = "*.cs", limit = 2 });
        Assert.Equal(3, first.GetProperty("total").GetInt32());
        var rest = await bench.Paths("find_files", new { pattern = "*.cs", limit = 2, cursor = first.GetProperty("next_cursor").GetString() });
        Assert.Equal(["src/Tools/ToolPipelineTests.cs"], rest);
    }

    [Fact]
    public async Task List_Tree_HasSizesAndCounts()
    {
        var reply = await bench.Reply("list_directory", new { depth = 2, totals = true, hidden = false });
        Assert.Equal("readme.md  1 B\nsrc/  3 files, 5 kB\n  Program.cs  14 B\n  Tools/  2 files, 5 kB\n", reply.TextContent);
    }
}
