using System.Diagnostics;

namespace Agent.Tools.Files.Tests.Roots;

/// <summary>Names that cannot be shown as they are must still be good to go on with.</summary>
public sealed class ShownNamesTests : IDisposable
{
    private readonly FilesBench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("a\nb.txt:1:forged")]
    [InlineData("tab\there.txt")]
    [InlineData("back\\slash.txt")]
    [InlineData("turned\u202Etxt.exe")]
    public async Task Name_AsShown_LeadsToTheFile(string name)
    {
        bench.Write("d/" + name, "needle");
        var shown = Assert.Single(await bench.Paths("find_files", new { }));
        Assert.DoesNotContain('\n', shown);
        foreach (var path in new[] { shown, "d/" + name })
        {
            Assert.Contains("needle", (await bench.Reply("read_file", new { path })).TextContent, StringComparison.Ordinal);
            Assert.Single(await bench.Lines(new { pattern = "needle", path }));
        }

        await bench.Reply("delete_file", new { path = shown });
        Assert.Empty(Directory.GetFiles(bench.Full("d")));
    }

    [Fact]
    public async Task Name_ThatTwoFilesAreShownBy_MeansTheOneThatBearsIt()
    {
        bench.Write("a\nb.txt", "line break");
        bench.Write("a\\nb.txt", "backslash");
        Assert.Contains("backslash", (await bench.Reply("read_file", new { path = "a\\nb.txt" })).TextContent, StringComparison.Ordinal);
        Assert.Contains("line break", (await bench.Reply("read_file", new { path = "a\nb.txt" })).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_ThatAreNoUtf8_ArePagedThroughAndRead()
    {
        await PythonAsync($"for n in (b'a\\x80', b'a\\xfe', b'b'): open(os.path.join(b'{bench.Root}', n), 'wb').write(b'needle\\nneedle\\n')");
        var seen = 0;
        string? cursor = null;
        do
        {
            var page = await bench.Call("search_text", new { pattern = "needle", limit = 1, cursor });
            seen += page.GetProperty("matches").GetArrayLength();
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        // .NET cannot name them.
        await PythonAsync($"for n in os.listdir(b'{bench.Root}'): os.unlink(os.path.join(b'{bench.Root}', n))");
        Assert.Equal(6, seen);
    }

    private static async Task PythonAsync(string line)
    {
        using var process = Process.Start("python3", ["-c", "import os\n" + line]);
        await process.WaitForExitAsync();
    }
}
