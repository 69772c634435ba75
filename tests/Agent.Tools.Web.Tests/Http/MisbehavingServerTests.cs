using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Agent.Tools.Web.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using HttpStatusCode = System.Net.HttpStatusCode;

#pragma warning disable CA2025 // Each of these tasks is awaited before the test and what it uses end.

namespace Agent.Tools.Web.Tests.Http;

public sealed class MisbehavingServerTests
{
    [Fact]
    public async Task Send_ServerThatNeverAnswers_EndsAtTheTimeLimit()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        using var site = new RawSite(async (_, token) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"], time: time);
        var answer = client.GetAsync(site.Url);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        var failure = await Assert.ThrowsAsync<RequestException>(() => answer);
        Assert.Contains("within 30 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerThatDripsWithoutEnd_EndsAtTheTimeLimit()
    {
        var time = new ManualTime();
        var dripping = new TaskCompletionSource();
        using var site = new RawSite(async (stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"u8.ToArray(), token);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), token);
                dripping.TrySetResult();
                await Task.Yield();
            }
        });
        using var client = TestClients.Create(TestClients.Quick with { MaxBytes = int.MaxValue - 1 }, named: [$"127.0.0.1:{site.Port}"], time: time);
        var answer = client.GetAsync(site.Url);
        await dripping.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<RequestException>(() => answer);
    }

    [Fact]
    public async Task Send_EndlessAnswer_IsReadToTheLimitAndNoFurther()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });
        using var client = TestClients.Create(TestClients.Quick with { MaxBytes = 1_000_000 }, named: [$"127.0.0.1:{site.Port}"]);
        var answer = await client.GetAsync(site.Url);
        Assert.True(answer.Truncated);
        Assert.Equal(1_000_000, answer.Body.Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Send_CompressionBomb_IsReadToTheLimitAfterDecompression(string encoding)
    {
        using var bomb = new MemoryStream();
        Stream packer = encoding switch
        {
            "gzip" => new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(bomb, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(bomb, CompressionLevel.Fastest, leaveOpen: true),
        };
        using (packer)
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 50; i++)
            {
                packer.Write(zeros);
            }
        }

        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            await context.Response.Body.WriteAsync(bomb.ToArray());
        });
        using var client = TestClients.Create(TestClients.Quick with { MaxBytes = 2_000_000 }, named: [$"127.0.0.1:{site.Port}"]);
        var answer = await client.GetAsync(site.Url);
        Assert.True(answer.Truncated);
        Assert.Equal(2_000_000, answer.Body.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("")]
    public async Task Send_AnswerThatIsNoProperHttp_IsOneSentence(string raw)
    {
        using var site = RawSite.Saying(raw);
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var failure = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(site.Url));
        Assert.False(failure.Refused);
        Assert.Contains($"127.0.0.1:{site.Port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_HeadersWithoutMeasure_AreRefused()
    {
        using var site = RawSite.Saying("HTTP/1.1 200 OK\r\nX: " + new string('a', 200_000) + "\r\n\r\n");
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(site.Url));
    }

    [Fact]
    public async Task Send_RedirectLoop_EndsAfterFive()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var failure = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(site.Url));
        Assert.Contains("more than 5 times", failure.Message, StringComparison.Ordinal);
        Assert.Equal(6, site.Seen.Count);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Send_RedirectOfSomethingThatActs_IsNotFollowed(int status)
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var answer = await client.SendAsync(new WebRequest { Method = HttpMethod.Post, Url = new Uri(site.Url), Body = "x"u8.ToArray() }, default);
        Assert.Equal(status, (int)answer.Status);
        Assert.Single(site.Seen);
    }

    [Fact]
    public async Task Send_SeeOtherAfterPost_IsFollowedByGet()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            if (context.Request.Method == "POST")
            {
                context.Response.StatusCode = 303;
                context.Response.Headers.Location = "/done";
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("done");
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var answer = await client.SendAsync(new WebRequest { Method = HttpMethod.Post, Url = new Uri(site.Url), Body = "x"u8.ToArray() }, default);
        Assert.Equal("done", answer.Text());
        Assert.Equal(["POST /", "GET /done"], site.Seen);
    }

    [Fact]
    public async Task Send_RedirectToAnotherHost_LeavesSecretsBehind()
    {
        string? received = "nothing asked";
        await using var other = await TestSite.StartAsync(context =>
        {
            received = string.Join(",", context.Request.Headers.Authorization.Concat(context.Request.Headers["X-Key"]));
            return context.Response.WriteAsync("other");
        });
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect(other.Url);
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}", $"127.0.0.1:{other.Port}"]);
        await client.SendAsync(
            new WebRequest { Method = HttpMethod.Get, Url = new Uri(site.Url), Headers = [new("Authorization", "Bearer s3cret"), new("X-Key", "s3cret")] }, default);
        Assert.Equal(string.Empty, received);
    }

    [Fact]
    public async Task Send_BadCertificate_IsOneSentence()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=wrong.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("x"), listen => listen.UseHttps(certificate));
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        var failure = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"https://127.0.0.1:{site.Port}/"));
        Assert.Contains("no valid certificate", failure.Message, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Send_SafeRequestThatFailsInPassing_IsRepeatedAndRetryAfterHonoured()
    {
        var time = new ManualTime();
        var calls = 0;
        var first = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(context =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "7";
                context.Response.OnCompleted(() =>
                {
                    first.TrySetResult();
                    return Task.CompletedTask;
                });
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("now");
        });
        using var client = TestClients.Create(TestClients.Quick with { Retries = 2, TimeoutSeconds = 1e6 }, named: [$"127.0.0.1:{site.Port}"], time: time);
        var answer = client.GetAsync(site.Url);
        await Task.WhenAny(first.Task, answer);
        while (!answer.IsCompleted)
        {
            // The wait begins a moment after the answer was sent.
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        Assert.Equal("now", (await answer).Text());
        Assert.Equal(2, calls);
        Assert.True(time.GetUtcNow() >= new DateTimeOffset(2026, 1, 1, 0, 0, 7, TimeSpan.Zero), time.GetUtcNow().ToString());
    }

    [Fact]
    public async Task Send_RequestThatActs_IsNeverRepeated()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(TestClients.Quick with { Retries = 3 }, named: [$"127.0.0.1:{site.Port}"]);
        var answer = await client.SendAsync(new WebRequest { Method = HttpMethod.Post, Url = new Uri(site.Url) }, default);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Single(site.Seen);
    }

    [Fact]
    public async Task Send_RetryAfterThatIsTooLong_IsLeftToTheCaller()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(TestClients.Quick with { Retries = 3 }, named: [$"127.0.0.1:{site.Port}"]);
        Assert.Equal(429, (int)(await client.GetAsync(site.Url)).Status);
        Assert.Single(site.Seen);
    }

    [Fact]
    public async Task Send_HostThatFailsAgainAndAgain_IsLeftAloneThenTriedAgain()
    {
        var time = new ManualTime();
        var sick = true;
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = sick ? 500 : 200;
            return Task.CompletedTask;
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"], time: time);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(500, (int)(await client.GetAsync(site.Url)).Status);
        }

        var failure = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync(site.Url));
        Assert.Contains("left alone", failure.Message, StringComparison.Ordinal);
        Assert.Equal(6, site.Seen.Count);
        sick = false;
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(200, (int)(await client.GetAsync(site.Url)).Status);
    }

    [Fact]
    public async Task Wait_BeyondTheRate_WaitsAndThenRefuses()
    {
        var time = new ManualTime();
        var pace = new HostPace(perSecond: 1, burst: 2, time);
        await pace.WaitAsync("a.test", default);
        await pace.WaitAsync("a.test", default);
        var third = pace.WaitAsync("a.test", default).AsTask();
        Assert.False(third.IsCompleted);
        await pace.WaitAsync("b.test", default);
        time.Advance(TimeSpan.FromSeconds(1));
        await third;
        var waiting = Enumerable.Range(0, 20).Select(_ => pace.WaitAsync("a.test", default).AsTask()).ToList();
        await Assert.ThrowsAsync<RequestException>(async () => await pace.WaitAsync("a.test", default));
        time.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Send_NobodyThere_SaysSo()
    {
        int port;
        using (var site = RawSite.Saying(string.Empty))
        {
            port = site.Port;
        }

        using var client = TestClients.Create(named: [$"127.0.0.1:{port}"]);
        var failure = await Assert.ThrowsAsync<RequestException>(() => client.GetAsync($"http://127.0.0.1:{port}/"));
        Assert.Contains("Nothing answers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Cancelled_IsCancelled()
    {
        using var stop = new CancellationTokenSource();
        using var site = new RawSite(async (_, token) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        });
        using var client = TestClients.Create(named: [$"127.0.0.1:{site.Port}"]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(site.Url, stop.Token));
    }
}
