using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.Pages;
using Microsoft.AspNetCore.Http;

namespace Agent.Tools.Web.Tests.Apis;

/// <summary>Operations from document to answer, against servers of our own.</summary>
public sealed class OperationFlowTests : IDisposable
{
    private const string Document =
        """
        {"openapi": "3.0.0", "info": {"title": "Things"}, "servers": [{"url": "BASE"}],
         "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "query": {"type": "apiKey", "in": "query", "name": "k"},
           "cookie": {"type": "apiKey", "in": "cookie", "name": "c"}, "basic": {"type": "http", "scheme": "basic"}, "bearer": {"type": "http", "scheme": "bearer"},
           "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "BASE/token", "scopes": {}}}}}},
         "paths": {
          "/things": {"get": {"operationId": "listThings", "security": [SECURITY], "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}, {"name": "cursor", "in": "query", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "x", "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}}},
            "post": {"operationId": "addThing", "security": [SECURITY], "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}, "responses": {}}}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("web-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Api> LoadAsync(TestSite site, string security = "{}", ApiOptions? options = null, TimeProvider? time = null, bool strict = false)
    {
        var document = strict
            ? Document
                .Replace("""{"name": "cursor", "in": "query", "schema": {"type": "string"}}""", """{"name": "cursor", "in": "query", "schema": {"type": "string"}}, {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["small", "huge"]}}, {"name": "country", "in": "query", "schema": {"type": "string", "maxLength": 2}}""", StringComparison.Ordinal)
                .Replace("\"requestBody\": {", "\"requestBody\": {\"required\": true, ", StringComparison.Ordinal)
            : Document;
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, document.Replace("BASE", site.Url, StringComparison.Ordinal).Replace("SECURITY", security, StringComparison.Ordinal));
        var settings = TestClients.Quick with { Apis = new Dictionary<string, ApiOptions> { ["things"] = options ?? new ApiOptions() } };
        return await new ApiLoader(settings, GuardedConnector.SystemResolver, new HostPace(1000, 1000, TimeProvider.System), time ?? TimeProvider.System)
            .LoadAsync(new NamedSource("things", file), default);
    }

    private static async Task<JsonElement> CallAsync(Api api, string tool, string arguments, CursorSeal? seal = null)
    {
        var reply = await ReplyAsync(api, tool, arguments, seal);
        return reply.StructuredContent!.Value;
    }

    private static async Task<ToolReply> ReplyAsync(Api api, string tool, string arguments, CursorSeal? seal = null, bool preview = false)
    {
        var found = OperationTools.Of(api, false, new HashSet<string>()).Single(t => t.Name == tool);
        return await found.Handler(ToolRequest.Create(tool, JsonElement.Parse(arguments), preview, seal), default);
    }

    private string Secret(string value)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}");
        File.WriteAllText(file, value + "\n");
        return file;
    }

    [Fact]
    public async Task Download_AnswerOfAnOperation_IsSavedWholeAndWithTheSecretOfTheOperator()
    {
        var content = Enumerable.Range(0, 200_000).Select(i => (byte)i).ToArray();
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Headers["X-Key"] == "k-123" ? 200 : 401;
            context.Response.ContentType = "application/pdf";
            await context.Response.Body.WriteAsync(content);
        });
        using var api = await LoadAsync(
            site, """{"key": []}""", new ApiOptions { Security = new Dictionary<string, SecretOptions> { ["key"] = new() { File = Secret("k-123") } } });
        using var client = TestClients.Create();
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        var tool = new DownloadTool(client, root, [], name => api.Find(name) is { } operation ? new ApiEntry(api, operation, name) : null).Tool;

        var preview = await SaveAsync("""{"operation": "listThings", "arguments": {"page": 2}, "path": "a.pdf"}""", true);
        Assert.Contains("/things?page=2", preview.TextContent, StringComparison.Ordinal);
        Assert.Contains("saved as the new file a.pdf", preview.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("k-123", preview.TextContent, StringComparison.Ordinal);
        Assert.Empty(site.Seen);

        await SaveAsync("""{"operation": "listThings", "arguments": {"page": 2}, "path": "a.pdf"}""");
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(root, "a.pdf")));

        foreach (var wrong in (string[])[
            """{"operation": "addThing", "path": "b.pdf"}""",
            """{"operation": "nothing", "path": "b.pdf"}""",
            """{"operation": "listThings", "arguments": {"pages": 2}, "path": "b.pdf"}""",
            """{"operation": "listThings", "url": "https://example.com/", "path": "b.pdf"}""",
            """{"path": "b.pdf"}"""])
        {
            await Assert.ThrowsAsync<ToolException>(() => SaveAsync(wrong));
        }

        Assert.Single(site.Seen);
        Assert.Single(Directory.GetFiles(root));

        async Task<ToolReply> SaveAsync(string arguments, bool only = false) =>
            await tool.Handler(ToolRequest.Create("download", JsonElement.Parse(arguments), only), default);
    }

    [Theory]
    [InlineData("listThings", """{"page": "two"}""", "The argument 'page' must be a whole number.")]
    [InlineData("listThings", """{"kind": "hugee"}""", "The argument 'kind' must be one of small, huge.")]
    [InlineData("listThings", """{"country": "Sweden"}""", "The argument 'country' must be at most 2 characters long.")]
    [InlineData("addThing", "{}", "The argument 'body' is missing; the operation needs it as its body.")]
    public async Task Call_WithAWrongArgument_IsNotSent(string tool, string arguments, string expected)
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("[]"));
        using var api = await LoadAsync(site, strict: true);

        var error = await Assert.ThrowsAsync<ToolException>(() => CallAsync(api, tool, arguments));

        Assert.Equal(expected, error.Message);
        Assert.True(error.IsOfArguments);
        Assert.Empty(site.Seen);
    }

    [Theory]
    [InlineData("""{"page": "2"}""")]
    [InlineData("""{"kind": "HUGE"}""")]
    public async Task Call_WithAnArgumentThatAServiceMayTake_IsSent(string arguments)
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("[]"));
        using var api = await LoadAsync(site, strict: true);

        await CallAsync(api, "listThings", arguments);

        Assert.Single(site.Seen);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(422, true)]
    [InlineData(404, false)]
    public async Task Call_ThatTheServiceRefuses_TellsTheArgumentsWhereTheyWereTheFault(int status, bool told)
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("no");
        });
        using var api = await LoadAsync(site, strict: true);

        Assert.Equal(told, (await Assert.ThrowsAsync<ToolException>(() => CallAsync(api, "listThings", "{}"))).IsOfArguments);

        // Through call_operation the tool's own arguments say nothing: those of the operation are told.
        var call = new SearchTools([api], false).Tools.Single(static t => t.Name == SearchTools.CallName);
        var error = await Assert.ThrowsAsync<ToolException>(async () => await call.Handler(
            ToolRequest.Create(call.Name, JsonElement.Parse("""{"operation": "listThings", "method": "GET"}""")), default));
        Assert.Equal(told, error.Message.EndsWith("listThings takes page (integer), cursor (string), kind (one of small, huge), country (string).", StringComparison.Ordinal));
        Assert.False(error.IsOfArguments);
    }

    [Theory]
    [InlineData("""{"operation": "listThing", "method": "GET"}""", "There is no operation listThing; near are listThings")]
    [InlineData("""{"operation": "listThings", "method": "GET", "arguments": {"pge": 1}}""", "There is no argument 'pge'. listThings takes page (integer),")]
    [InlineData("""{"operation": "listThings", "method": "POST"}""", "The method of listThings is GET; say so in 'method'.")]
    public async Task CallOperation_Wrong_SaysWhatThereIs(string arguments, string expected)
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("[]"));
        using var api = await LoadAsync(site, strict: true);
        var call = new SearchTools([api], false).Tools.Single(static t => t.Name == SearchTools.CallName);

        var error = await Assert.ThrowsAsync<ToolException>(async () => await call.Handler(ToolRequest.Create(call.Name, JsonElement.Parse(arguments)), default));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Download_OfAnOperationThatIsNotThere_NamesTheNearest()
    {
        using var client = TestClients.Create();
        var tool = new DownloadTool(client, _folder, [], static _ => null, static name => NearestNames.Find(name, ["listThings", "addThing"])).Tool;

        var error = await Assert.ThrowsAsync<ToolException>(async () => await tool.Handler(
            ToolRequest.Create("download", JsonElement.Parse("""{"operation": "list_things", "path": "a"}""")), default));

        Assert.Equal("There is no operation list_things; near are listThings.", error.Message);
    }

    [Fact]
    public async Task Call_LinkHeader_IsFollowedByCursorAndByPages()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            var page = int.TryParse(context.Request.Query["page"], out var given) ? given : 1;
            if (page < 3)
            {
                context.Response.Headers.Link = $"<{context.Request.Path}?page={page + 1}>; rel=\"next\", <http://evil.test/>; rel=\"last\"";
            }

            return context.Response.WriteAsJsonAsync(new[] { page * 10, (page * 10) + 1 });
        });
        using var api = await LoadAsync(site);
        var seal = new CursorSeal();
        var first = await CallAsync(api, "listThings", "{}", seal);
        Assert.Equal("[10,11]", first.GetProperty("body").GetRawText());
        Assert.True(first.GetProperty("truncated").GetBoolean());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("total").ValueKind);
        var second = await CallAsync(api, "listThings", $$"""{"_cursor": "{{first.GetProperty("next_cursor").GetString()}}"}""", seal);
        Assert.Equal("[20,21]", second.GetProperty("body").GetRawText());
        var all = await CallAsync(api, "listThings", """{"_pages": 10}""", seal);
        Assert.Equal("[10,11,20,21,30,31]", all.GetProperty("body").GetRawText());
        Assert.Equal(6, all.GetProperty("total").GetInt32());
        Assert.Equal(JsonValueKind.Null, all.GetProperty("next_cursor").ValueKind);
    }

    [Fact]
    public async Task Call_NextTokenInTheAnswer_BecomesTheParameter()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsJsonAsync<object>(
            context.Request.Query["cursor"] == "t2" ? new { items = new[] { 3 } } : new { items = new[] { 1, 2 }, next_cursor = "t2" }));
        using var api = await LoadAsync(site);
        var all = await CallAsync(api, "listThings", """{"_pages": 5, "_select": "$.items"}""");
        Assert.Equal("[1,2,3]", all.GetProperty("body").GetRawText());
    }

    [Fact]
    public async Task Call_NextPageOnAnotherHost_IsNotFollowed()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsJsonAsync(new { items = new[] { 1 }, next = "http://evil.test/?page=2" }));
        using var api = await LoadAsync(site);
        var answer = await CallAsync(api, "listThings", """{"_pages": 5}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("next_cursor").ValueKind);
        Assert.Single(site.Seen);
    }

    [Fact]
    public async Task Call_LongList_IsCutWithItsCountAndGoesOn()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsJsonAsync(Enumerable.Range(0, 250)));
        using var api = await LoadAsync(site);
        var seal = new CursorSeal();
        var seen = new List<int>();
        string? cursor = null;
        do
        {
            var part = await CallAsync(api, "listThings", cursor is null ? "{}" : $$"""{"_cursor": "{{cursor}}"}""", seal);
            Assert.Equal(250, part.GetProperty("total").GetInt32());
            seen.AddRange(part.GetProperty("body").EnumerateArray().Select(i => i.GetInt32()));
            cursor = part.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 250), seen);
    }

    [Theory]
    [InlineData("key", "X-Key: s3cret-value")]
    [InlineData("query", "?k=s3cret-value")]
    [InlineData("cookie", "Cookie: c=s3cret-value")]
    [InlineData("bearer", "Authorization: Bearer s3cret-value")]
    [InlineData("basic", "Authorization: Basic bWU6czNjcmV0LXZhbHVl")]
    public async Task Call_SecretOfTheOperator_IsSentAndNeverShown(string scheme, string expected)
    {
        var received = string.Empty;
        await using var site = await TestSite.StartAsync(context =>
        {
            // A service that echoes everything.
            received = context.Request.QueryString + "\n" + string.Join("\n", context.Request.Headers.Select(h => $"{h.Key}: {h.Value}"));
            context.Response.Headers["X-Echo"] = context.Request.Headers["X-Key"];
            return context.Response.WriteAsJsonAsync(new { echo = received });
        });
        var options = new ApiOptions { Security = new Dictionary<string, SecretOptions> { [scheme] = new() { File = Secret("s3cret-value"), User = "me" } } };
        using var api = await LoadAsync(site, $"{{\"{scheme}\": []}}", options);
        var reply = await ReplyAsync(api, "listThings", "{}");
        Assert.Contains(expected, received, StringComparison.Ordinal);
        AssertNoSecret(reply);
        Assert.Contains("[secret]", reply.TextContent, StringComparison.Ordinal);
        var preview = await ReplyAsync(api, "addThing", """{"body": {"a": 1}}""", preview: true);
        AssertNoSecret(preview);
        Assert.Contains($"the configured secret of {scheme}", preview.TextContent, StringComparison.Ordinal);
        Assert.Single(site.Seen);

        static void AssertNoSecret(ToolReply reply)
        {
            foreach (var text in (string[])[reply.TextContent, reply.StructuredContent?.GetRawText() ?? string.Empty])
            {
                Assert.DoesNotContain("s3cret-value", text, StringComparison.Ordinal);
                Assert.DoesNotContain("bWU6czNjcmV0LXZhbHVl", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Call_ErrorThatEchoesTheSecret_IsCleaned()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            return context.Response.WriteAsJsonAsync(new { message = $"bad key {context.Request.Headers["X-Key"]}" });
        });
        using var api = await LoadAsync(site, """{"key": []}""", new ApiOptions { Security = new Dictionary<string, SecretOptions> { ["key"] = new() { File = Secret("s3cret-value") } } });
        var problem = await Assert.ThrowsAsync<ToolException>(() => ReplyAsync(api, "listThings", "{}"));
        Assert.Contains("bad key [secret]", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_SecretThatIsNotThere_NamesItsPlaceAndSendsNothing()
    {
        await using var site = await TestSite.StartAsync(context => Task.CompletedTask);
        using var api = await LoadAsync(site, """{"key": []}""", new ApiOptions { Security = new Dictionary<string, SecretOptions> { ["key"] = new() { Env = "NO_SUCH_VARIABLE_HERE" } } });
        var problem = await Assert.ThrowsAsync<ToolException>(() => ReplyAsync(api, "listThings", "{}"));
        Assert.Contains("NO_SUCH_VARIABLE_HERE", problem.Message, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Call_UnauthorizedWithoutSecret_SaysWhatToConfigure()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        using var api = await LoadAsync(site, """{"key": []}""");
        var problem = await Assert.ThrowsAsync<ToolException>(() => ReplyAsync(api, "listThings", "{}"));
        Assert.Contains("wants key", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OAuthClientCredentials_TokenIsGotOnceRenewedWhenRefusedAndWhenExpired()
    {
        var time = new ManualTime();
        var (tokens, refused) = (0, false);
        var form = string.Empty;
        await using var site = await TestSite.StartAsync(async context =>
        {
            if (context.Request.Path == "/token")
            {
                form = await new StreamReader(context.Request.Body).ReadToEndAsync() + " " + context.Request.Headers.Authorization;
                await context.Response.WriteAsJsonAsync(new { access_token = $"token-number-{++tokens}", expires_in = 600, token_type = "Bearer" });
                return;
            }

            if (refused && context.Request.Headers.Authorization == "Bearer token-number-1")
            {
                context.Response.StatusCode = 401;
                return;
            }

            await context.Response.WriteAsJsonAsync(new { used = context.Request.Headers.Authorization.ToString() });
        });
        var options = new ApiOptions { Security = new Dictionary<string, SecretOptions> { ["oauth"] = new() { User = "client", File = Secret("s3cret-value"), Scopes = ["read", "write"] } } };
        using var api = await LoadAsync(site, """{"oauth": []}""", options, time);
        var first = await ReplyAsync(api, "listThings", "{}");
        await ReplyAsync(api, "listThings", "{}");
        Assert.Equal(1, tokens);
        Assert.Equal($"grant_type=client_credentials&scope=read+write Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("client:s3cret-value"))}", form);
        Assert.DoesNotContain("token-number-1", first.TextContent, StringComparison.Ordinal);
        refused = true;
        await ReplyAsync(api, "listThings", "{}");
        Assert.Equal(2, tokens);
        time.Advance(TimeSpan.FromSeconds(580));
        await ReplyAsync(api, "listThings", "{}");
        Assert.Equal(3, tokens);
    }

    [Fact]
    public async Task Call_OAuthRefreshTokenThatRotates_IsKeptInItsFile()
    {
        var given = new List<string>();
        var time = new ManualTime();
        await using var site = await TestSite.StartAsync(async context =>
        {
            if (context.Request.Path == "/token")
            {
                given.Add(await new StreamReader(context.Request.Body).ReadToEndAsync());
                await context.Response.WriteAsJsonAsync(new { access_token = "access-token", expires_in = 60, refresh_token = $"refresh-token-{given.Count + 1}" });
                return;
            }

            await context.Response.WriteAsJsonAsync(new { });
        });
        var file = Secret("refresh-token-1");
        using var api = await LoadAsync(site, """{"oauth": []}""", new ApiOptions { Security = new Dictionary<string, SecretOptions> { ["oauth"] = new() { RefreshFile = file } } }, time);
        await ReplyAsync(api, "listThings", "{}");
        time.Advance(TimeSpan.FromSeconds(61));
        await ReplyAsync(api, "listThings", "{}");
        Assert.Equal(["grant_type=refresh_token&refresh_token=refresh-token-1", "grant_type=refresh_token&refresh_token=refresh-token-2"], given);
        Assert.Equal("refresh-token-3", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Call_AnswerThatIsNoJson_IsOneSentence()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("{\"a\": ");
        });
        using var api = await LoadAsync(site);
        var problem = await Assert.ThrowsAsync<ToolException>(() => ReplyAsync(api, "listThings", "{}"));
        Assert.Contains("it is none", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Preview_SendsNothing()
    {
        await using var site = await TestSite.StartAsync(context => Task.CompletedTask);
        using var api = await LoadAsync(site);
        var preview = await ReplyAsync(api, "addThing", """{"body": {"a": 1}}""", preview: true);
        Assert.Equal("http", preview.StructuredContent!.Value.GetProperty("preview").GetProperty("kind").GetString());
        Assert.Contains($"POST {site.Url}/things", preview.TextContent, StringComparison.Ordinal);
        Assert.Contains("\"a\": 1", preview.TextContent, StringComparison.Ordinal);
        Assert.Empty(site.Seen);
    }

    [Fact]
    public async Task Load_DocumentFromTheWebThatNamesAPrivateHost_ReachesOnlyItsOwn()
    {
        await using var secret = await TestSite.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync(Document.Replace("BASE", secret.Url, StringComparison.Ordinal).Replace("SECURITY", "{}", StringComparison.Ordinal)));
        using var api = await new ApiLoader(TestClients.Quick, GuardedConnector.SystemResolver, new HostPace(1000, 1000, TimeProvider.System), TimeProvider.System)
            .LoadAsync(new NamedSource("things", $"{site.Url}/openapi.json"), default);
        await Assert.ThrowsAsync<ToolException>(() => ReplyAsync(api, "listThings", "{}"));
        Assert.Empty(secret.Seen);
    }

    [Fact]
    public async Task Tools_AnnotationsAndFilters_AreTheOperators()
    {
        await using var site = await TestSite.StartAsync(context => Task.CompletedTask);
        using var api = await LoadAsync(site, options: new ApiOptions { Annotations = new Dictionary<string, AnnotationOptions> { ["addThing"] = new() { ReadOnly = true } } });
        var tools = OperationTools.Of(api, true, new HashSet<string>()).ToDictionary(t => t.Name);
        Assert.True(tools["things_listThings"].ReadOnly);
        Assert.True(tools["things_addThing"].ReadOnly);
        using var filtered = await LoadAsync(site, options: new ApiOptions { Methods = ["get"], Paths = ["/thing*"] });
        Assert.Equal(["listThings"], filtered.Operations.Select(o => o.Name));
    }
}
