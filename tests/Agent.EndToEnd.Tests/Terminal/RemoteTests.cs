using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>The chat over a real ssh connection, to a server of this test's own on the loopback.</summary>
public class RemoteTests
{
    [SshFact]
    public async Task OverSsh_TheChatIsTheSame_AndALostConnectionLosesNothing()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.md", "the ToolPipeline\n");
        var port = FreePort();
        foreach (var name in (string[])["host", "user"])
        {
            using var generate = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", string.Empty, "-f", Path.Combine(workspace.Base, name)]))!;
            await generate.WaitForExitAsync();
        }

        File.Copy(Path.Combine(workspace.Base, "user.pub"), Path.Combine(workspace.Base, "authorized"));
        var config = Path.Combine(workspace.Base, "sshd_config");
        await File.WriteAllTextAsync(config, $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {workspace.Base}/host
            AuthorizedKeysFile {workspace.Base}/authorized
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            """);
        if (Environment.UserName == "root")
        {
            // Where Debian's sshd locks itself into before somebody is known.
            Directory.CreateDirectory("/run/sshd");
        }

        using var server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", config]) { RedirectStandardError = true })!;
        try
        {
            while (await server.StandardError.ReadLineAsync() is { } line && !line.Contains("Server listening", StringComparison.Ordinal))
            {
            }

            var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
            var command = $"cd {workspace.Folder} && env {workspace.ShellEnvironment} {dotnet} {Repository.AgentLibrary}";
            using (var chat = ChatTerminal.Start(
                workspace, 80, 24, "ssh", "-tt", "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-i", Path.Combine(workspace.Base, "user"), "-F", "none", "-o", "IdentitiesOnly=yes",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", $"{Environment.UserName}@127.0.0.1", command))
            {
                await chat.WaitForAsync("/help");
                chat.Send("which files mention ToolPipeline?");
                var screen = await chat.WaitForAsync("Sources: a.md:1");
                Assert.Contains("✓ [1] files.search_text pattern=ToolPipeline", screen, StringComparison.Ordinal);
                Assert.Empty(chat.Screen.Unknown);
                chat.Type("a draft that was not sent");
                await chat.WaitForAsync("> a draft that was not sent");
                chat.Process.Signal(9);
                await chat.WaitForExitAsync();
            }

            using var here = await ChatTerminal.StartAsync(workspace, 80, 24, "--session", "last");
            Assert.Contains("> which files mention ToolPipeline?", here.Screen.All, StringComparison.Ordinal);

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));

            // The program over there may still be on its way out: its draft comes with its end.
            while (!File.Exists(Path.Combine(workspace.State, "history.jsonl")) || !(await File.ReadAllTextAsync(Path.Combine(workspace.State, "history.jsonl"))).Contains("a draft", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
            }
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
