using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Pages;
using Microsoft.AspNetCore.Http;

namespace Agent.Tools.Web.Tests.Pages;

public sealed class DownloadToolTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("web-root-").FullName;
    private readonly string _outside = Directory.CreateTempSubdirectory("web-outside-").FullName;

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }

    private async Task<ToolReply> CallAsync(TestSite site, string path, bool preview = false)
    {
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var arguments = JsonSerializer.SerializeToElement(new { url = site.Url + "/file.bin", path });
        return await new DownloadTool(client, _root, [Path.Combine(_root, "state")], _ => null).Tool.Handler(ToolRequest.Create("download", arguments, preview), default);
    }

    [Fact]
    public async Task Download_File_IsSavedByteForByte()
    {
        byte[] content = [0, 1, 2, 255, 13, 10];
        await using var site = await TestSite.StartAsync(async context => await context.Response.Body.WriteAsync(content));
        var reply = await CallAsync(site, "new/folder/file.bin");
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_root, "new", "folder", "file.bin")));
        Assert.Equal("new/folder/file.bin", reply.StructuredContent!.Value.GetProperty("path").GetString());
        Assert.Single(Directory.GetFiles(Path.Combine(_root, "new", "folder")));
    }

    [Fact]
    public async Task Download_RootBehindALink_IsTheOperatorsOwn()
    {
        Directory.CreateDirectory(Path.Combine(_outside, "real"));
        var link = Path.Combine(_root, "link");
        Directory.CreateSymbolicLink(link, _outside);
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("x"));
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var arguments = JsonSerializer.SerializeToElement(new { url = site.Url + "/a", path = "a.txt" });
        await new DownloadTool(client, Path.Combine(link, "real"), [], _ => null).Tool.Handler(ToolRequest.Create("download", arguments), default);
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(_outside, "real", "a.txt")));
    }

    [Fact]
    public async Task Download_PlaceThatMayNotBeWritten_IsRefusedAndNothingIsAsked()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("x"));
        await File.WriteAllTextAsync(Path.Combine(_root, "there.txt"), "old");
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), _outside);
        foreach (var path in (string[])["../x", _outside + "/x", "", "there.txt", "link/x", ".git/hooks/pre-commit", "state/keys/x", "a/../../x", "."])
        {
            await Assert.ThrowsAsync<ToolException>(() => CallAsync(site, path));
        }

        Assert.Empty(site.Seen);
        Assert.Empty(Directory.GetFileSystemEntries(_outside));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(_root, "there.txt")));
    }

    [Fact]
    public async Task Download_PreviewOrFailure_LeavesNothing()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        var preview = await CallAsync(site, "a.bin", preview: true);
        Assert.Contains("saved as the new file a.bin", preview.TextContent, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
        await Assert.ThrowsAsync<ToolException>(() => CallAsync(site, "a.bin"));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }
}
