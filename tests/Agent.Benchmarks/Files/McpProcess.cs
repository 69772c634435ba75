using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Benchmarks.Files;

/// <summary>An MCP server over stdio, spoken to as thinly as can be, so that the server is what is measured.</summary>
internal sealed class McpProcess : IDisposable
{
    private readonly Process process;
    private int id;

    private McpProcess(Process process) => this.process = process;

    /// <summary>The memory it has resident, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public static McpProcess Start(string command, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var server = new McpProcess(process);
        server.Request("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-11-25",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "benchmark", ["version"] = "1" },
        });
        server.Send(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return server;
    }

    public JsonElement Request(string method, JsonObject parameters)
    {
        var number = ++id;
        Send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = number, ["method"] = method, ["params"] = parameters });
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var message = JsonElement.Parse(line);
            if (message.TryGetProperty("id", out var answered) && answered.ValueKind == JsonValueKind.Number && answered.GetInt32() == number)
            {
                return message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException(line);
            }
        }

        throw new InvalidOperationException($"{process.StartInfo.FileName} ended");
    }

    public JsonElement Call(string tool, JsonObject arguments)
    {
        var result = Request("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        return result.TryGetProperty("isError", out var flag) && flag.GetBoolean() ? throw new InvalidOperationException(result.GetRawText()) : result;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(3000))
        {
            process.Kill();
        }

        process.Dispose();
    }

    private void Send(JsonObject message)
    {
        process.StandardInput.Write(message.ToJsonString() + "\n");
        process.StandardInput.Flush();
    }
}
