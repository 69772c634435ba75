using System.Net;
using Agent.Tools.Web.Http;
using Microsoft.AspNetCore.Http;

namespace Agent.Tools.Web.Tests.Http;

/// <summary>Nobody talks this server into reaching what only this machine can reach.</summary>
public sealed class ForgeryTests
{
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::]/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://192.168.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://①②⑦.⓪.⓪.①/")]
    [InlineData("https://127.0.0.1/")]
    public async Task Send_LiteralThatIsNotPublic_IsRefused(string url)
    {
        using var client = TestClients.Create();
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(url));
        Assert.True(refusal.Refused, refusal.Message);
    }

    [Fact]
    public async Task Send_NameThatLeadsToThisMachine_IsRefusedAndNothingIsDialled()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        using var client = TestClients.Create(TestClients.Quick with { Ports = [site.Port] });
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://innocent.test:{site.Port}/"));
        Assert.True(refusal.Refused);
        Assert.Contains("this machine itself", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Send_ResolverThatChangesItsAnswer_IsNeverAskedTwiceForOneConnection()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        var asked = 0;
        // First a public address, to pass a check; then this machine, to be dialled.
        Task<IPAddress[]> Rebinding(string host, CancellationToken token) =>
            Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("192.0.2.1") : IPAddress.Loopback]);
        using var client = TestClients.Create(TestClients.Quick with { Ports = [site.Port] }, resolver: Rebinding);
        for (var i = 0; i < 3; i++)
        {
            var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://rebinding.test:{site.Port}/"));
            Assert.True(refusal.Refused);
        }

        Assert.Equal(3, asked);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Connect_NamedHostThatWasPublicAndTurnsPrivate_IsRefused()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        var answers = new Queue<string>(["203.0.114.1", "127.0.0.1"]);
        using var cancelled = new CancellationTokenSource();
        async Task<IPAddress[]> Rebinding(string host, CancellationToken token)
        {
            var address = IPAddress.Parse(answers.Dequeue());
            if (!IPAddress.IsLoopback(address))
            {
                // Nothing is to be dialled in the real world.
                await cancelled.CancelAsync();
            }

            return [address];
        }

        using var client = TestClients.Create(named: [$"api.test:{site.Port}"], resolver: Rebinding);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync($"http://api.test:{site.Port}/", cancelled.Token));
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://api.test:{site.Port}/"));
        Assert.Contains("was on the public internet", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Send_NameWithPublicAndPrivateAddresses_DialsOnlyThePublicOnes()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        using var cancelled = new CancellationTokenSource();
        using var client = TestClients.Create(
            TestClients.Quick with { Ports = [site.Port] },
            resolver: async (_, _) =>
            {
                await cancelled.CancelAsync();
                return [IPAddress.Loopback, IPAddress.Parse("203.0.114.1")];
            });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync($"http://mixed.test:{site.Port}/", cancelled.Token));
        Assert.Empty(site.Seen);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/secret")]
    [InlineData("http://localhost:{0}/secret")]
    [InlineData("//127.0.0.1:{0}/secret")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/secret")]
    public async Task Send_RedirectToThisMachine_IsRefused(string target)
    {
        await using var inner = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var outer = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect(string.Format(null, target, inner.Port));
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(TestClients.Quick with { Ports = [inner.Port, outer.Port] }, named: [$"outer.test:{outer.Port}"]);
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://outer.test:{outer.Port}/"));
        Assert.True(refusal.Refused);
        Assert.Empty(inner.Seen);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("http://user:password@other.test/")]
    public async Task Send_RedirectToWhatIsNotReached_IsRefused(string target)
    {
        await using var outer = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = target;
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(named: [$"outer.test:{outer.Port}"]);
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://outer.test:{outer.Port}/"));
        Assert.True(refusal.Refused);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "only http")]
    [InlineData("javascript:alert(1)", "only http")]
    [InlineData("data:text/html,x", "only http")]
    [InlineData("http://user@example.com/", "before its host")]
    [InlineData("http://example.com:pass@127.0.0.1/", "before its host")]
    [InlineData("http://example.com:22/", "Port 22")]
    [InlineData("http://example.com:6379/", "Port 6379")]
    [InlineData("example.com", "no web address")]
    [InlineData("", "no web address")]
    public void Parse_AddressThatIsNotReached_IsRefusedWithTheReason(string url, string reason)
    {
        using var client = TestClients.Create();
        var refusal = Assert.Throws<RequestException>(() => client.Rules.Parse(url));
        Assert.True(refusal.Refused);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://blocked.test/", false)]
    [InlineData("http://blocked.test./", false)]
    [InlineData("http://BLOCKED.test/", false)]
    [InlineData("http://www.example.com/", true)]
    [InlineData("http://www.EXAMPLE.com./", true)]
    [InlineData("http://example.com/", false)]
    [InlineData("http://example.com.evil.test/", false)]
    [InlineData("http://evilexample.com/", false)]
    public void Check_HostLists_DenyIsStrongerThanAllow(string url, bool allowed)
    {
        var rules = new UrlRules(["*.example.com", "blocked.test"], ["blocked.test"], [80], []);
        var refusal = Record.Exception(() => rules.Check(new Uri(url)));
        Assert.Equal(allowed, refusal is null);
    }

    [Fact]
    public async Task Send_HostThatTheOperatorNames_IsReachedOnItsPortOnly()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var other = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        Assert.Equal("hello", (await client.GetAsync(site.Url)).Text());
        await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(other.Url));
        Assert.Empty(other.Seen);
    }

    [Fact]
    public async Task Send_NamedHostThatIsAMetadataService_IsRefusedAllTheSame()
    {
        using var client = TestClients.Create(named: ["169.254.169.254:80", "metadata.test:80"], resolver: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]));
        Assert.True((await Assert.ThrowsAsync<RequestException>(() => client.GetAsync("http://169.254.169.254/"))).Refused);
        Assert.True((await Assert.ThrowsAsync<RequestException>(() => client.GetAsync("http://metadata.test/"))).Refused);
    }
}
