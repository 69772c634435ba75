using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>
/// The model behind a client, by MCP sampling with tools: it writes, and the calls it asks for go down our pipeline. The wire
/// format is that of <c>sampling/createMessage</c> in the revision of 2025-11-25.
/// </summary>
internal sealed class ClientModel(IClientDialogue dialogue, string client) : IChatClient
{
    private const int DefaultMaxTokens = 4096;
    private readonly ModelInfo info = new() { Provider = "client", Name = client, Reason = "no model is configured here, and the client lends its own" };

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        JsonElement result;
        try
        {
            result = await dialogue.AskAsync("model", new ServerQuestion(RequestMethods.SamplingCreateMessage, Wire.ToElement(Request(messages, options))), cancellationToken);
        }
        catch (Exception exception) when (exception is McpException or IOException or InvalidOperationException)
        {
            throw new ModelException(ModelErrorKind.Refused, $"The model of {client} did not answer ({exception.Message.TrimEnd('.')}); allow it in the client, or configure a model here.", exception);
        }

        return Response(result);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ModelInfo) ? info : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static JsonObject Request(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var system = new List<string>();
        if (options?.Instructions is { Length: > 0 } instructions)
        {
            system.Add(instructions);
        }

        var written = new JsonArray();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                system.Add(message.Text);
            }
            else
            {
                Write(written, message);
            }
        }

        var request = new JsonObject { ["messages"] = written, ["maxTokens"] = options?.MaxOutputTokens ?? DefaultMaxTokens };
        if (system.Count > 0)
        {
            request["systemPrompt"] = string.Join("\n\n", system);
        }

        if (options?.Temperature is { } temperature)
        {
            request["temperature"] = temperature;
        }

        var tools = options?.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (tools.Count > 0)
        {
            request["tools"] = new JsonArray([.. tools.Select(tool => new JsonObject
            {
                ["name"] = tool.Name,
                ["description"] = tool.Description,
                ["inputSchema"] = Wire.ToNode(tool.JsonSchema),
            })]);
            request["toolChoice"] = new JsonObject
            {
                ["mode"] = options!.ToolMode switch { NoneChatToolMode => "none", RequiredChatToolMode => "required", _ => "auto" },
            };
        }

        return request;
    }

    /// <summary>Results of calls stand in a message of their own, as the protocol wants.</summary>
    private static void Write(JsonArray written, ChatMessage message)
    {
        var results = new JsonArray();
        var rest = new JsonArray();
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    rest.Add(new JsonObject { ["type"] = "text", ["text"] = text.Text });
                    break;
                case DataContent data when data.HasTopLevelMediaType("image"):
                    rest.Add(new JsonObject { ["type"] = "image", ["data"] = Convert.ToBase64String(data.Data.Span), ["mimeType"] = data.MediaType });
                    break;
                case FunctionCallContent call:
                    rest.Add(new JsonObject { ["type"] = "tool_use", ["id"] = call.CallId, ["name"] = call.Name, ["input"] = Arguments(call.Arguments) });
                    break;
                case FunctionResultContent result:
                    results.Add(new JsonObject
                    {
                        ["type"] = "tool_result",
                        ["toolUseId"] = result.CallId,
                        ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Text(result.Result) }),
                    });
                    break;
                default:
                    break;
            }
        }

        Add(written, "user", results);
        Add(written, message.Role == ChatRole.Assistant ? "assistant" : "user", rest);
    }

    private static void Add(JsonArray written, string role, JsonArray content)
    {
        if (content.Count > 0)
        {
            written.Add(new JsonObject { ["role"] = role, ["content"] = content });
        }
    }

    private static JsonObject Arguments(IDictionary<string, object?>? arguments)
    {
        var written = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            written[name] = value switch
            {
                null => null,
                JsonElement element => Wire.ToNode(element)?.DeepClone(),
                JsonNode node => node.DeepClone(),
                string text => text,
                bool flag => flag,
                IConvertible number => JsonNode.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                _ => value.ToString(),
            };
        }

        return written;
    }

    private static string Text(object? result) => result switch
    {
        null => string.Empty,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement element => element.GetRawText(),
        _ => result.ToString() ?? string.Empty,
    };

    private ChatResponse Response(JsonElement result)
    {
        var contents = new List<AIContent>();
        if (result.Member("content") is { } content)
        {
            foreach (var block in content.ValueKind == JsonValueKind.Array ? content.EnumerateArray().ToList() : [content])
            {
                switch (block.Text("type"))
                {
                    case "text":
                        contents.Add(new TextContent(block.Text("text")));
                        break;
                    case "tool_use" when block.Text("name") is { } name:
                        var input = block.Member("input") is { ValueKind: JsonValueKind.Object } given
                            ? given.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value, StringComparer.Ordinal)
                            : [];
                        contents.Add(new FunctionCallContent(block.Text("id") ?? GatewaySession.NewId(), name, input));
                        break;
                    default:
                        break;
                }
            }
        }

        if (contents.Count == 0)
        {
            throw new ModelException(ModelErrorKind.Malformed, $"The model of {client} answered with nothing that is an answer; try again, or configure a model here.");
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            ModelId = result.Text("model"),
            FinishReason = result.Text("stopReason") switch { "toolUse" => ChatFinishReason.ToolCalls, "maxTokens" => ChatFinishReason.Length, _ => ChatFinishReason.Stop },
        };
    }
}
