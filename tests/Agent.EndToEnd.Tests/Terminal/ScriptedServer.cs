using System.Net;
using System.Text;
using System.Text.Json;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>A piece of a streamed turn.</summary>
internal abstract record Piece
{
    private Piece()
    {
    }

    /// <summary>Text of the answer.</summary>
    public sealed record Text(string Words) : Piece;

    /// <summary>Calls of tools.</summary>
    public sealed record Calls((string Name, object Arguments)[] Each) : Piece;

    /// <summary>The stream stops here until <see cref="ScriptedServer.Release"/>.</summary>
    public sealed record Hold : Piece;
}

/// <summary>An OpenAI-compatible server whose turns are scripted and streamed piece by piece, held where a test wants to look.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly SemaphoreSlim held = new(0);
    private readonly CancellationTokenSource ending = new();
    private Piece[][] turns;
    private readonly List<string> requests = [];

    public ScriptedServer(params Piece[][] turns)
    {
        this.turns = turns;
        Endpoint = Loopback.Listen(listener) + "v1";
        _ = Task.Run(ServeAsync);
    }

    public string Endpoint { get; }

    /// <summary>What was asked, as JSON, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>The flags that make the agent ask this server.</summary>
    public string[] Flags => ["--model", "openai/gpt-5-mini", "--endpoint", Endpoint];

    public static Piece[] Say(params string[] pieces) => [.. pieces.Select(static piece => (Piece)new Piece.Text(piece))];

    public static Piece[] Call(string name, object arguments) => [new Piece.Calls([(name, arguments)])];

    public void Release() => held.Release();

    /// <summary>Begins another script; what was asked before is forgotten.</summary>
    public void Begin(params Piece[][] script)
    {
        lock (requests)
        {
            turns = script;
            requests.Clear();
        }
    }

    public void Dispose()
    {
        ending.Cancel();
        listener.Close();
        ending.Dispose();
        held.Dispose();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            if (context.Request.HttpMethod != "POST")
            {
                context.Response.StatusCode = 404;
                context.Response.Close();
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            int number;
            Piece[]? turn;
            lock (requests)
            {
                requests.Add(body);
                number = requests.Count;
                turn = number <= turns.Length ? turns[number - 1] : null;
            }

            if (turn is null)
            {
                context.Response.StatusCode = 500;
                context.Response.Close("""{"error":{"message":"the script is over"}}"""u8.ToArray(), willBlock: true);
                return;
            }

            context.Response.ContentType = "text/event-stream";
            context.Response.SendChunked = true;
            await StreamAsync(context.Response.OutputStream, turn, number);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // Who asked has left, or the test is over.
        }
    }

    private async Task StreamAsync(Stream output, Piece[] turn, int number)
    {
        var finish = "stop";
        foreach (var piece in turn)
        {
            switch (piece)
            {
                case Piece.Text text:
                    await SendAsync(output, new { role = "assistant", content = text.Words }, null);
                    break;
                case Piece.Calls calls:
                    finish = "tool_calls";
                    await SendAsync(
                        output,
                        new
                        {
                            role = "assistant",
                            tool_calls = calls.Each.Select((call, index) => new { index, id = $"call_{number}_{index}", type = "function", function = new { name = call.Name, arguments = JsonSerializer.Serialize(call.Arguments) } }),
                        },
                        null);
                    break;
                default:
                    await held.WaitAsync(ending.Token);
                    break;
            }
        }

        await SendAsync(output, new { }, finish);
        await WriteAsync(output, JsonSerializer.Serialize(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = Array.Empty<object>(), usage = new { prompt_tokens = 1000, completion_tokens = 100, total_tokens = 1100 } }));
        await WriteAsync(output, "[DONE]");
    }

    private static Task SendAsync(Stream output, object delta, string? finish) =>
        WriteAsync(output, JsonSerializer.Serialize(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta, finish_reason = finish } } }));

    private static async Task WriteAsync(Stream output, string data)
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));
        await output.FlushAsync();
    }
}
