namespace Agent.EndToEnd.Tests;

public class AuditTests
{
    [Fact]
    public async Task Verify_AfterOneByteOfTheLogWasChanged_FailsAndNamesTheRecord()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.txt", "hello\n");
        var call = await workspace.RunAsync("tools", "call", "files.read_file", "--args", """{"path":"a.txt"}""");
        Assert.True(call.Code == 0, call.ToString());
        Assert.Contains("hello", call.Out, StringComparison.Ordinal);
        var before = await workspace.RunAsync("audit", "verify");
        Assert.True(before.Code == 0, before.ToString());

        var log = Directory.GetFiles(Path.Combine(workspace.State, "audit"), "*.jsonl", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(log);
        var at = bytes.AsSpan().IndexOf("files.read_file"u8);
        Assert.True(at > 0);
        bytes[at] = (byte)'F';
        await File.WriteAllBytesAsync(log, bytes);

        var after = await workspace.RunAsync("audit", "verify");
        Assert.True(after.Code == 7, after.ToString());
        Assert.Matches(@"record \d+", after.Out + after.Error);
    }

    [Fact]
    public async Task Call_WhenTheAuditCannotBeWritten_DoesNotHappen()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("a.txt", "hello\n");
        Directory.CreateDirectory(workspace.State);

        // A file where the log's folder must be: nothing can be written there, whoever runs this.
        await File.WriteAllTextAsync(Path.Combine(workspace.State, "audit"), "in the way");
        var exit = await workspace.RunAsync("tools", "call", "files.read_file", "--args", """{"path":"a.txt"}""");
        Assert.NotEqual(0, exit.Code);
        Assert.DoesNotContain("hello", exit.Out, StringComparison.Ordinal);
        Assert.Contains("audit", exit.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }
}
