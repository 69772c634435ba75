namespace Agent.Tools.Files.Tests.Roots;

public sealed class ConfinementTests : IDisposable
{
    private readonly FilesBench bench = new();

    public ConfinementTests()
    {
        File.WriteAllText(Path.Combine(bench.Home, "secret.txt"), "secret");
        bench.Write("inside.txt", "inside");
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("a/../../secret.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("/")]
    public async Task Path_LeadingOut_IsRefusedByEveryTool(string path)
    {
        Assert.Contains("outside the roots", await bench.Refusal("read_file", new { path }), StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("list_directory", new { path }), StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("search_text", new { pattern = "secret", path }), StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("write_file", new { path, content = "x" }), StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("delete_file", new { path }), StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("move_file", new { from = "inside.txt", to = path }), StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(bench.Home, "secret.txt")));
        Assert.True(File.Exists(bench.Full("inside.txt")));
    }

    [Fact]
    public async Task AbsolutePath_InsideTheRoot_IsUnderstood() =>
        Assert.Contains("inside", (await bench.Reply("read_file", new { path = bench.Full("inside.txt") })).TextContent, StringComparison.Ordinal);

    [Theory]
    [InlineData("．．/secret.txt")]
    [InlineData("..∕secret.txt")]
    [InlineData("%2e%2e/secret.txt")]
    [InlineData("..\\secret.txt")]
    public async Task LookAlike_IsAnOrdinaryName(string path) =>
        Assert.Contains("does not exist", await bench.Refusal("read_file", new { path }), StringComparison.Ordinal);

    [Fact]
    public async Task Link_IsNeverFollowed()
    {
        File.CreateSymbolicLink(bench.Full("file-link"), Path.Combine(bench.Home, "secret.txt"));
        Directory.CreateSymbolicLink(bench.Full("folder-link"), bench.Home);
        Assert.Contains("symbolic link", await bench.Refusal("read_file", new { path = "file-link" }), StringComparison.Ordinal);
        Assert.Contains("symbolic link", await bench.Refusal("read_file", new { path = "folder-link/secret.txt" }), StringComparison.Ordinal);
        Assert.Contains("symbolic link", await bench.Refusal("write_file", new { path = "folder-link/new.txt", content = "x" }), StringComparison.Ordinal);
        Assert.Contains("symbolic link", await bench.Refusal("list_directory", new { path = "folder-link" }), StringComparison.Ordinal);
        Assert.Empty(await bench.Lines(new { pattern = "secret" }));
        Assert.False(File.Exists(Path.Combine(bench.Home, "new.txt")));
    }

    [Fact]
    public async Task FifoAndDevice_AreRefusedAtOnce()
    {
        using (var process = System.Diagnostics.Process.Start("mkfifo", bench.Full("pipe")))
        {
            await process.WaitForExitAsync();
        }

        Assert.Contains("not a regular file", await bench.Refusal("read_file", new { path = "pipe" }), StringComparison.Ordinal);
        Assert.Single(await bench.Lines(new { pattern = "inside" }));
    }

    [Fact]
    public async Task Kernel_WindowsBeneathARoot_AreShut()
    {
        using var all = new FilesBenchAt("/");
        Assert.Contains("kernel", await all.Refusal("read_file", new { path = "/proc/version" }), StringComparison.Ordinal);
        Assert.Contains("kernel", await all.Refusal("list_directory", new { path = "sys/kernel" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateFolder_InsideARoot_IsNeitherSeenNorChanged()
    {
        using var own = new FilesBenchAt(bench.Home, Path.Combine(bench.Home, "state"));
        bench.Write("doomed.txt", "doomed");
        await bench.Reply("delete_file", new { path = "doomed.txt" });
        Assert.Empty(await own.Lines(new { pattern = "doomed" }));
        Assert.Empty(await own.Paths("find_files", new { pattern = "item", hidden = true, ignored = true }));
        Assert.DoesNotContain("state", await own.Paths("list_directory", new { }));
        var inside = Directory.GetFiles(Path.Combine(bench.Home, "state"), "item", SearchOption.AllDirectories).Single();
        Assert.Contains("keeps its state", await own.Refusal("read_file", new { path = inside }), StringComparison.Ordinal);
        Assert.Contains("keeps its state", await own.Refusal("search_text", new { pattern = "doomed", path = "state" }), StringComparison.Ordinal);
        Assert.Contains("keeps its state", await own.Refusal("list_directory", new { path = "state/trash" }), StringComparison.Ordinal);
        Assert.Contains("keeps its state", await own.Refusal("delete_file", new { path = "state", recursive = true }), StringComparison.Ordinal);
        Assert.Contains("keeps its state", await own.Refusal("write_file", new { path = "state/new.txt", content = "x" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrivateFolder_UnderAnotherName_IsNeitherSeenNorMoved()
    {
        bench.Write("a/secret/keys.txt", "needle");
        bench.Write("a/open.txt", "needle");
        Directory.CreateSymbolicLink(Path.Combine(bench.Home, "alias"), bench.Root);
        using var other = new FilesBenchAt(Path.Combine(bench.Home, "alias"), hidden: bench.Full("a/secret"));
        Assert.Equal(["a/open.txt:1:needle"], await other.Lines(new { pattern = "needle" }));
        Assert.Contains("keeps its state", await other.Refusal("read_file", new { path = "a/secret/keys.txt" }), StringComparison.Ordinal);
        Assert.Contains("keeps its state", await other.Refusal("move_file", new { from = "a", to = "b" }), StringComparison.Ordinal);
        Assert.Throws<Agent.Tools.Hosting.ToolException>(() => new FilesBenchAt(bench.Full("a/secret"), hidden: bench.Full("a")));
    }

    [Fact]
    public async Task Swapped_FolderForLink_WhileReading_NeverLeaksWhatIsOutside()
    {
        Directory.CreateDirectory(Path.Combine(bench.Home, "outside"));
        await File.WriteAllTextAsync(Path.Combine(bench.Home, "outside", "data.txt"), "secret");
        bench.Write("swap/data.txt", "inside");
        using var stop = new CancellationTokenSource();
        var racer = Task.Run(() =>
        {
            var folder = bench.Full("swap");
            var aside = bench.Full("aside");
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder, aside);
                while (!TryLink(folder, Path.Combine(bench.Home, "outside")))
                {
                    // The server made the missing folder again, as write_file does.
                    TryDelete(folder);
                }

                File.Delete(folder);
                while (!TryMove(aside, folder))
                {
                    TryDelete(folder);
                }
            }
        });

        var inside = 0;
        for (var i = 0; i < 2000; i++)
        {
            try
            {
                var text = (await bench.Reply("read_file", new { path = "swap/data.txt" })).TextContent;
                Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
                inside++;
            }
            catch (Agent.Tools.Hosting.ToolException)
            {
                // Refused because at that moment it was a link, or nothing.
            }

            try
            {
                await bench.Reply("write_file", new { path = "swap/new.txt", content = "x" });
            }
            catch (Agent.Tools.Hosting.ToolException)
            {
                // As above.
            }
        }

        await stop.CancelAsync();
        await racer;
        Assert.True(inside > 0);
        Assert.Equal(["data.txt"], Directory.GetFiles(Path.Combine(bench.Home, "outside")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Swapped_FileForLink_InEveryTool_NeverLeaksOrTouchesWhatIsOutside()
    {
        var outside = Path.Combine(bench.Home, "secret.txt");
        bench.Write("swap.txt", "inside");
        using var stop = new CancellationTokenSource();
        var racer = Task.Run(() =>
        {
            var name = bench.Full("swap.txt");
            var (file, link) = (Path.Combine(bench.Home, "file"), Path.Combine(bench.Home, "link"));
            while (!stop.IsCancellationRequested)
            {
                // Renamed over the name, so that at every moment something is there.
                File.WriteAllText(file, "inside");
                File.Move(file, name, overwrite: true);
                File.CreateSymbolicLink(link, outside);
                File.Move(link, name, overwrite: true);
            }
        });

        var done = 0;
        for (var i = 0; i < 300; i++)
        {
            (string Tool, object Arguments)[] calls =
            [
                ("read_file", new { path = "swap.txt" }),
                ("search_text", new { pattern = "e", context = 2 }),
                ("search_text", new { pattern = "e", path = "swap.txt" }),
            ];

            // These wait for the disk.
            (string Tool, object Arguments)[] changes =
            [
                ("edit_file", new { path = "swap.txt", edits = new[] { new { old_text = "inside", new_text = "inside again" } } }),
                ("write_file", new { path = "swap.txt", content = "written" }),
                ("move_file", new { from = "swap.txt", to = "moved.txt", overwrite = true }),
                ("delete_file", new { path = "moved.txt" }),
            ];
            foreach (var (tool, arguments) in i % 10 == 0 ? [.. calls, .. changes] : calls)
            {
                try
                {
                    Assert.DoesNotContain("secret", (await bench.Reply(tool, arguments)).TextContent, StringComparison.Ordinal);
                    done++;
                }
                catch (Agent.Tools.Hosting.ToolException)
                {
                    // Refused, because at that moment it was a link, another file, or nothing.
                }
            }
        }

        await stop.CancelAsync();
        await racer;
        Assert.True(done > 0);
        Assert.Equal("secret", await File.ReadAllTextAsync(outside));
    }

    private static bool TryLink(string link, string target)
    {
        try
        {
            Directory.CreateSymbolicLink(link, target);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Written to in this moment; tried again.
        }
    }

    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Root_RemovedMeanwhile_IsSaidToBe()
    {
        using var other = new FilesBench();
        Directory.Delete(other.Root);
        Assert.Contains("was removed", await other.Refusal("search_text", new { pattern = "x" }), StringComparison.Ordinal);
        Assert.Contains("was removed", await other.Refusal("list_directory", new { }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_ThroughAFile_OrAsAnAddress_IsUnderstood()
    {
        Assert.Contains("'inside.txt' is a file", await bench.Refusal("read_file", new { path = "inside.txt/x" }), StringComparison.Ordinal);
        Assert.Contains("inside", (await bench.Reply("read_file", new { path = new Uri(bench.Full("inside.txt")).AbsoluteUri })).TextContent, StringComparison.Ordinal);
        Assert.Contains("outside the roots", await bench.Refusal("read_file", new { path = "file:///etc/passwd" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralRoots_AreNamedInPaths()
    {
        using var two = new FilesBench("one", "two");
        await File.WriteAllTextAsync(Path.Combine(two.Roots[1], "a.txt"), "needle");
        Assert.Equal(["two/a.txt:1:needle"], await two.Lines(new { pattern = "needle" }));
        Assert.Contains("needle", (await two.Reply("read_file", new { path = "two/a.txt" })).TextContent, StringComparison.Ordinal);
        Assert.Contains("one, two", await two.Refusal("read_file", new { path = "three/a.txt" }), StringComparison.Ordinal);
    }
}
