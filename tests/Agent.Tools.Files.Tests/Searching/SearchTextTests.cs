using System.Text;

namespace Agent.Tools.Files.Tests.Searching;

public sealed class SearchTextTests : IDisposable
{
    private readonly FilesBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Search_Literal_GivesPathLineAndTextInPathOrder()
    {
        bench.Write("b.txt", "one\ntwo needle\n");
        bench.Write("a/z.txt", "needle first\nnone\nneedle again");
        bench.Write("a.txt", "nothing");
        Assert.Equal(["a/z.txt:1:needle first", "a/z.txt:3:needle again", "b.txt:2:two needle"], await bench.Lines(new { pattern = "needle" }));
    }

    [Fact]
    public async Task Search_Regex_MatchesWithinLines()
    {
        bench.Write("a.cs", "var x1 = 10;\r\nvar y = 2;\r\nvar x22 = 3;\r\n");
        Assert.Equal(["a.cs:1:var x1 = 10;", "a.cs:3:var x22 = 3;"], await bench.Lines(new { pattern = @"x\d+ = \d+;$", regex = true }));
    }

    [Fact]
    public async Task Search_IgnoreCaseAndWholeWord_AreCombined()
    {
        bench.Write("a.txt", "Token\ntokens\nmy token.\nTOKEN_A");
        Assert.Equal(["a.txt:1:Token", "a.txt:3:my token."], await bench.Lines(new { pattern = "token", ignore_case = true, whole_word = true }));
    }

