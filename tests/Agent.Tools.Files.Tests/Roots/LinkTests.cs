using System.Diagnostics;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Tests.Roots;

/// <summary>Links, where the operator has them followed.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly FilesBench home = new();
    private readonly FilesBench bench;

    public LinkTests()
    {
        File.WriteAllText(Path.Combine(home.Home, "secret.txt"), "secret");
        home.Write("real/a.txt", "needle");
        home.Write("real/deep/b.txt", "needle");
        bench = new FilesBenchAt(home.Root, followLinks: true);
    }

    public void Dispose()
    {
        bench.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task Links_WithinTheRoot_AreFollowedUnderTheirOwnPath()
    {
        Link("file", "real/a.txt");
        Link("folder", home.Full("real"));
        Link("real/deep/up.txt", "../a.txt");
        Assert.Contains("needle", (await bench.Reply("read_file", new { path = "file" })).TextContent, StringComparison.Ordinal);
        Assert.Contains("needle", (await bench.Reply("read_file", new { path = "folder/deep/up.txt" })).TextContent, StringComparison.Ordinal);
        string[] expected = ["file", "folder/a.txt", "folder/deep/b.txt", "folder/deep/up.txt", "real/a.txt", "real/deep/b.txt", "real/deep/up.txt"];
        Assert.Equal(expected.Select(path => path + ":1:needle"), await bench.Lines(new { pattern = "needle" }));
        Assert.Equal(expected, await bench.Paths("find_files", new { }));
        Assert.Equal(["folder/deep/b.txt:1:needle", "folder/deep/up.txt:1:needle"], await bench.Lines(new { pattern = "needle", include = "folder/deep/**" }));
        Assert.Equal(["folder/deep/b.txt", "folder/deep/up.txt"], await bench.Paths("find_files", new { path = "folder/deep" }));
        Assert.Contains("file", await bench.Paths("list_directory", new { }));
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("real/../../secret.txt")]
    [InlineData("/proc/self/root/etc/passwd")]
    [InlineData("missing/../../secret.txt")]
    public async Task Link_OutOfTheRoots_IsRefusedAndNotSearched(string target)
    {
        Link("out", target);
        Assert.DoesNotContain("secret", await RefusalOrText("read_file", new { path = "out" }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolException>(() => bench.Reply("read_file", new { path = "out" }));
        await Assert.ThrowsAsync<ToolException>(() => bench.Reply("write_file", new { path = "out", content = "x" }));
        Assert.Empty(await bench.Lines(new { pattern = "secret" }));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(home.Home, "secret.txt")));
    }

    [Fact]
    public async Task Links_InACircle_End()
    {
        Link("real/self", ".");
        Link("real/deep/top", "../..");
        Link("one", "two");
        Link("two", "one");
        Assert.Equal(
            ["real/a.txt", "real/deep/b.txt"],
            (await bench.Paths("find_files", new { })).Where(path => path.StartsWith("real/", StringComparison.Ordinal) && !path.Contains("top", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<ToolException>(() => bench.Reply("read_file", new { path = "one" }));
    }

    [Fact]
    public async Task Change_ThroughALink_ChangesWhatItLeadsTo()
    {
        Link("file", "real/a.txt");
        await bench.Reply("read_file", new { path = "file" });
        await bench.Reply("edit_file", new { path = "file", edits = new[] { new { old_text = "needle", new_text = "pin" } } });
        Assert.Equal("pin", home.Read("real/a.txt"));
        Assert.Equal("real/a.txt", new FileInfo(home.Full("file")).LinkTarget);
        await bench.Reply("delete_file", new { path = "file" });
        Assert.False(Path.Exists(home.Full("file")));
        Assert.Equal("pin", home.Read("real/a.txt"));
        await bench.Reply("restore_file", new { path = "file" });
        Assert.Equal("real/a.txt", new FileInfo(home.Full("file")).LinkTarget);
    }

    [Fact]
    public async Task Link_IntoAnotherRoot_IsFollowed()
    {
        using var two = new FilesBench("one", "two");
        await File.WriteAllTextAsync(Path.Combine(two.Roots[1], "a.txt"), "needle");
        File.CreateSymbolicLink(Path.Combine(two.Roots[0], "link"), Path.Combine(two.Roots[1], "a.txt"));
        Assert.Contains("symbolic link", await two.Refusal("read_file", new { path = "one/link" }), StringComparison.Ordinal);
        var roots = Agent.Tools.Files.Roots.RootSet.Open(two.Roots, [], followLinks: true);
        Assert.Equal(("two", "a.txt", "one/link"), (roots.Resolve("one/link").Root.Name, roots.Resolve("one/link").Relative, roots.Resolve("one/link").Shown));

        // What the client has not declared is no place for a link to lead to.
        var narrower = roots.Intersect([two.Roots[0]]);
        Assert.Throws<ToolException>(() => narrower.Resolve("one/link"));
    }

    [Fact]
    public async Task Search_WithLinks_FindsWhatRipgrepFinds()
    {
        if (!Searching.RipgrepParityTests.HasRipgrep())
        {
            return;
        }

        Link("folder", "real");
        Link("real/deep/loop", "..");
        Link("file", "real/deep/b.txt");
        Link("broken", "nowhere");
        home.Write(".ignore", "folder/deep\n");
        var start = new ProcessStartInfo("rg", ["--no-config", "-L", "-n", "--no-heading", "--no-messages", "needle", "."]) { WorkingDirectory = home.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var expected = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[2..]).Order(StringComparer.Ordinal);
        Assert.Equal(expected, (await bench.Lines(new { pattern = "needle" })).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Swapped_LinkTarget_WhileFollowing_NeverLeaks()
    {
        Link("swap", "real/a.txt");
        using var stop = new CancellationTokenSource();
        var racer = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var next = Path.Combine(home.Home, "next");
                File.CreateSymbolicLink(next, i % 2 == 0 ? Path.Combine(home.Home, "secret.txt") : "real/a.txt");
                File.Move(next, home.Full("swap"), overwrite: true);
            }
        });

        for (var i = 0; i < 1000; i++)
        {
            Assert.DoesNotContain("secret\n", await RefusalOrText("read_file", new { path = "swap" }), StringComparison.Ordinal);
            Assert.DoesNotContain("secret", string.Concat(await bench.Lines(new { pattern = "e" })), StringComparison.Ordinal);
        }

        await stop.CancelAsync();
        await racer;
    }

    private void Link(string path, string target) => File.CreateSymbolicLink(home.Full(path), target);

    private async Task<string> RefusalOrText(string tool, object arguments)
    {
        try
        {
            return (await bench.Reply(tool, arguments)).TextContent;
        }
        catch (ToolException e)
        {
            return e.Message;
        }
    }
}
