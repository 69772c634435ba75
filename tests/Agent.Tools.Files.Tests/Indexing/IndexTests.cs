using FsCheck.Xunit;

namespace Agent.Tools.Files.Tests.Indexing;

public sealed class IndexTests : IDisposable
{
    private static readonly string[] Words = ["alpha", "beta", "Gamma", "delta", "needle", "return", "naïve", "x", "\r", "\0", "epsilonEpsilon"];

    private static readonly object[] Queries =
    [
        new { pattern = "needle", hidden = true, ignored = true },
        new { pattern = "NEEDLE", ignore_case = true },
        new { pattern = "absent-altogether" },
        new { pattern = "(alpha|epsilonEps).*delta", regex = true },
        new { pattern = "gamma", ignore_case = true, path = "d1" },
        new { pattern = "naïve", exclude = "*.md", max_depth = 2 },
    ];

    private readonly FilesBench files = new();

    public void Dispose() => files.Dispose();

    [Property(MaxTest = 12)]
    public bool Search_WhileFilesChange_EqualsThatOfAScan(int seed)
    {
        var random = new Random(seed);
        using var tree = new FilesBench();
        for (var i = 0; i < 40; i++)
        {
            Change(tree, random);
        }

        using var indexed = new FilesBenchAt(tree.Root, tree.State, "on");
        indexed.Call("index_status", new { wait = true }).GetAwaiter().GetResult();
        for (var round = 0; round < 12; round++)
        {
            for (var i = random.Next(4); i >= 0; i--)
            {
                Change(tree, random);
            }

            foreach (var query in Queries)
            {
                Assert.Equal(LinesOrRefusal(tree, query), LinesOrRefusal(indexed, query));
            }
        }

        return true;
    }

