using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Agent.Mcp.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Tests.Gateway;

public sealed class ClientTransportTests : IAsyncDisposable
{
    private readonly Pipe up = new();
    private readonly Pipe down = new();
    private readonly ClientTransport transport;
    private readonly StreamReader answers;

    public ClientTransportTests()
    {
        transport = new ClientTransport(up.Reader.AsStream(), down.Writer.AsStream(), NullLogger.Instance, maxMessageBytes: 1000);
        answers = new StreamReader(down.Reader.AsStream());
    }

    [Theory]
    [InlineData("no json", "null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":", "7")]
    [InlineData("{\"id\":\"a\\u0062\",\"jsonrpc\":\"2.0\",\"params\":[1,}", "\"ab\"")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"params\":{\"id\":1},\"id\":2.5,\"x\":}", "null")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", "null")]
    [InlineData("null", "null")]
    public async Task Read_LineThatIsNoMessage_IsAnsweredUnderItsIdAndTheNextIsTaken(string line, string id)
    {
        await SendAsync(line);
        var answer = await AnswerAsync();
        Assert.Equal(id, answer["id"]?.ToJsonString() ?? "null");
        Assert.Equal(-32700, answer["error"]!["code"]!.GetValue<int>());
        await SendAsync("""{"jsonrpc":"2.0","id":3,"method":"ping"}""");
        Assert.Equal("3", Assert.IsType<JsonRpcRequest>(await transport.MessageReader.ReadAsync()).Id.ToString());
    }

    [Fact]
    public async Task Read_LineBeyondTheLimit_IsAnsweredUnderItsIdAndTheNextIsTaken()
    {
        await SendAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"text":"@"}}""".Replace("@", new string('x', 5000), StringComparison.Ordinal));
        var answer = await AnswerAsync();
        Assert.Equal(9, answer["id"]!.GetValue<int>());
        Assert.Equal("The line is longer than 1000 bytes.", answer["error"]!["message"]!.GetValue<string>());
        await SendAsync("""{"jsonrpc":"2.0","id":3,"method":"ping"}""");
        Assert.Equal("3", Assert.IsType<JsonRpcRequest>(await transport.MessageReader.ReadAsync()).Id.ToString());
    }

    [Fact]
    public async Task Read_ClientGoes_EndsTheMessages()
    {
        await up.Writer.CompleteAsync();
        await transport.MessageReader.Completion.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Send_ManyAtOnce_EachIsALineOfItsOwn()
    {
        var sending = Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => transport.SendMessageAsync(
            new JsonRpcResponse { Id = new RequestId(i), Result = new JsonObject { ["text"] = new string('é', i * 10) } }))));

        var seen = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            var answer = await AnswerAsync();
            Assert.Equal(answer["id"]!.GetValue<int>() * 10, answer["result"]!["text"]!.GetValue<string>().Length);
            seen.Add(answer["id"]!.GetValue<int>());
        }

        await sending;
        Assert.Equal(200, seen.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await up.Writer.CompleteAsync();
        await transport.DisposeAsync();
        answers.Dispose();
    }

    private async Task SendAsync(string line)
    {
        await up.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private async Task<JsonNode> AnswerAsync() => JsonNode.Parse((await answers.ReadLineAsync())!)!;
}
