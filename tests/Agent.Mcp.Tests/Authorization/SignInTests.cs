using Agent.Mcp.Servers;
using Agent.Mcp.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Mcp.Tests.Authorization;

public sealed class SignInTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sign-in-").FullName;

    [Fact]
    public async Task Start_ServerWantsASignIn_PersonSignsInOnceAndTheTokensAreKeptPrivately()
    {
        await using var authority = await AuthorizationServer.StartAsync();
        await using (var hub = await ConnectAsync(authority, FollowAsync))
        {
            Assert.Null(hub.Hub.Servers[0].Problem);
            Assert.Equal("inside", (await hub.CallAsync("locked.open")).Text);
        }

        Assert.Equal(1, authority.SignIns);
        Assert.Empty(authority.Complaints);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "tokens")));
        Assert.Contains("refresh-1", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        }
    }

    [Fact]
    public async Task Start_AgainWithAnExpiredToken_IsRefreshedWithoutThePerson()
    {
        await using var authority = await AuthorizationServer.StartAsync();
        await using (await ConnectAsync(authority, FollowAsync))
        {
        }

        authority.ExpireAccess();
        await using (var hub = await ConnectAsync(authority, (_, _, _) => throw new InvalidOperationException("nobody is there")))
        {
            Assert.Equal("inside", (await hub.CallAsync("locked.open")).Text);
        }

        Assert.Equal((1, 1), (authority.SignIns, authority.Refreshes));
        Assert.Empty(authority.Complaints);
        Assert.Contains("refresh-2", await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(folder, "tokens"))[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NobodyToSignIn_SaysWhereToDoIt()
    {
        await using var authority = await AuthorizationServer.StartAsync();
        await using var hub = await ConnectAsync(authority, null);

        Assert.Equal(ServerState.Failed, hub.Hub.Servers[0].State);
        Assert.Contains("wants you to sign in: run `agent doctor`", hub.Hub.Servers[0].Problem, StringComparison.Ordinal);
        Assert.Equal(0, authority.SignIns);
    }

    [Fact]
    public async Task Start_AuthorizationServerWithoutPkce_IsNotUsed()
    {
        await using var authority = await AuthorizationServer.StartAsync();
        authority.SaysPkce = false;
        await using var hub = await ConnectAsync(authority, FollowAsync);

        Assert.Equal(ServerState.Failed, hub.Hub.Servers[0].State);
        Assert.Equal(0, authority.SignIns);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<HubFixture> ConnectAsync(AuthorizationServer authority, Func<string, Uri, CancellationToken, Task>? show) =>
        await HubFixture.StartAsync(
            options => options.Add("locked", new McpServerDefinition { Url = authority.Resource.AbsoluteUri }),
            transports: new ServerTransports(TimeProvider.System, NullLoggerFactory.Instance, new StateFolder(folder), show));

    /// <summary>A browser whose person is signed in already: it follows the redirect back to us.</summary>
    private static async Task FollowAsync(string server, Uri address, CancellationToken cancellationToken)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CheckCertificateRevocationList = true });
        using var answer = await browser.GetAsync(address, cancellationToken);
        var back = answer.Headers.Location!;

        // Not awaited: the listener behind it answers only after this method has returned.
        _ = Task.Run(
            async () =>
            {
                using var second = new HttpClient();
                await second.GetAsync(back, CancellationToken.None);
            },
            CancellationToken.None);
    }
}
