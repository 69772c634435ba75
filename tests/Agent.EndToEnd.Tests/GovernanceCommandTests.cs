using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>The commands with which somebody looks at what was decided and done.</summary>
public class GovernanceCommandTests
{
    [Fact]
    public async Task Audit_VerifiedAgainstACheckpointKeptElsewhere_ShownExportedAndProved()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.txt", "hello\n");
        var log = Path.Combine(workspace.State, "audit");
        var kept = Path.Combine(workspace.Base, "kept");
        Assert.True((await workspace.RunAsync("tools", "call", "files.read_file", "--args", """{"path":"a.txt"}""")).Code == 0);
        File.Copy(Path.Combine(log, "checkpoint"), kept);
        Assert.True((await workspace.RunAsync("tools", "call", "files.delete_file", "--args", """{"path":"a.txt"}""")).Code == 4);

        // Shown by what was asked for.
        var allowed = Lines(await workspace.RunAsync("audit", "show", "--decision", "allow", "--tool", "files.*"));
        Assert.Contains("files.read_file", Assert.Single(allowed), StringComparison.Ordinal);
        Assert.Contains("files.delete_file", Assert.Single(Lines(await workspace.RunAsync("audit", "show", "--decision", "ask"))), StringComparison.Ordinal);
        Assert.Empty(Lines(await workspace.RunAsync("audit", "show", "--until", "2020-01-01")));
        var session = allowed[0].Split("  ", StringSplitOptions.RemoveEmptyEntries).Single(static part => part.StartsWith("tools-", StringComparison.Ordinal));
        Assert.All(Lines(await workspace.RunAsync("audit", "show", "--session", session)), line => Assert.Contains(session, line, StringComparison.Ordinal));

        // Exported and proved.
        var tiles = Path.Combine(workspace.Base, "tiles");
        Assert.True((await workspace.RunAsync("audit", "export", tiles)).Code == 0);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(log, "checkpoint")), await File.ReadAllTextAsync(Path.Combine(tiles, "checkpoint")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(tiles, "tile", "0"), "*", SearchOption.AllDirectories));
        var json = Path.Combine(workspace.Base, "log.json");
        Assert.True((await workspace.RunAsync("audit", "export", json, "--format", "json")).Code == 0);
        using (var exported = JsonDocument.Parse(await File.ReadAllTextAsync(json)))
        {
            Assert.Contains(exported.RootElement.EnumerateArray(), record => record.GetProperty("type").GetString() == "call.intent");
        }

        var proof = await workspace.RunAsync("audit", "prove", allowed[0].Trim().Split(' ')[0]);
        Assert.True(proof.Code == 0, proof.ToString());
        Assert.True(Governance.Audit.AuditReader.VerifyProof(proof.Out, proof.Error.TrimEnd('\n'), await File.ReadAllTextAsync(Path.Combine(log, "public.vkey"))));
        Assert.Equal(2, (await workspace.RunAsync("audit", "prove", "999999")).Code);

        // The copy kept elsewhere holds, until somebody writes the whole log anew.
        var verified = await workspace.RunAsync("audit", "verify", "--checkpoint", kept);
        Assert.True(verified.Code == 0, verified.ToString());
        Directory.Move(log, Path.Combine(workspace.Base, "old"));
        Assert.True((await workspace.RunAsync("tools", "call", "files.list_folder")).Code is 0 or 2);
        Assert.True((await workspace.RunAsync("audit", "verify")).Code == 0);
        Assert.Equal(7, (await workspace.RunAsync("audit", "verify", "--checkpoint", kept)).Code);
    }

    [Fact]
    public async Task Policy_CheckedExplainedAndTested_SaysWhichRuleAndWhy()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("rules.json", """
            {"policy":{"rules":[{"name":"drafts","decision":"allow","tool":"files.write_file","path":"drafts/**","reason":"drafts are mine",
              "match":[{"tool":"files.write_file","arguments":{"path":"drafts/a.md","content":"x"}}],
              "not_match":[{"tool":"files.write_file","arguments":{"path":"a.md","content":"x"}}]}]}}
            """);

        var check = await workspace.RunAsync("policy", "check", "--config", file);
        Assert.Contains("allow  drafts", check.Out, StringComparison.Ordinal);
        Assert.Contains("ok: ", check.Out, StringComparison.Ordinal);
        var explained = await workspace.RunAsync("policy", "explain", "files.write_file", "--args", """{"path":"drafts/a.md","content":"x"}""", "--config", file);
        Assert.Contains("drafts: covers it", explained.Out, StringComparison.Ordinal);
        var other = await workspace.RunAsync("policy", "explain", "files.write_file", "--args", """{"path":"a.md","content":"x"}""", "--tainted", "--config", file);
        Assert.Contains("drafts: leaves it alone", other.Out, StringComparison.Ordinal);
        Assert.Contains("untrusted", other.Out, StringComparison.Ordinal);
        Assert.Contains("path = a.md", other.Out, StringComparison.Ordinal);
        var tested = await workspace.RunAsync("policy", "test", "--config", file);
        Assert.Contains(" passed, 0 failed", tested.Out, StringComparison.Ordinal);

        workspace.Write("rules.json", """{"policy":{"rules":[{"name":"drafts","decision":"allow","tool":"files.write_file","path":"drafts/**","match":[{"tool":"files.write_file","arguments":{"path":"a.md"}}]}]}}""");
        var broken = await workspace.RunAsync("policy", "check", "--config", file);
        Assert.Equal(3, broken.Code);
        Assert.Contains("drafts", broken.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(AgentExit exit)
    {
        Assert.True(exit.Code == 0, exit.ToString());
        return exit.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
