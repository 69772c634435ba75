using System.Text;

namespace Agent.Tools.Files.Tests.Reading;

public sealed class ReadFileTests : IDisposable
{
    private readonly FilesBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Read_Range_GivesThoseLinesWithNumbers()
    {
        bench.Write("a.txt", "1\n2\n3\n4\n5\n");
        var reply = await bench.Reply("read_file", new { path = "a.txt", start_line = 2, end_line = 3 });
        var file = reply.StructuredContent!.Value.GetProperty("files")[0];
        Assert.Equal("2\n3\n", file.GetProperty("text").GetString());
        Assert.Equal(5, file.GetProperty("total_lines").GetInt32());
        Assert.EndsWith("2\t2\n3\t3\n", reply.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("head", "1\n2\n")]
    [InlineData("tail", "4\n5")]
    public async Task Read_HeadOrTail_GivesItsEnd(string end, string expected)
    {
        bench.Write("a.txt", "1\n2\n3\n4\n5");
        var file = (await bench.Call("read_file", new Dictionary<string, object> { ["path"] = "a.txt", [end] = 2 })).GetProperty("files")[0];
        Assert.Equal(expected, file.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Read_Hash_IsThatOfTheBytes()
    {
        bench.Write("a.txt", "abc");
        var file = (await bench.Call("read_file", new { path = "a.txt" })).GetProperty("files")[0];
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("utf-8", "naïve 日本", false)]
    [InlineData("utf-16", "naïve 日本", true)]
    [InlineData("utf-16BE", "plain text without a mark", false)]
    [InlineData("utf-32", "naïve 日本", true)]
    [InlineData("iso-8859-1", "naïve", false)]
    public async Task Read_AnyEncoding_GivesItsText(string name, string text, bool mark)
    {
        var encoding = Encoding.GetEncoding(name);
        bench.WriteBytes("a.txt", [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);
        var file = (await bench.Call("read_file", new { path = "a.txt" })).GetProperty("files")[0];
        Assert.Equal(text, file.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Read_Binary_IsDescribedAndImagesAreShown()
    {
        bench.WriteBytes("a.zip", [(byte)'P', (byte)'K', 3, 4, 0, 0, 0]);
        bench.WriteBytes("a.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]);
        var files = (await bench.Call("read_file", new { paths = new[] { "a.zip", "a.png" } })).GetProperty("files");
        Assert.Equal("application/zip", files[0].GetProperty("media_type").GetString());
        Assert.Equal("binary", files[0].GetProperty("kind").GetString());
        Assert.Equal("image", files[1].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Read_Several_OneMissing_GivesTheOthers()
    {
        bench.Write("a.txt", "a");
        var files = (await bench.Call("read_file", new { paths = new[] { "missing.txt", "a.txt", "../outside" } })).GetProperty("files");
        Assert.Contains("outside the roots", files[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("error", files[0].GetProperty("kind").GetString());
        Assert.Equal("a", files[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Read_LongFile_GoesOnByCursor()
    {
        bench.Write("a.txt", string.Concat(Enumerable.Range(1, 25).Select(i => $"{i}\n")));
        var text = new StringBuilder();
        string? cursor = null;
        do
        {
            var page = await bench.Call("read_file", new { path = "a.txt", limit = 10, cursor });
            text.Append(page.GetProperty("files")[0].GetProperty("text").GetString());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(bench.Read("a.txt"), text.ToString());
    }
}
