using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.Pages;
using Microsoft.AspNetCore.Http;

namespace Agent.Tools.Web.Tests.Pages;

public sealed class FetchTests
{
    private static (WebClient Client, ServerTool Tool) Create(TestSite site, bool robots = false, TimeProvider? time = null)
    {
        var options = TestClients.Quick with { Robots = robots };
        var client = TestClients.Create(options, [$"127.0.0.1:{site.Port}"], time: time);
        return (client, new FetchTool(client, new PageReader(client, options, time ?? TimeProvider.System)).Tool);
    }

    private static async Task<JsonElement> FetchAsync(ServerTool tool, string arguments, CursorSeal? seal = null) =>
        (await tool.Handler(ToolRequest.Create("fetch", JsonElement.Parse(arguments), seal: seal), default)).StructuredContent!.Value;

    [Fact]
    public async Task Fetch_LongPage_ComesInPartsThatMakeTheWhole()
    {
        var whole = string.Join("\n\n", Enumerable.Range(0, 400).Select(i => $"Paragraph {i} with some words in it."));
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(whole);
        });
        var (client, tool) = Create(site);
        using var owned = client;
        var seal = new CursorSeal();
        var read = new StringBuilder();
        string? cursor = null;
        do
        {
            var part = await FetchAsync(tool, $$"""{"url": "{{site.Url}}/", "limit": 1000, "cursor": {{(cursor is null ? "null" : $"\"{cursor}\"")}}}""", seal);
            Assert.Equal(whole.Length, part.GetProperty("total").GetInt32());
            read.Append(part.GetProperty("content").GetString());
            cursor = part.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(whole, read.ToString());
        Assert.Single(site.Seen);
    }

    [Fact]
    public async Task Fetch_PageThatHasNotChanged_IsAskedForWithItsTag()
    {
        var time = new ManualTime();
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<p>hello");
        });
        var (client, tool) = Create(site, time: time);
        using var owned = client;
        var arguments = $$"""{"url": "{{site.Url}}/"}""";
        Assert.Equal("hello", (await FetchAsync(tool, arguments)).GetProperty("content").GetString());
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("hello", (await FetchAsync(tool, arguments)).GetProperty("content").GetString());
        Assert.Equal(2, site.Seen.Count);
    }

    [Fact]
    public async Task Fetch_PageThatRobotsMayNotRead_IsRefusedAlsoBehindARedirect()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            switch (context.Request.Path)
            {
                case "/robots.txt":
                    return context.Response.WriteAsync("User-agent: *\nDisallow: /private");
                case "/door":
                    context.Response.Redirect("/private/room");
                    return Task.CompletedTask;
                default:
                    return context.Response.WriteAsync("text");
            }
        });
        var (client, tool) = Create(site, robots: true);
        using var owned = client;
        await FetchAsync(tool, $$"""{"url": "{{site.Url}}/public"}""");
        foreach (var path in (string[])["/private/x", "/door"])
        {
            var problem = await Assert.ThrowsAsync<ToolException>(() => FetchAsync(tool, $$"""{"url": "{{site.Url}}{{path}}"}"""));
            Assert.Contains("robots.txt", problem.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(site.Seen, seen => seen.Contains("private", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_OldEncoding_IsRead()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.Body.WriteAsync(Encoding.GetEncoding("windows-1251").GetBytes("<meta charset=\"windows-1251\"><p>Привет"));
        });
        var (client, tool) = Create(site);
        using var owned = client;
        Assert.Equal("Привет", (await FetchAsync(tool, $$"""{"url": "{{site.Url}}/"}""")).GetProperty("content").GetString());
    }

    [Fact]
    public async Task Fetch_Pdf_IsReadWhereTheProgramIsInstalled()
    {
        var pdf = Encoding.ASCII.GetBytes(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
            + "4 0 obj<</Length 44>>stream\nBT /F1 18 Tf 20 40 Td (Hello from a PDF) Tj ET\nendstream\nendobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n");
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "application/pdf";
            await context.Response.Body.WriteAsync(pdf);
        });
        var (client, tool) = Create(site);
        using var owned = client;
        try
        {
            Assert.Equal("Hello from a PDF", (await FetchAsync(tool, $$"""{"url": "{{site.Url}}/a.pdf"}""")).GetProperty("content").GetString());
        }
        catch (ToolException e) when (e.Message.Contains("poppler-utils", StringComparison.Ordinal) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            // Not installed here: the clear word is what is left to see.
        }

        var missing = await Assert.ThrowsAsync<RequestException>(() => PdfText.ReadAsync(pdf, TimeProvider.System, default, "no-such-pdftotext"));
        Assert.Contains("not installed", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_WhatIsNoText_SaysSo()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "image/png";
            await context.Response.Body.WriteAsync(new byte[100]);
        });
        var (client, tool) = Create(site);
        using var owned = client;
        var problem = await Assert.ThrowsAsync<ToolException>(() => FetchAsync(tool, $$"""{"url": "{{site.Url}}/"}"""));
        Assert.Contains("image/png of 100 bytes", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("User-agent: *\nDisallow: /a", "/a/b", false)]
    [InlineData("User-agent: *\nDisallow: /a", "/b", true)]
    [InlineData("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true)]
    [InlineData("User-agent: *\nDisallow: /\nUser-agent: agent-web\nDisallow:", "/x", true)]
    [InlineData("User-agent: other\nUser-agent: Agent-Web/1.0\nDisallow: /x", "/x", false)]
    [InlineData("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", false)]
    [InlineData("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", true)]
    [InlineData("User-agent: *\nDisallow: /%61", "/a", false)]
    [InlineData("User-agent: *\nDisallow: ", "/a", true)]
    [InlineData("Disallow: /", "/a", true)]
    [InlineData("# nothing", "/a", true)]
    public void Allows_RobotsRules_AreReadAsTheStandardSays(string text, string path, bool allowed) =>
        Assert.Equal(allowed, RobotsRules.Parse(text).Allows(new Uri("https://site.test" + path)));
}
