using System.Text;
using System.Text.Json;

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

    [Theory]
    [InlineData("shift_jis", "これは日本語のテキストです。ファイルを読みます。")]
    [InlineData("euc-jp", "これは日本語のテキストです。ファイルを読みます。")]
    [InlineData("gb18030", "这是一个中文文本文件，用于测试编码检测。")]
    [InlineData("big5", "這是一個中文文本檔案，用於測試編碼。")]
    [InlineData("euc-kr", "이것은 한국어 텍스트 파일입니다. 인코딩 테스트.")]
    [InlineData("koi8-r", "Это русский текст для проверки определения кодировки.")]
    [InlineData("windows-1251", "Привет, мир")]
    [InlineData("windows-1253", "Αυτό είναι ένα ελληνικό κείμενο για δοκιμή.")]
    [InlineData("windows-1255", "זהו טקסט בעברית לבדיקה של הקידוד")]
    [InlineData("windows-1254", "İstanbul'da güneşli bir gün, şehir çok güzel; ağaçlar yeşil, gökyüzü açık, çocuklar sokakta oynuyor ve herkes mutlu görünüyor.")]
    [InlineData("windows-874", "นี่คือข้อความภาษาไทยสำหรับทดสอบ")]
    [InlineData("iso-8859-1", "café")]
    [InlineData("iso-8859-1", "temperature 25°C ± 2 µm")]
    [InlineData("iso-8859-1", "Die Größe der Häuser in München, schöne Grüße")]
    [InlineData("windows-1252", "It’s a test")]
    public async Task Edit_OldEncoding_IsReadByDetectionAndKept(string name, string text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        bench.WriteBytes("a.txt", encoding.GetBytes($"{text}\nend\n"));

        var file = (await bench.Call("read_file", new { path = "a.txt" })).GetProperty("files")[0];
        await bench.Call("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "end", new_text = "over" } } });

        Assert.Equal($"{text}\nend\n", file.GetProperty("text").GetString());
        Assert.Equal(encoding.GetBytes($"{text}\nover\n"), File.ReadAllBytes(Path.Combine(bench.Root, "a.txt")));
    }

    [Fact]
    public async Task Read_LinesOfALargeFile_AreThoseThatWereWritten()
    {
        // 70 MB, some lines across the ends of blocks, the last without an end.
        var path = Path.Combine(bench.Root, "large.log");
        var line = new string('x', 70);
        const int count = 900_000;
        using (var writer = new StreamWriter(path))
        {
            for (var i = 1; i < count; i++)
            {
                writer.Write($"{i:D7} é{line}\n");
            }

            writer.Write("last");
        }

        string Line(int number) => number == count ? "last" : $"{number:D7} é{line}\n";
        async Task<JsonElement> Read(object arguments) => (await bench.Call("read_file", arguments)).GetProperty("files")[0];
        var head = await Read(new { path = "large.log", head = 2 });
        Assert.Equal(Line(1) + Line(2), head.GetProperty("text").GetString());
        Assert.Equal(count, head.GetProperty("total_lines").GetInt32());
        await using (var stream = File.OpenRead(path))
        {
            Assert.Equal("sha256:" + Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(stream)), head.GetProperty("hash").GetString());
        }

        Assert.Equal(Line(count - 1) + "last", (await Read(new { path = "large.log", tail = 2 })).GetProperty("text").GetString());
        foreach (var start in (int[])[2, 13_000, 13_001, 449_999, 777_777])
        {
            Assert.Equal(Line(start) + Line(start + 1), (await Read(new { path = "large.log", start_line = start, end_line = start + 1 })).GetProperty("text").GetString());
        }

        var first = await bench.Call("read_file", new { path = "large.log", start_line = 500_000, limit = 3 });
        Assert.Equal(500_002, first.GetProperty("files")[0].GetProperty("end_line").GetInt32());
        var next = await bench.Call("read_file", new { path = "large.log", start_line = 500_000, limit = 3, cursor = first.GetProperty("next_cursor").GetString() });
        Assert.Equal(Line(500_003) + Line(500_004) + Line(500_005), next.GetProperty("files")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Read_LargeFileThatIsNoText_IsDescribed()
    {
        var path = Path.Combine(bench.Root, "large.bin");
        await using (var file = File.Create(path))
        {
            file.SetLength(70_000_000);
        }

        var read = (await bench.Call("read_file", new { path = "large.bin" })).GetProperty("files")[0];

        Assert.Equal("binary", read.GetProperty("kind").GetString());
        Assert.Equal(70_000_000, read.GetProperty("size").GetInt64());
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
