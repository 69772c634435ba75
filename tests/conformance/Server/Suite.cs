using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Agent.StreamableHttp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Conformance.Server;

/// <summary>One request of the suite, and the way back to who sent it.</summary>
internal sealed class Exchange(McpServer server, JsonRpcRequest request, bool stateless)
{
    public JsonObject Params => request.Params as JsonObject ?? [];

    public JsonObject Arguments => Params["arguments"] as JsonObject ?? [];

    public bool Stateless => stateless;

    public string? State => Params["requestState"]?.GetValue<string>();

    public JsonObject? Answers => Params["inputResponses"] as JsonObject;

    public ClientCapabilities? Capabilities => request.Context?.ClientCapabilities ?? server.ClientCapabilities;

    private JsonRpcMessageContext Way => new() { RelatedTransport = request.Context?.RelatedTransport };

    /// <summary>Asks in the way of the protocol in use; null where the question has to go out as this request's answer first.</summary>
    public async Task<JsonNode?> AskAsync(string method, JsonObject parameters, CancellationToken cancellationToken) =>
        stateless ? Answers?["asked"] : (await server.SendRequestAsync(new JsonRpcRequest { Method = method, Params = parameters, Context = Way }, cancellationToken)).Result;

    public Task NotifyAsync(string method, JsonObject parameters) =>
        server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters, Context = Way });
}

