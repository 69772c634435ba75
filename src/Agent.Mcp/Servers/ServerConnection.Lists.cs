using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>What the server offers: its lists, and which of its tools may be used.</summary>
internal sealed partial class ServerConnection
{
    private const int MaxPages = 100;
    private const int MaxItems = 10_000;

    private async Task LoadToolsAsync(McpClient connected, CancellationToken cancellationToken)
    {
        if (connected.ServerCapabilities.Tools is null)
        {
            Tools = [];
            return;
        }

        var found = new List<ToolDefinition>();
        var problems = new List<string>();
        foreach (var item in await ListAsync(connected, RequestMethods.ToolsList, "tools", cancellationToken))
        {
            if (ToolReader.Read(Name, item, out var problem) is not { } tool)
            {
                problems.Add($"offers {problem}, which is left out");
                continue;
            }

            if (problem is not null)
            {
                problems.Add($"offers {problem}");
            }

            if (!Registers(connected, tool, out problem))
            {
                problems.Add(problem!);
            }
            else
            {
                found.Add(tool with { BuiltIn = definition.BuiltIn });
            }
        }

        foreach (var twins in found.GroupBy(tool => tool.Id.Name).Where(group => group.Count() > 1).ToList())
        {
            problems.Add($"offers two tools named '{twins.Key}', so neither is used");
            found.RemoveAll(tool => tool.Id.Name == twins.Key);
        }

        var on = new List<ToolDefinition>(found.Count);
        foreach (var tool in found)
        {
            if (services.Pins is { } pins && await pins.CheckToolAsync(tool, cancellationToken) is { State: PinState.Changed })
            {
                problems.Add($"changed its tool '{tool.Id.Name}', which is off until you accept the change (`agent tools show {tool.Id}` shows it, `agent tools accept {tool.Id}` accepts it)");
            }
            else
            {
                on.Add(tool);
            }
        }

        Tools = [.. on.OrderBy(tool => tool.Id.Name, StringComparer.Ordinal)];
        Status = Status with { Problem = problems.Count == 0 ? null : $"The server '{Name}' {string.Join("; it ", problems.Take(5))}.", ToolCount = Tools.Length };
    }

    /// <summary>Tells the HTTP client of a tool whose arguments travel in headers (<c>x-mcp-header</c>) as well.</summary>
    private bool Registers(McpClient connected, ToolDefinition tool, out string? problem)
    {
        problem = null;
        if (definition.Url is null || string.CompareOrdinal(connected.NegotiatedProtocolVersion, FirstStateless) < 0)
        {
            return true;
        }

        try
        {
            if (tool.Raw!.Value.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))) is Tool known)
            {
                connected.AddKnownTools([known]);
            }

            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            problem = $"offers the tool '{tool.Id.Name}' with a schema that breaks the protocol, so it is left out";
            return false;
        }
    }

    /// <summary>Reads a whole list, page by page, each item as the server sent it.</summary>
    private static async Task<List<JsonElement>> ListAsync(McpClient connected, string method, string member, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        for (var page = 0; page < MaxPages && items.Count < MaxItems; page++)
        {
            var parameters = new JsonObject();
            if (cursor is not null)
            {
                parameters["cursor"] = cursor;
            }

            var result = Wire.ToElement((await connected.SendRequestAsync(new JsonRpcRequest { Method = method, Params = parameters }, cancellationToken)).Result);
            if (result.Member(member) is { ValueKind: JsonValueKind.Array } list)
            {
                items.AddRange(list.EnumerateArray().Take(MaxItems - items.Count));
            }

            cursor = result.Text("nextCursor");
            if (cursor is null)
            {
                break;
            }
        }

        return items;
    }
}
