using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>Puts a <see cref="ServerTool"/> behind the protocol: argument names, time limit, errors as results.</summary>
internal sealed partial class ToolAdapter : McpServerTool
{
    private readonly ServerTool tool;
    private readonly CursorSeal seal;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly HashSet<string>? names;

    public ToolAdapter(ServerTool tool, CursorSeal seal, TimeProvider time, ILogger logger)
    {
        this.tool = tool;
        this.seal = seal;
        this.time = time;
        this.logger = logger;

        var input = JsonElement.Parse(tool.InputSchema);
        names = ClosedNames(input);
        ProtocolTool = new Tool
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = input,
            OutputSchema = tool.OutputSchema is null ? null : JsonElement.Parse(tool.OutputSchema),
            Annotations = new ToolAnnotations
            {
                Title = tool.Title,
                ReadOnlyHint = tool.ReadOnly,
                DestructiveHint = tool.Destructive,
                IdempotentHint = tool.Idempotent,
                OpenWorldHint = tool.OpenWorld,
            },
            Meta = Words(tool),
        };
    }

    public override Tool ProtocolTool { get; }

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var members = request.Params?.Arguments is { Count: > 0 } given
            ? new Dictionary<string, JsonElement>(given, StringComparer.Ordinal)
            : [];
        var call = new ToolRequest(tool.Name, new ToolArguments(members), seal, request.Server, request.Params);
        return (await CallAsync(call, cancellationToken)).ToResult();
    }

    public async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(tool.Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            RefuseUnknownNames(request.Arguments);
            if (request.Preview && !tool.Previews && !tool.ReadOnly)
            {
                throw new ToolException($"{tool.Name} cannot tell what it would do without doing it, so nothing was done.");
            }

            if (request.Classify)
            {
                return tool.Classifier is { } classify
                    ? await classify(request, linked.Token)
                    : throw new ToolException($"{tool.Name} cannot tell what a call of it is, so nothing was done.");
            }

            return await tool.Handler(request, linked.Token);
        }
        catch (ToolException e)
        {
            return ToolReply.Error(e.IsOfArguments ? $"{e.Message} {tool.Name} takes {ArgumentList.Of(ProtocolTool.InputSchema)}." : e.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ToolReply.Error($"{tool.Name} did not finish within {tool.Limit.TotalSeconds:0.#} seconds; ask for less at once.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The boundary of the server: the model reads that it failed, the log alone reads why.
            LogFailure(logger, e, tool.Name);
            return ToolReply.Error($"{tool.Name} failed inside ({e.GetType().Name}); the server's log on stderr says why.");
        }
    }

    // What it can be asked beside a call, so that a client asks only who knows the word.
    private static JsonObject? Words(ServerTool tool)
    {
        var words = new JsonObject();
        if (tool.Previews)
        {
            words[ToolRequest.PreviewKey] = true;
        }

        if (tool.Classifier is not null)
        {
            words[ToolRequest.ClassifyKey] = true;
        }

        if (tool.About != ToolSubject.Data)
        {
            words[ToolRequest.AboutKey] = tool.About == ToolSubject.State ? "state" : "overview";
        }

        return words.Count > 0 ? words : null;
    }

    private void RefuseUnknownNames(ToolArguments arguments)
    {
        foreach (var name in arguments.Members.Keys)
        {
            if (names is not null && !names.Contains(name))
            {
                throw new ToolException($"There is no argument '{name}'.") { IsOfArguments = true };
            }
        }
    }

    private static HashSet<string>? ClosedNames(JsonElement schema)
    {
        if (!schema.TryGetProperty("additionalProperties", out var open) || open.ValueKind != JsonValueKind.False)
        {
            return null;
        }

        return schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tool} failed")]
    private static partial void LogFailure(ILogger logger, Exception exception, string tool);
}
