using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Tools.Files.Tests;

public sealed class ServerProcessTests : IDisposable
{
    private readonly FilesBench files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Tools_AsListed_SayTrulyWhatTheyDo()
    {
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize();
        var tools = server.Request("tools/list", []).GetProperty("tools").EnumerateArray().ToDictionary(tool => tool.GetProperty("name").GetString()!);
        (bool ReadOnly, bool Destructive, bool Idempotent) Hints(string name)
        {
            var hints = tools[name].GetProperty("annotations");
            Assert.False(hints.GetProperty("openWorldHint").GetBoolean());
            Assert.Equal(JsonValueKind.Object, tools[name].GetProperty("outputSchema").ValueKind);
            return (hints.GetProperty("readOnlyHint").GetBoolean(), hints.GetProperty("destructiveHint").GetBoolean(), hints.GetProperty("idempotentHint").GetBoolean());
        }

        Assert.Equal(11, tools.Count);
        Assert.All(["search_text", "find_files", "list_directory", "read_file", "index_status"], name => Assert.Equal((true, false, true), Hints(name)));

        // Writing or deleting the same once more changes nothing more; an edit or a move cannot be done twice.
        Assert.Equal((false, true, true), Hints("write_file"));
        Assert.Equal((false, true, false), Hints("edit_file"));
        Assert.Equal((false, true, false), Hints("move_file"));
        Assert.Equal((false, true, true), Hints("delete_file"));
        Assert.Equal((false, false, false), Hints("restore_file"));
        Assert.Equal((false, false, true), Hints("create_directory"));
    }

