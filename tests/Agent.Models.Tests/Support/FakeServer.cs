using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agent.Models.Tests.Support;

/// <summary>What a fake server was asked.</summary>
public sealed record Received(string Method, string Path, IHeaderDictionary Headers, byte[] Bytes)
{
    public JsonElement Body => JsonDocument.Parse(Bytes).RootElement;
}

/// <summary>A server on loopback that answers with what a test says, one answer after the other (the last one again and again).</summary>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app) => this.app = app;

    public ConcurrentQueue<Received> Requests { get; } = new();

    public string Url => app.Urls.First();

    public JsonElement Body => Requests.Last().Body;

    public static Task<FakeServer> StartAsync(params Func<HttpContext, Task>[] answers) => StartAsync(answers, discovery: false);

    /// <summary>A server that answers questions about itself too.</summary>
    public static Task<FakeServer> StartWithDiscoveryAsync(Func<HttpContext, Task> answer) => StartAsync([answer], discovery: true);

    /// <summary>The body of the request that is answered.</summary>
    public static JsonElement? BodyOf(HttpContext context) => context.Items["body"] is byte[] { Length: > 0 } bytes ? JsonDocument.Parse(bytes).RootElement : null;

    private static async Task<FakeServer> StartAsync(Func<HttpContext, Task>[] answers, bool discovery)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeServer(app);
        var count = -1;
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);

            // What a client asks to find out what the server is, is not what a test is about, unless it says so.
            if (context.Request.Method == "GET" && !discovery)
            {
                context.Response.StatusCode = 404;
                return;
            }

            context.Items["body"] = body.ToArray();
            server.Requests.Enqueue(new Received(context.Request.Method, context.Request.Path + context.Request.QueryString, new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)), body.ToArray()));
            await answers[Math.Min(Interlocked.Increment(ref count), answers.Length - 1)](context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Server-sent events, each with its data.</summary>
    public static Func<HttpContext, Task> Events(params string[] data) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var item in data)
        {
            await context.Response.WriteAsync($"data: {item}\n\n");
            await context.Response.Body.FlushAsync();
        }
    };

    /// <summary>Server-sent events as Anthropic sends them: the event's name is the data's type.</summary>
    public static Func<HttpContext, Task> NamedEvents(params string[] data) => async context =>
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var item in data)
        {
            await context.Response.WriteAsync($"event: {JsonDocument.Parse(item).RootElement.GetProperty("type").GetString()}\ndata: {item}\n\n");
        }
    };

    /// <summary>Events, and then the connection is cut; whether they arrived before that is chance.</summary>
    public static Func<HttpContext, Task> BrokenEvents(params string[] data) => async context =>
    {
        await Events(data)(context);
        context.Abort();
    };

    /// <summary>Events, and then nothing more until the client goes.</summary>
    public static Func<HttpContext, Task> StalledEvents(TaskCompletionSource stalled, params string[] data) => async context =>
    {
        if (data.Length > 0)
        {
            await Events(data)(context);
        }

        stalled.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    };

    public static Func<HttpContext, Task> Status(int status, string body, string type = "application/json", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    };

    public static Func<HttpContext, Task> Bytes(string type, byte[] bytes) => async context =>
    {
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(bytes);
    };

    public static Func<HttpContext, Task> Lines(params string[] lines) => Bytes("application/x-ndjson", Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

    /// <summary>An answer in OpenAI's stream.</summary>
    public static Func<HttpContext, Task> Says(string text) => Events(
        $$$"""{"id":"c1","model":"fake","choices":[{"index":0,"delta":{"role":"assistant","content":{{{JsonSerializer.Serialize(text)}}}}}]}""",
        """{"id":"c1","model":"fake","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        """{"id":"c1","model":"fake","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}}""",
        "[DONE]");

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
