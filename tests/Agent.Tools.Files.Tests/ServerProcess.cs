using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Tools.Files.Tests;

/// <summary>The server as its users run it: a process of its own, spoken to over stdio.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private int id;

    public ServerProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(FilesServer).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    public bool HasExited => process.HasExited;

    public void Initialize(JsonObject? capabilities = null)
    {
        Request("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-11-25",
            ["capabilities"] = capabilities ?? [],
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        Send(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
    }

    /// <summary>Asks and waits for the answer; questions of the server are answered by <paramref name="answer"/>.</summary>
    public JsonElement Request(string method, JsonObject parameters, Func<string, JsonObject>? answer = null)
    {
        var number = ++id;
        Send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = number, ["method"] = method, ["params"] = parameters });
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var message = JsonElement.Parse(line);
            if (message.TryGetProperty("method", out var asked))
            {
                if (message.TryGetProperty("id", out var question))
                {
                    Send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = JsonNode.Parse(question.GetRawText()), ["result"] = answer!(asked.GetString()!) });
                }
            }
            else if (message.TryGetProperty("id", out var answered) && answered.ValueKind == JsonValueKind.Number && answered.GetInt32() == number)
            {
                return message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException(line);
            }
        }

        throw new InvalidOperationException("The server ended.");
    }

    public JsonElement Call(string tool, JsonObject arguments, Func<string, JsonObject>? answer = null) =>
        Request("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments }, answer);

    /// <summary>SIGKILL: nothing of it runs any more.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private void Send(JsonObject message)
    {
        process.StandardInput.Write(message.ToJsonString() + "\n");
        process.StandardInput.Flush();
    }
}
