using System.Diagnostics;
using System.Text;

namespace Agent.Tools.Files.Tests.Changing;

public sealed class ChangeTests : IDisposable
{
    private readonly FilesBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Write_NewFile_MakesItsFolders()
    {
        var result = await bench.Call("write_file", new { path = "a/b/c.txt", content = "hello\n" });
        Assert.Equal("created", result.GetProperty("action").GetString());
        Assert.Equal("hello\n", bench.Read("a/b/c.txt"));
    }

    [Fact]
    public async Task Write_Preview_ShowsADiffAndChangesNothing()
    {
        bench.Write("a.txt", "one\ntwo\nthree\n");
        var preview = await bench.Preview("write_file", new { path = "a.txt", content = "one\n2\nthree\n" });
        Assert.Equal("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n", preview);
        Assert.Equal("one\ntwo\nthree\n", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Write_FileChangedSinceRead_IsRefused()
    {
        bench.Write("a.txt", "one");
        var hash = (await bench.Call("read_file", new { path = "a.txt" })).GetProperty("files")[0].GetProperty("hash").GetString();
        bench.Write("a.txt", "other");
        Assert.Contains("changed since", await bench.Refusal("write_file", new { path = "a.txt", content = "two", expected_hash = hash }), StringComparison.Ordinal);
        Assert.Contains("changed since", await bench.Refusal("write_file", new { path = "a.txt", content = "two" }), StringComparison.Ordinal);
        Assert.Equal("other", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Edit_SeveralEdits_AllOrNone()
    {
        bench.Write("a.txt", "a b c");
        var refusal = await bench.Refusal("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "a", new_text = "A" }, new { old_text = "x", new_text = "X" } } });
        Assert.Contains("Edit 2 of 2", refusal, StringComparison.Ordinal);
        Assert.Equal("a b c", bench.Read("a.txt"));
        await bench.Reply("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "a", new_text = "A" }, new { old_text = "c", new_text = "C" } } });
        Assert.Equal("A b C", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Restore_WhatAFileHeldBefore_GoesBackAndForth_AndNeverOverAnythingElse()
    {
        bench.Write("a.txt", "one\n");
        var written = await bench.Call("write_file", new { path = "a.txt", content = "two\n" });
        var id = written.GetProperty("trash_id").GetString();
        var hash = written.GetProperty("hash").GetString();

        Assert.Contains("exists", await bench.Refusal("restore_file", new { trash_id = id }), StringComparison.Ordinal);
        Assert.Equal("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-two\n+one\n", await bench.Preview("restore_file", new { trash_id = id, expected_hash = hash }));
        Assert.Equal("two\n", bench.Read("a.txt"));

        var restored = await bench.Call("restore_file", new { trash_id = id, expected_hash = hash });
        Assert.Equal("one\n", bench.Read("a.txt"));
        var again = new { trash_id = restored.GetProperty("trash_id").GetString(), expected_hash = restored.GetProperty("hash").GetString() };

        bench.Write("a.txt", "by somebody else\n");
        Assert.Contains("changed since", await bench.Refusal("restore_file", again), StringComparison.Ordinal);
        bench.Write("a.txt", "one\n");
        await bench.Call("restore_file", again);
        Assert.Equal("two\n", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Edit_AmbiguousText_NamesTheLines()
    {
        bench.Write("a.txt", "x\ny\nx\n");
        Assert.Contains("lines 1, 3", await bench.Refusal("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "x", new_text = "z" } } }), StringComparison.Ordinal);
        await bench.Reply("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "x", new_text = "z", replace_all = true } } });
        Assert.Equal("z\ny\nz\n", bench.Read("a.txt"));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Edit_KeepsModeLineEndsMarkAndEncoding()
    {
        bench.WriteBytes("a.txt", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("één\r\ntwee\r\n")]);
        File.SetUnixFileMode(bench.Full("a.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        await bench.Reply("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "één\ntwee", new_text = "drie\nvier" } } });
        Assert.Equal((byte[])[.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("drie\r\nvier\r\n")], await File.ReadAllBytesAsync(bench.Full("a.txt")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead, File.GetUnixFileMode(bench.Full("a.txt")));
        Assert.Equal(["a.txt"], Directory.GetFileSystemEntries(bench.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Edit_Legacy_EncodingIsKept()
    {
        bench.WriteBytes("a.txt", Encoding.Latin1.GetBytes("caf\u00e9 one"));
        await bench.Reply("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "café one", new_text = "thé" } } });
        Assert.Equal(Encoding.Latin1.GetBytes("th\u00e9"), await File.ReadAllBytesAsync(bench.Full("a.txt")));
        Assert.Contains("cannot hold", await bench.Refusal("edit_file", new { path = "a.txt", edits = new[] { new { old_text = "t", new_text = "日" } } }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_ThenRestore_BringsItBack()
    {
        bench.Write("a.txt", "keep me");
        var deleted = await bench.Call("delete_file", new { path = "a.txt" });
        Assert.False(File.Exists(bench.Full("a.txt")));
        bench.Write("a.txt", "new");
        var id = deleted.GetProperty("trash_id").GetString();
        Assert.Contains("exists already", await bench.Refusal("restore_file", new { trash_id = id }), StringComparison.Ordinal);
        await bench.Reply("restore_file", new { trash_id = id, path = "b/c.txt" });
        Assert.Equal("keep me", bench.Read("b/c.txt"));
        Assert.Equal("new", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Delete_Folder_NeedsRecursive()
    {
        bench.Write("d/a.txt", "x");
        bench.Write("d/e/b.txt", "y");
        Assert.Contains("recursive", await bench.Refusal("delete_file", new { path = "d" }), StringComparison.Ordinal);
        Assert.Contains("2 files", await bench.Preview("delete_file", new { path = "d", recursive = true }), StringComparison.Ordinal);
        await bench.Reply("delete_file", new { path = "d", recursive = true });
        Assert.False(Directory.Exists(bench.Full("d")));
        await bench.Reply("restore_file", new { path = "d" });
        Assert.Equal("y", bench.Read("d/e/b.txt"));
    }

    [Fact]
    public async Task Move_ToATakenName_IsRefusedUnlessAskedFor()
    {
        bench.Write("a.txt", "a");
        bench.Write("b.txt", "b");
        Assert.Contains("exists already", await bench.Refusal("move_file", new { from = "a.txt", to = "b.txt" }), StringComparison.Ordinal);
        await bench.Reply("move_file", new { from = "a.txt", to = "b.txt", overwrite = true });
        Assert.Equal("a", bench.Read("b.txt"));
        File.Delete(bench.Full("b.txt"));
        await bench.Reply("restore_file", new { path = "b.txt" });
        Assert.Equal("b", bench.Read("b.txt"));
    }

    [Theory]
    [InlineData("write_file")]
    [InlineData("edit_file")]
    [InlineData("move_file")]
    [InlineData("delete_file")]
    [InlineData("create_directory")]
    [InlineData("restore_file")]
    public async Task Preview_OfEveryTool_ChangesNothing(string tool)
    {
        bench.Write("a.txt", "one\n");
        bench.Write("gone.txt", "gone");
        await bench.Reply("delete_file", new { path = "gone.txt" });
        object arguments = tool switch
        {
            "write_file" => new { path = "new/x.txt", content = "x" },
            "edit_file" => new { path = "a.txt", edits = new[] { new { old_text = "one", new_text = "two" } } },
            "move_file" => new { from = "a.txt", to = "n/b.txt" },
            "delete_file" => new { path = "a.txt" },
            "create_directory" => new { path = "new" },
            _ => new { path = "gone.txt" },
        };
        Assert.NotEmpty(await bench.Preview(tool, arguments));
        Assert.Equal([bench.Full("a.txt")], Directory.GetFileSystemEntries(bench.Root, "*", SearchOption.AllDirectories));
        Assert.Equal("one\n", bench.Read("a.txt"));
    }

    [Fact]
    public async Task Create_NameWithDirectionCharacters_IsRefused() =>
        Assert.Contains("choose another", await bench.Refusal("write_file", new { path = "invoice\u202Etxt.exe", content = "x" }), StringComparison.Ordinal);

    [Fact]
    public async Task Delete_MissingFile_NamesTheNearest()
    {
        bench.Write("docs/Readme.md", "x");
        Assert.Contains("docs/Readme.md", await bench.Refusal("delete_file", new { path = "docs/readme.md" }), StringComparison.Ordinal);
    }
}

/// <summary>Only root may give a file to another; skipped for everybody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root can give a file to another user.";
}
