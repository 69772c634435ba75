using System.Net;
using System.Text;
using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>An OpenAI-compatible server whose answers a test scripts; it streams them as the real ones do.</summary>
internal sealed class ModelServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<JsonElement, int, (int Status, string Body, string ContentType)> answer;
    private readonly Task serving;
    private int requests;

    public ModelServer(Func<JsonElement, int, (int Status, string Body, string ContentType)> answer)
    {
        this.answer = answer;
        Endpoint = Loopback.Listen(listener) + "v1";
        serving = Task.Run(ServeAsync);
    }

    public string Endpoint { get; }

    public int Requests => requests;

    public static (int Status, string Body, string ContentType) Text(string text) =>
        Stream(new { role = "assistant", content = text }, "stop");

    public static (int Status, string Body, string ContentType) Call(string name, object arguments) => Stream(
        new { role = "assistant", tool_calls = new[] { new { index = 0, id = "call_1", type = "function", function = new { name, arguments = JsonSerializer.Serialize(arguments) } } } },
        "tool_calls");

    public void Dispose()
    {
        listener.Stop();
        serving.Wait(TimeSpan.FromSeconds(5));
        listener.Close();
    }

    private static (int Status, string Body, string ContentType) Stream(object delta, string finish)
    {
        var body = new StringBuilder();
        Append(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta, finish_reason = (string?)null } } });
        Append(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta = new { }, finish_reason = finish } } });
        Append(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = Array.Empty<object>(), usage = new { prompt_tokens = 100, completion_tokens = 10, total_tokens = 110 } });
        body.Append("data: [DONE]\n\n");
        return (200, body.ToString(), "text/event-stream");

        void Append(object chunk) => body.Append("data: ").Append(JsonSerializer.Serialize(chunk)).Append("\n\n");
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var (status, body, type) = (404, "{}", "application/json");
            if (context.Request.HttpMethod == "POST")
            {
                using var request = await JsonDocument.ParseAsync(context.Request.InputStream);
                (status, body, type) = answer(request.RootElement, Interlocked.Increment(ref requests));
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}