/// <summary>
/// The server that the official conformance suite expects: tools, prompts and resources with fixed names. Written on raw
/// messages, so that what is tested is the endpoint below it and the gateway before it.
/// </summary>
internal static class Suite
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Silence = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    public static async Task<int> RunAsync(int port)
    {
        using var end = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            end.Cancel();
        };
        await McpHttpServer.RunAsync(
            new McpHttpOptions
            {
                Url = new Uri($"http://127.0.0.1:{port}/mcp"),
                ToolSchema = name => name == "test_header_tool" ? System.Text.Json.JsonSerializer.SerializeToElement(SuiteTools.Schema(name)) : null,
            },
            (transport, _) => Create(transport),
            started: url => Console.WriteLine(url),
            cancellationToken: end.Token);
        return 0;
    }

    private static McpServer Create(ITransport transport)
    {
        McpServer? self = null;
        var options = new McpServerOptions { ServerInfo = new Implementation { Name = "conformance-fixture", Version = "1.0" } };
        options.Filters.Message.IncomingFilters.Add(next => async (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is JsonRpcRequest request)
            {
                var stateless = string.CompareOrdinal(request.Context?.ProtocolVersion ?? self!.NegotiatedProtocolVersion, "2026-07-28") >= 0;
                if (await AnswerAsync(request.Method, new Exchange(self!, request, stateless), cancellationToken) is { } result)
                {
                    if (stateless)
                    {
                        result["resultType"] ??= "complete";
                        if (request.Method.EndsWith("/list", StringComparison.Ordinal) || request.Method == RequestMethods.ResourcesRead)
                        {
                            result["ttlMs"] = 1000;
                            result["cacheScope"] = "public";
                        }
                    }

                    await self!.SendMessageAsync(new JsonRpcResponse { Id = request.Id, Result = result, Context = request.Context }, cancellationToken);
                    return;
                }

                context.Items["method"] = request.Method;
            }

            await next(context, cancellationToken);
        });
        options.Filters.Message.OutgoingFilters.Add(next => (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result } response
                && response.Context?.Items?.TryGetValue("method", out var method) == true && method is RequestMethods.Initialize or RequestMethods.ServerDiscover)
            {
                result["capabilities"] = new JsonObject
                {
                    ["tools"] = new JsonObject(),
                    ["prompts"] = new JsonObject(),
                    ["resources"] = method is RequestMethods.Initialize ? new JsonObject { ["subscribe"] = true } : new JsonObject(),
                    ["completions"] = new JsonObject(),
                    ["logging"] = new JsonObject(),
                };
            }

            return next(context, cancellationToken);
        });
        self = McpServer.Create(transport, options);
        return self;
    }

    private static async Task<JsonObject?> AnswerAsync(string method, Exchange exchange, CancellationToken cancellationToken) => method switch
    {
        RequestMethods.ToolsList => new JsonObject { ["tools"] = SuiteTools.List() },
        RequestMethods.ToolsCall => await CallAsync(exchange.Params["name"]?.GetValue<string>(), exchange, cancellationToken),
        RequestMethods.PromptsList => new JsonObject { ["prompts"] = SuiteTools.Prompts() },
        RequestMethods.PromptsGet => Prompt(exchange),
        RequestMethods.ResourcesList => new JsonObject { ["resources"] = SuiteTools.Resources() },
        RequestMethods.ResourcesTemplatesList => new JsonObject
        {
            ["resourceTemplates"] = new JsonArray(new JsonObject { ["uriTemplate"] = "test://template/{id}/data", ["name"] = "template", ["mimeType"] = "application/json" }),
        },
        RequestMethods.ResourcesRead => Read(exchange),
        RequestMethods.ResourcesSubscribe or RequestMethods.ResourcesUnsubscribe or "logging/setLevel" => new JsonObject(),
        RequestMethods.CompletionComplete => new JsonObject { ["completion"] = new JsonObject { ["values"] = new JsonArray("paris", "park"), ["total"] = 2, ["hasMore"] = false } },
        _ => null,
    };

    private static async Task<JsonObject> CallAsync(string? name, Exchange exchange, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case "test_simple_text":
                return Text("This is a simple text response for testing.");
            case "test_image_content":
                return Content(Image());
            case "test_audio_content":
                return Content(new JsonObject { ["type"] = "audio", ["data"] = Silence, ["mimeType"] = "audio/wav" });
            case "test_embedded_resource":
                return Content(Resource("test://embedded-resource", "This is an embedded resource content."));
            case "test_multiple_content_types":
                return Content(TextBlock("Multiple content types test:"), Image(), Resource("test://mixed-content-resource", "{\"test\":\"data\",\"value\":123}", "application/json"));
            case "test_error_handling":
                var failed = Text("This tool intentionally returns an error for testing");
                failed["isError"] = true;
                return failed;
            case "test_tool_with_logging":
                foreach (var line in new[] { "Tool execution started", "Tool processing data", "Tool execution completed" })
                {
                    await exchange.NotifyAsync("notifications/message", new JsonObject { ["level"] = "info", ["data"] = line });
                }

                return Text("logged");
            case "test_tool_with_progress":
                if (exchange.Params["_meta"]?["progressToken"] is { } token)
                {
                    foreach (var progress in new[] { 0, 50, 100 })
                    {
                        await exchange.NotifyAsync(NotificationMethods.ProgressNotification, new JsonObject { ["progressToken"] = token.DeepClone(), ["progress"] = progress, ["total"] = 100 });
                    }
                }

                return Text("progressed");
            case "test_sampling":
                var prompt = Sampling(exchange.Arguments["prompt"]?.GetValue<string>() ?? "?");
                return await exchange.AskAsync("sampling/createMessage", prompt, cancellationToken) is { } sampled
                    ? Text($"LLM response: {sampled["content"]?["text"]}")
                    : Required(null, ("asked", Ask("sampling/createMessage", prompt)));
            case "test_elicitation":
                var form = Form(exchange.Arguments["message"]?.GetValue<string>() ?? "?", "username", "email");
                return await exchange.AskAsync(RequestMethods.ElicitationCreate, form, cancellationToken) is { } answered
                    ? Text($"User response: action={answered["action"]}, content={answered["content"]?.ToJsonString()}")
                    : Required(null, ("asked", Ask(RequestMethods.ElicitationCreate, form)));
            case "test_elicitation_sep1034_defaults":
                return await exchange.AskAsync(RequestMethods.ElicitationCreate, SuiteTools.Defaults(), cancellationToken) is { } defaults
                    ? Text($"Elicitation completed: {defaults.ToJsonString()}")
                    : Required(null, ("asked", Ask(RequestMethods.ElicitationCreate, SuiteTools.Defaults())));
            case "test_elicitation_sep1330_enums":
                return await exchange.AskAsync(RequestMethods.ElicitationCreate, SuiteTools.Enums(), cancellationToken) is { } enums
                    ? Text($"Elicitation completed: {enums.ToJsonString()}")
                    : Required(null, ("asked", Ask(RequestMethods.ElicitationCreate, SuiteTools.Enums())));
            case "json_schema_2020_12_tool" or "test_reconnection" or "test_streaming_elicitation" or "test_logging_tool":
                return Text("done");
            case "test_header_tool":
                return Text($"{exchange.Arguments["region"]}: {exchange.Arguments["query"]}");
            case "test_missing_capability":
                return exchange.Capabilities?.Sampling is not null ? Text("has it") : throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new() }, "sampling is needed");
            case "test_input_required_result_elicitation" or "test_incomplete_result_elicitation":
                return Answer(exchange, "user_name", "name") is { } given ? Text($"Hello, {given}!") : Required(null, ("user_name", Elicit("What is your name?", "name")));
            case "test_input_required_result_sampling":
                return exchange.Answers?["capital_question"] is { } capital
                    ? Text($"Sampling said: {capital["content"]?["text"]}")
                    : Required(null, ("capital_question", Ask("sampling/createMessage", Sampling("What is the capital of France?"))));
            case "test_input_required_result_list_roots":
                return exchange.Answers?["client_roots"] is { } roots
                    ? Text($"{roots["roots"]?.AsArray().Count} roots")
                    : Required(null, ("client_roots", Ask("roots/list", [])));
            case "test_input_required_result_request_state":
                return exchange.State is { } echoed
                    ? Text(Verifies(echoed) ? "state-ok" : "state-mismatch")
                    : Required(Sign("state"), ("confirm", Elicit("Please confirm", "ok")));
            case "test_input_required_result_tampered_state":
                return exchange.State is not { } state ? Required(Sign("tamper"), ("confirm", Elicit("Please confirm", "ok")))
                    : Verifies(state) ? Text("untampered")
                    : throw new McpProtocolException("The requestState was changed.", McpErrorCode.InvalidParams);
            case "test_input_required_result_multiple_inputs":
                return exchange.Answers is { Count: >= 3 }
                    ? Text("all three came")
                    : Required(
                        Sign("multiple"),
                        ("user_name", Elicit("What is your name?", "name")),
                        ("greeting", Ask("sampling/createMessage", Sampling("Generate a greeting"))),
                        ("client_roots", Ask("roots/list", [])));
            case "test_input_required_result_multi_round":
                return exchange.State switch
                {
                    null => Required(Sign("1"), ("step1", Elicit("Step 1: What is your name?", "name"))),
                    var one when one.StartsWith("1.", StringComparison.Ordinal) && Verifies(one) => Required(Sign("2"), ("step2", Elicit("Step 2: What is your favourite colour?", "color"))),
                    var two when Verifies(two) => Text("three rounds"),
                    _ => throw new McpProtocolException("The requestState was changed.", McpErrorCode.InvalidParams),
                };
            case "test_input_required_result_capabilities":
                return Capable(exchange);
            default:
                throw new McpProtocolException($"Unknown tool: '{name}'", McpErrorCode.InvalidParams);
        }
    }

    private static JsonObject Capable(Exchange exchange)
    {
        if (exchange.Answers is { Count: > 0 })
        {
            return Text("answered");
        }

        var questions = new List<(string, JsonObject)>();
        if (exchange.Capabilities?.Sampling is not null)
        {
            questions.Add(("capital_question", Ask("sampling/createMessage", Sampling("What is the capital of France?"))));
        }

        if (exchange.Capabilities?.Elicitation is not null)
        {
            questions.Add(("user_name", Elicit("What is your name?", "name")));
        }

        if (exchange.Capabilities?.Roots is not null)
        {
            questions.Add(("client_roots", Ask("roots/list", [])));
        }

        return questions.Count == 0 ? Text("nothing to ask") : Required(null, [.. questions]);
    }

    private static JsonObject Prompt(Exchange exchange)
    {
        JsonObject Messages(params JsonObject[] content) => new()
        {
            ["messages"] = new JsonArray([.. content.Select(block => new JsonObject { ["role"] = "user", ["content"] = block })]),
        };
        var name = exchange.Params["name"]?.GetValue<string>();
        return name switch
        {
            "test_simple_prompt" => Messages(TextBlock("This is a simple prompt for testing.")),
            "test_prompt_with_arguments" => Messages(TextBlock($"Prompt with arguments: arg1='{exchange.Arguments["arg1"]}', arg2='{exchange.Arguments["arg2"]}'")),
            "test_prompt_with_embedded_resource" => Messages(
                Resource(exchange.Arguments["resourceUri"]?.GetValue<string>() ?? "test://example-resource", "Embedded resource content for testing."),
                TextBlock("Please process the embedded resource above.")),
            "test_prompt_with_image" => Messages(Image(), TextBlock("Please analyze the image above.")),
            "test_input_required_result_prompt" => Answer(exchange, "user_context", "context") is { } context
                ? Messages(TextBlock($"Go on with: {context}"))
                : Required(null, ("user_context", Elicit("What context should the prompt use?", "context"))),
            _ => throw new McpProtocolException($"Unknown prompt: '{name}'", McpErrorCode.InvalidParams),
        };
    }

    private static JsonObject Read(Exchange exchange)
    {
        var uri = exchange.Params["uri"]?.GetValue<string>() ?? string.Empty;
        var id = uri.StartsWith("test://template/", StringComparison.Ordinal) && uri.EndsWith("/data", StringComparison.Ordinal) ? uri["test://template/".Length..^"/data".Length] : null;
        JsonObject? contents = uri switch
        {
            "test://static-text" => new() { ["text"] = "This is the content of the static text resource.", ["mimeType"] = "text/plain" },
            "test://static-binary" => new() { ["blob"] = Pixel, ["mimeType"] = "image/png" },
            "test://watched-resource" => new() { ["text"] = "watched", ["mimeType"] = "text/plain" },
            _ when id is not null => new() { ["text"] = new JsonObject { ["id"] = id, ["templateTest"] = true, ["data"] = $"Data for ID: {id}" }.ToJsonString(), ["mimeType"] = "application/json" },
            _ => null,
        };
        if (contents is null)
        {
            throw new McpProtocolException($"Unknown resource: '{uri}'", exchange.Stateless ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound) { Data = { ["uri"] = uri } };
        }

        contents["uri"] = uri;
        return new JsonObject { ["contents"] = new JsonArray(contents) };
    }

    private static string? Answer(Exchange exchange, string key, string field)
    {
        var answer = exchange.Answers?[key];
        return answer?["action"]?.GetValue<string>() == "accept" && answer["content"]?[field] is { } value ? value.ToString() : null;
    }

    private static JsonObject Required(string? state, params (string Key, JsonObject Request)[] questions)
    {
        var requests = new JsonObject();
        foreach (var (key, request) in questions)
        {
            requests[key] = request;
        }

        var result = new JsonObject { ["resultType"] = "input_required", ["inputRequests"] = requests };
        if (state is not null)
        {
            result["requestState"] = state;
        }

        return result;
    }

    private static string Sign(string text)
    {
        var body = $"{text}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        return $"{body}.{Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(body)))}";
    }

    private static bool Verifies(string state)
    {
        var dot = state.LastIndexOf('.');
        return dot > 0 && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(state[(dot + 1)..]),
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(state[..dot])))));
    }

    private static JsonObject Elicit(string message, params string[] fields) => Ask(RequestMethods.ElicitationCreate, Form(message, fields));

    private static JsonObject Ask(string method, JsonObject parameters) => new() { ["method"] = method, ["params"] = parameters };

    private static JsonObject Form(string message, params string[] fields)
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            properties[field] = new JsonObject { ["type"] = field == "ok" ? "boolean" : "string" };
        }

        return new JsonObject
        {
            ["message"] = message,
            ["requestedSchema"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
                ["required"] = new JsonArray([.. fields.Select(field => JsonValue.Create(field))]),
            },
        };
    }

    private static JsonObject Sampling(string prompt) => new()
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = TextBlock(prompt) }),
        ["maxTokens"] = 100,
    };

    private static JsonObject Text(string text) => Content(TextBlock(text));

    private static JsonObject Content(params JsonObject[] blocks) => new() { ["content"] = new JsonArray([.. blocks]) };

    private static JsonObject TextBlock(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject Image() => new() { ["type"] = "image", ["data"] = Pixel, ["mimeType"] = "image/png" };

    private static JsonObject Resource(string uri, string text, string type = "text/plain") =>
        new() { ["type"] = "resource", ["resource"] = new JsonObject { ["uri"] = uri, ["mimeType"] = type, ["text"] = text } };
}