    [Theory]
    [InlineData("handbok.md", "there is handbook.md")]
    [InlineData("Handbook", "there is handbook.md")]
    [InlineData("acme.md", "there is contracts/acme.md")]
    [InlineData("contracts/acme.txt", "there is contracts/acme.md")]
    [InlineData("docs/handbook.md", "there is handbook.md")]
    [InlineData("contract/acme.md", "there is contracts, contracts/acme.md")]
    [InlineData("zzz.md", "list_directory shows what does")]
    [InlineData("secret.md", "list_directory shows what does")]
    public void Read_AFileThatIsNotThere_NamesTheNearest(string path, string expected)
    {
        files.Write("handbook.md", "a");
        files.Write("contracts/acme.md", "b");
        files.Write(".hidden/secret.md", "c");
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize();

        var result = server.Call("read_file", new JsonObject { ["path"] = path });

        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Equal($"'{path}' does not exist; {expected}.", result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("readfile", "There is no tool 'readfile'; near are read_file.")]
    [InlineData("weather", "There is no tool 'weather'; tools/list names what there is.")]
    public void Call_AToolThatIsNotThere_NamesTheNearest(string tool, string expected)
    {
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize();

        var error = JsonElement.Parse(Assert.Throws<InvalidOperationException>(() => server.Call(tool, [])).Message).GetProperty("error");

        Assert.Equal(-32602, error.GetProperty("code").GetInt32());
        Assert.Equal(expected, error.GetProperty("message").GetString());
    }

    [Fact]
    public void Search_WithoutAHit_SaysWhatLeftMostOut()
    {
        files.Write("a.md", "fee");
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize();

        Assert.Equal("No matches.", Text("search_text", new JsonObject { ["pattern"] = "price" }));
        Assert.Equal("No matches. Leave include out to look everywhere.", Text("search_text", new JsonObject { ["pattern"] = "fee", ["include"] = "*.txt" }));
        Assert.Equal("No files. Leave path out to look everywhere.", Text("find_files", new JsonObject { ["pattern"] = "*.pdf", ["path"] = "." }));

        string? Text(string tool, JsonObject arguments) => server.Call(tool, arguments).GetProperty("content")[0].GetProperty("text").GetString();
    }

    [Fact]
    public void Read_AnImage_GivesImageContent()
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, 2];
        files.WriteBytes("a.png", png);
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize();
        var image = server.Call("read_file", new JsonObject { ["path"] = "a.png" }).GetProperty("content").EnumerateArray().Single(block => block.GetProperty("type").GetString() == "image");
        Assert.Equal("image/png", image.GetProperty("mimeType").GetString());
        Assert.Equal(png, image.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public void Client_ThatDeclaresRoots_SeesTheIntersectionOnly()
    {
        files.Write("in/a.txt", "needle");
        files.Write("out/b.txt", "needle");
        using var server = new ServerProcess("--root", files.Root, "--state", files.State);
        server.Initialize(new JsonObject { ["roots"] = new JsonObject() });
        JsonObject Roots(string method)
        {
            Assert.Equal("roots/list", method);
            return new JsonObject { ["roots"] = new JsonArray(new JsonObject { ["uri"] = "file://" + files.Full("in") }, new JsonObject { ["uri"] = "file:///etc" }) };
        }

        var found = server.Call("search_text", new JsonObject { ["pattern"] = "needle" }, Roots).GetProperty("structuredContent").GetProperty("matches");
        Assert.Equal("in/a.txt", Assert.Single(found.EnumerateArray()).GetProperty("path").GetString());
        Assert.True(server.Call("read_file", new JsonObject { ["path"] = "out/b.txt" }, Roots).GetProperty("isError").GetBoolean());
        Assert.True(server.Call("read_file", new JsonObject { ["path"] = "/etc/passwd" }, Roots).GetProperty("isError").GetBoolean());
    }

    [Fact]
    public async Task Index_KilledAtAnyMoment_AnswersAsAScanAfterwards()
    {
        for (var i = 0; i < 400; i++)
        {
            var random = new Random(i);
            files.Write($"d{i % 20}/{i}.txt", string.Join(' ', Enumerable.Range(0, 8000).Select(_ => random.Next(100_000).ToString("x", null))) + (i % 50 == 0 ? " needle" : string.Empty));
        }

        var settings = Path.Combine(files.Home, "settings.json");
        await File.WriteAllTextAsync(settings, """{"files": {"index": "on"}}""");
        var index = Path.Combine(files.State, "index");

        // The moments: when a file of so many bytes is first seen there, from none to the finished one; then while that is checked, and while it is asked.
        long[] moments = [0, 1, 2_000_000, 4_000_000, long.MaxValue];
        foreach (var moment in moments)
        {
            using var server = new ServerProcess("--root", files.Root, "--state", files.State, "--config", settings);
            while (!Reached(index, moment) && !server.HasExited)
            {
                Thread.Yield();
            }

            server.Kill();
            files.Write($"d1/after-{moment}.txt", "a needle of a later day");
            await AnswersAsAScanAsync();
            if (moment != long.MaxValue)
            {
                Directory.Delete(index, recursive: true);
            }
        }

        for (var i = 0; i < 2; i++)
        {
            using var server = new ServerProcess("--root", files.Root, "--state", files.State, "--config", settings);
            server.Initialize();
            if (i > 0)
            {
                server.Call("search_text", new JsonObject { ["pattern"] = "needle" });
            }

            server.Kill();
            files.Write($"d2/later-{i}.txt", "needle");
            await AnswersAsAScanAsync();
        }
    }

    private static bool Reached(string index, long size)
    {
        try
        {
            return size == 0
                ? Directory.Exists(index)
                : size == long.MaxValue
                    ? Directory.GetFiles(index, "*.trigrams").Length > 0
                    : new DirectoryInfo(index).GetFiles().Any(file => file.Length >= size || file.Extension == ".trigrams");
        }
        catch (IOException)
        {
            // Not there yet, or renamed while it was looked at.
            return false;
        }
    }

    private async Task AnswersAsAScanAsync()
    {
        using var indexed = new FilesBenchAt(files.Root, files.State, "on");
        Assert.Equal("ready", (await indexed.Call("index_status", new { wait = true })).GetProperty("indexes")[0].GetProperty("state").GetString());
        foreach (var query in new object[] { new { pattern = "needle", limit = 5000 }, new { pattern = "absent-altogether" }, new { pattern = "(1a2b3|4d5e6)", regex = true, limit = 5000 } })
        {
            Assert.Equal(await files.Lines(query), await indexed.Lines(query));
        }
    }
}