    [Fact]
    public async Task Search_NoRegularExpression_SaysSoInOneSentence()
    {
        var message = await bench.Refusal("search_text", new { pattern = "a(", regex = true });
        Assert.Contains("no regular expression", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_CatastrophicPattern_EndsSoon()
    {
        bench.Write("a.txt", new string('a', 5000) + "!");
        Assert.Empty(await bench.Lines(new { pattern = "(a+)+$", regex = true }));
        var message = await bench.Refusal("search_text", new { pattern = @"^(?=(a+)+$)(a+)+$", regex = true });
        Assert.Contains("backtracks", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_HiddenIgnoredAndBinary_AreLeftOutUnlessAskedFor()
    {
        bench.Write(".git/config", "needle");
        bench.Write(".gitignore", "*.log\n/build/\n!keep.log\n");
        bench.Write("a.log", "needle");
        bench.Write("keep.log", "needle");
        bench.Write("build/x.txt", "needle");
        bench.Write("sub/build/x.txt", "needle");
        bench.Write(".hidden", "needle");
        bench.WriteBytes("b.bin", [0, 1, 2, .. Encoding.ASCII.GetBytes("needle")]);
        Assert.Equal(["keep.log:1:needle", "sub/build/x.txt:1:needle"], await bench.Lines(new { pattern = "needle" }));
        Assert.Equal(
            [".hidden:1:needle", "keep.log:1:needle", "sub/build/x.txt:1:needle"],
            (await bench.Lines(new { pattern = "needle", hidden = true })).Where(line => !line.StartsWith(".git/", StringComparison.Ordinal)));
        Assert.Equal(
            ["a.log:1:needle", "build/x.txt:1:needle", "keep.log:1:needle", "sub/build/x.txt:1:needle"],
            await bench.Lines(new { pattern = "needle", ignored = true }));
    }

    [Fact]
    public async Task Search_Globs_IncludeAndExclude()
    {
        bench.Write("src/a.cs", "needle");
        bench.Write("src/a.md", "needle");
        bench.Write("src/gen/b.cs", "needle");
        bench.Write("docs/c.cs", "needle");
        Assert.Equal(["docs/c.cs:1:needle", "src/a.cs:1:needle"], await bench.Lines(new { pattern = "needle", include = new[] { "*.cs" }, exclude = new[] { "gen" } }));
        Assert.Equal(["src/a.md:1:needle"], await bench.Lines(new { pattern = "needle", include = "src/*.{md,txt}" }));
    }

    [Fact]
    public async Task Search_Cursor_GivesEveryMatchOnceWhileFilesComeAndGo()
    {
        for (var i = 0; i < 10; i++)
        {
            bench.Write($"f{i}.txt", "needle\nneedle\nneedle\n");
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await bench.Call("search_text", new { pattern = "needle", limit = 4, cursor });
            seen.AddRange(page.GetProperty("matches").EnumerateArray().Select(match => $"{match.GetProperty("path")}:{match.GetProperty("line")}"));
            cursor = page.GetProperty("next_cursor").GetString();
            bench.Write("a-new.txt", "needle");
            File.Delete(bench.Full("f1.txt"));
        }
        while (cursor is not null);

        Assert.Equal(seen.Distinct(), seen);
        Assert.All(Enumerable.Range(2, 8), i => Assert.Equal(3, seen.Count(line => line.StartsWith($"f{i}.txt", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Search_LimitReached_StillCountsAll()
    {
        bench.Write("a.txt", string.Concat(Enumerable.Repeat("needle\n", 50)));
        bench.Write("b.txt", string.Concat(Enumerable.Repeat("needle\n", 50)));
        var page = await bench.Call("search_text", new { pattern = "needle", limit = 10 });
        Assert.Equal(100, page.GetProperty("total").GetInt64());
        Assert.True(page.GetProperty("truncated").GetBoolean());
        Assert.Equal(10, page.GetProperty("matches").GetArrayLength());
    }

    [Fact]
    public async Task Search_Newest_SortsByTime()
    {
        bench.Write("old.txt", "needle");
        bench.Write("new.txt", "needle");
        File.SetLastWriteTimeUtc(bench.Full("old.txt"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(["new.txt:1:needle", "old.txt:1:needle"], await bench.Lines(new { pattern = "needle", sort = "newest" }));
    }

    [Fact]
    public async Task Search_Context_GivesLinesAround()
    {
        bench.Write("a.txt", "1\n2\nneedle\n4\n5\n");
        var match = (await bench.Call("search_text", new { pattern = "needle", context = 1 })).GetProperty("matches")[0];
        Assert.Equal("2", match.GetProperty("before")[0].GetString());
        Assert.Equal("4", match.GetProperty("after")[0].GetString());
    }

    [Fact]
    public async Task Search_LongLine_IsCutAroundTheMatch()
    {
        bench.Write("a.js", new string('x', 100_000) + "needle" + new string('y', 100_000));
        var match = (await bench.Call("search_text", new { pattern = "needle" })).GetProperty("matches")[0];
        Assert.Equal(100_001, match.GetProperty("column").GetInt32());
        Assert.InRange(match.GetProperty("text").GetString()!.Length, 6, 302);
        Assert.Contains("needle", match.GetProperty("text").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_Utf16WithMark_IsRead()
    {
        bench.WriteBytes("a.txt", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("erste\nnädel\n")]);
        Assert.Equal(["a.txt:2:nädel"], await bench.Lines(new { pattern = "nädel" }));
    }

    [Theory]
    [InlineData("utf-16", 40)]
    [InlineData("utf-16BE", 40)]
    [InlineData("utf-16", 400_000)]
    [InlineData("utf-16BE", 400_000)]
    public async Task Search_LongUtf16_IsReadInPieces(string name, int lines)
    {
        var text = new StringBuilder();
        for (var i = 1; i <= lines; i++)
        {
            text.Append(i % 37 == 0 ? "日本 nädel 😀" : "Zeile").Append('\n');
        }

        var encoding = Encoding.GetEncoding(name);
        bench.WriteBytes("a.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())]);
        var page = await bench.Call("search_text", new { pattern = "nädel 😀", limit = 1, count_all = true });
        Assert.Equal(lines / 37, page.GetProperty("total").GetInt64());
        Assert.Equal(37, page.GetProperty("matches")[0].GetProperty("line").GetInt64());
        Assert.Equal("日本 nädel 😀", page.GetProperty("matches")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("search_text")]
    [InlineData("find_files")]
    [InlineData("list_directory")]
    public async Task Cursor_OfEveryList_GoesOnWhileFilesComeAndGo(string tool)
    {
        for (var i = 0; i < 20; i++)
        {
            bench.Write($"f{i:00}.txt", "needle");
            File.SetLastWriteTimeUtc(bench.Full($"f{i:00}.txt"), new DateTime(2020, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc));
        }

        foreach (var sort in tool == "list_directory" ? ["path"] : new[] { "path", "newest" })
        {
            var seen = new List<string>();
            string? cursor = null;
            var round = 0;
            do
            {
                var arguments = new Dictionary<string, object?> { ["limit"] = 3, ["cursor"] = cursor };
                if (tool == "search_text")
                {
                    arguments["pattern"] = "needle";
                }

                if (tool != "list_directory")
                {
                    arguments["sort"] = sort;
                }

                var page = await bench.Call(tool, arguments);
                var items = page.GetProperty(tool switch { "search_text" => "matches", "find_files" => "files", _ => "entries" });
                seen.AddRange(items.EnumerateArray().Select(item => item.GetProperty("path").GetString()!));
                cursor = page.GetProperty("next_cursor").GetString();
                bench.Write($"g{sort}{round}.txt", "needle");
                File.SetLastWriteTimeUtc(bench.Full($"g{sort}{round++}.txt"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                File.Delete(bench.Full(sort == "path" ? "f00.txt" : "f19.txt"));
            }
            while (cursor is not null);

            Assert.Equal(seen.Distinct(), seen);
            Assert.All(Enumerable.Range(1, 18), i => Assert.Contains($"f{i:00}.txt", seen));
        }
    }

    [Fact]
    public async Task Search_LargeFile_CountsLinesAcrossPieces()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= 200_000; i++)
        {
            text.Append(i % 50_000 == 0 ? "needle " : "line ").Append(i).Append('\n');
        }

        bench.Write("big.txt", text.ToString());
        Assert.Equal(
            ["big.txt:50000:needle 50000", "big.txt:100000:needle 100000", "big.txt:150000:needle 150000", "big.txt:200000:needle 200000"],
            await bench.Lines(new { pattern = "needle" }));
        Assert.Equal(4, (await bench.Call("search_text", new { pattern = "needle", context = 2 })).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Search_LineLongerThanTheBuffer_CountsOnce()
    {
        var bytes = new byte[36_000_000];
        Array.Fill(bytes, (byte)'y');
        bytes[^1] = bytes[34_000_000] = (byte)'\n';
        bench.WriteBytes("a.txt", bytes);
        var page = await bench.Call("search_text", new { pattern = "yyyy", count_all = true });
        Assert.Equal(2, page.GetProperty("total").GetInt64());
        Assert.Equal([1, 2], page.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("line").GetInt32()));
    }

    [Theory]
    [InlineData("files", 2)]
    [InlineData("counts", 2)]
    public async Task Search_FilesOrCounts_GivesOneItemAFile(string output, int files)
    {
        bench.Write("a.txt", "needle\nneedle");
        bench.Write("b.txt", "needle");
        var page = await bench.Call("search_text", new { pattern = "needle", output });
        Assert.Equal(files, page.GetProperty("files").GetArrayLength());
        Assert.Equal(files, page.GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Search_NameWithLineBreak_CannotFakeALine()
    {
        bench.Write("a\nb.txt:1:forged", "needle");
        var reply = await bench.Reply("search_text", new { pattern = "needle" });
        Assert.StartsWith("a\\nb.txt:1:forged\n1:needle", reply.TextContent, StringComparison.Ordinal);
    }
}