    [Fact]
    public async Task Index_OfAnEarlierProcess_IsUsedAndKnowsWhatChangedSince()
    {
        files.Write("a.txt", "needle");
        files.Write("b.txt", "nothing");
        files.Write("c.txt", "needle");
        using (var first = new FilesBenchAt(files.Root, files.State, "on"))
        {
            Assert.Equal("ready", await StateOf(first));
        }

        files.Write("b.txt", "needle too");
        File.Delete(files.Full("c.txt"));
        files.Write("d/e.txt", "needle");
        using var second = new FilesBenchAt(files.Root, files.State, "auto");
        Assert.Equal("ready", await StateOf(second));
        Assert.Equal(["a.txt:1:needle", "b.txt:1:needle too", "d/e.txt:1:needle"], await second.Lines(new { pattern = "needle" }));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.999)]
    public async Task Index_FileCutOrDamaged_IsBuiltAgain(double where)
    {
        files.Write("a.txt", "needle");
        using (var first = new FilesBenchAt(files.Root, files.State, "on"))
        {
            await StateOf(first);
        }

        var path = Assert.Single(Directory.GetFiles(Path.Combine(files.State, "index")));
        using (var stream = new FileStream(path, FileMode.Open))
        {
            stream.Position = (long)(stream.Length * where);
            var value = stream.ReadByte();
            stream.Position--;
            stream.WriteByte((byte)(value ^ 0x55));
        }

        using var second = new FilesBenchAt(files.Root, files.State, "on");
        Assert.Equal("ready", await StateOf(second));
        Assert.Equal(["a.txt:1:needle"], await second.Lines(new { pattern = "needle" }));
    }

    [Fact]
    public async Task Index_FileWithTwoNames_IsAlwaysLookedAt()
    {
        files.Write("a.txt", "nothing");
        using (var process = System.Diagnostics.Process.Start("ln", [files.Full("a.txt"), Path.Combine(files.Home, "other-name")]))
        {
            await process.WaitForExitAsync();
        }

        using var indexed = new FilesBenchAt(files.Root, files.State, "on");
        Assert.Equal("ready", await StateOf(indexed));
        await File.WriteAllTextAsync(Path.Combine(files.Home, "other-name"), "needle");
        Assert.Equal(["a.txt:1:needle"], await indexed.Lines(new { pattern = "needle" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Search_WhileAnotherThreadChangesFiles_NeverMissesWhatStands(int seed)
    {
        // Half the files stand still, the others change all the time: while the index is built, while it is checked, and while it is asked.
        for (var i = 0; i < 60; i++)
        {
            files.Write($"still/d{i % 5}/{i}.txt", i % 3 == 0 ? "has the needle" : "has none");
        }

        var expected = await files.Lines(new { pattern = "needle", path = "still", ignored = true });
        using var stop = new CancellationTokenSource();
        var changing = Task.Run(() =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                Change(files, random);
            }
        });
        for (var start = 0; start < 2; start++)
        {
            using var indexed = new FilesBenchAt(files.Root, files.State, "on");
            Assert.Equal("ready", await StateOf(indexed));
            for (var i = 0; i < 60; i++)
            {
                Assert.Equal(expected, (await indexed.Lines(new { pattern = "needle", ignored = true, limit = 5000 })).Where(line => line.StartsWith("still/", StringComparison.Ordinal)));
            }

            if (start == 1)
            {
                await stop.CancelAsync();
                await changing;
                foreach (var query in Queries)
                {
                    Assert.Equal(LinesOrRefusal(files, query), LinesOrRefusal(indexed, query));
                }
            }
        }
    }

    [Property(MaxTest = 6)]
    public bool Search_WithoutAWatch_EqualsThatOfAScan(int seed)
    {
        var random = new Random(seed);
        using var tree = new FilesBench();
        for (var i = 0; i < 40; i++)
        {
            Change(tree, random);
        }

        using var indexed = new FilesBenchAt(tree.Root, tree.State, "on", watch: false);
        indexed.Call("index_status", new { wait = true }).GetAwaiter().GetResult();
        for (var round = 0; round < 8; round++)
        {
            Change(tree, random);
            foreach (var query in Queries)
            {
                Assert.Equal(LinesOrRefusal(tree, query), LinesOrRefusal(indexed, query));
            }
        }

        return true;
    }

    [Property(MaxTest = 20)]
    public bool Search_TextsAcrossTheEndsOfBlocks_AreFound(int seed)
    {
        var random = new Random(seed);
        using var tree = new FilesBench();
        var needles = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            // About as long as one, two or very many blocks, and as the buffer that files pass through.
            var text = new System.Text.StringBuilder();
            var length = random.Next(4) switch { 0 => random.Next(2000), 1 => 14_336, 2 => 40_000, _ => 262_144 } + random.Next(200);
            while (text.Length < length)
            {
                text.Append("word").Append(random.Next(1000)).Append(random.Next(9) == 0 ? '\n' : ' ');
            }

            foreach (var place in new[] { 0, 14_336, 28_672, 262_144, text.Length, random.Next(text.Length) })
            {
                var needle = $"Needle-{needles.Count}-{new string((char)('a' + (needles.Count % 26)), random.Next(1, 120))}";
                text.Insert(Math.Clamp(place - random.Next(needle.Length + 1), 0, text.Length), needle);
                needles.Add(needle);
            }

            tree.Write($"{i}.txt", text.ToString());
        }

        using var indexed = new FilesBenchAt(tree.Root, tree.State, "on");
        indexed.Call("index_status", new { wait = true }).GetAwaiter().GetResult();
        foreach (var needle in needles)
        {
            var query = new { pattern = needle, output = "counts", ignore_case = true };
            Assert.Equal(tree.Call("search_text", query).GetAwaiter().GetResult().GetRawText(), indexed.Call("search_text", query).GetAwaiter().GetResult().GetRawText());
        }

        return true;
    }

    [Fact]
    public async Task Index_TwoServersWithOneState_BothGetReady()
    {
        for (var i = 0; i < 200; i++)
        {
            files.Write($"{i}.txt", new string('x', 20_000) + (i == 7 ? "needle" : string.Empty));
        }

        var servers = Enumerable.Range(0, 3).Select(_ => new FilesBenchAt(files.Root, files.State, "on")).ToList();
        foreach (var server in servers)
        {
            Assert.Equal("ready", await StateOf(server));
            Assert.Single(await server.Lines(new { pattern = "needle" }));
        }

        servers.ForEach(server => server.Dispose());
        Assert.Single(Directory.GetFiles(Path.Combine(files.State, "index")));
    }

    [Fact]
    public async Task Index_Size_IsAFractionOfTheText()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            files.Write($"d{i % 7}/{i}.txt", string.Join(' ', Enumerable.Range(0, 4000).Select(_ => random.Next(5000).ToString("x", null))));
        }

        using var indexed = new FilesBenchAt(files.Root, files.State, "on");
        Assert.Equal("ready", await StateOf(indexed));
        var index = (await indexed.Call("index_status", new { })).GetProperty("indexes")[0];
        Assert.InRange(index.GetProperty("index_bytes").GetInt64() / (double)index.GetProperty("text_bytes").GetInt64(), 0.01, 0.35);
    }

    private static string[] LinesOrRefusal(FilesBench bench, object query)
    {
        try
        {
            return bench.Lines(query).GetAwaiter().GetResult();
        }
        catch (Agent.Tools.Hosting.ToolException e)
        {
            return [e.Message];
        }
    }

    private static async Task<string?> StateOf(FilesBench bench) =>
        (await bench.Call("index_status", new { wait = true })).GetProperty("indexes")[0].GetProperty("state").GetString();

    private static void Change(FilesBench tree, Random random)
    {
        var folder = random.Next(5) switch { 0 => "", 1 => "d1/", 2 => "d1/d2/", 3 => ".h/", _ => $"d{random.Next(3, 6)}/" };
        var path = folder + random.Next(6) + (random.Next(2) == 0 ? ".txt" : ".md");
        switch (random.Next(12))
        {
            case 0 when File.Exists(tree.Full(path)):
                File.Delete(tree.Full(path));
                break;
            case 1 when Directory.Exists(tree.Full("d1")) && "d" + random.Next(100, 1000) is var name && !Directory.Exists(tree.Full(name)):
                Directory.Move(tree.Full("d1"), tree.Full(name));
                break;
            case 2:
                tree.Write(folder + (random.Next(2) == 0 ? ".ignore" : ".gitignore"), random.Next(2) == 0 ? "*.md\n" : "!1.md\n/2.txt\nd2/\n");
                break;
            case 3:
                Directory.CreateDirectory(tree.Full(folder + ".git"));
                break;
            case 4 when File.Exists(tree.Full(path)):
                File.AppendAllText(tree.Full(path), "\nneedle appended");
                break;
            case 5 when Directory.GetDirectories(tree.Root, "d???") is [var moved, ..] && !Directory.Exists(tree.Full("d1")):
                Directory.Move(moved, tree.Full("d1"));
                break;
            default:
                tree.Write(path, string.Join(random.Next(3) == 0 ? "\n" : " ", Enumerable.Range(0, random.Next(30)).Select(_ => Words[random.Next(Words.Length)])));
                break;
        }
    }
}
