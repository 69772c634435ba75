using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Gateway;

/// <summary>The tools as a client sees them: under the names a model uses, in a fixed order, without what policy denies outright.</summary>
internal sealed class ToolCatalogue(IToolHost host, IToolPipeline pipeline, AgentTool? agent, bool plainNames)
{
    /// <summary>The list for one session.</summary>
    public JsonArray List(CallContext context)
    {
        var list = new JsonArray();
        if (agent is not null)
        {
            list.Add(AgentTool.Definition());
        }

        foreach (var (name, tool) in Named().OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            if (!pipeline.IsHidden(tool, context))
            {
                list.Add(Describe(name, tool));
            }
        }

        return list;
    }

    public ToolDefinition? Find(string name) =>
        host.Find(name) ?? (plainNames ? Named().FirstOrDefault(pair => pair.Name == name).Tool : null);

    /// <summary>Every tool under the one name that is its own.</summary>
    private IEnumerable<(string Name, ToolDefinition Tool)> Named()
    {
        var tools = host.Tools;
        if (!plainNames)
        {
            return tools.Select(tool => (tool.Id.ModelName, tool));
        }

        var taken = tools.GroupBy(tool => tool.Id.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)
            .Append(AgentTool.Name).ToHashSet(StringComparer.Ordinal);
        return tools.Select(tool => (taken.Contains(tool.Id.Name) ? tool.Id.ModelName : tool.Id.Name, tool));
    }

    /// <summary>What to say of a name that names nothing.</summary>
    public string Unknown(string name)
    {
        var nearest = NearestNames.Find(name, host.Tools.Select(tool => tool.Id.ModelName));
        return nearest.Count > 0
            ? $"There is no tool '{Clip(name)}'. Did you mean {string.Join(" or ", nearest)}?"
            : $"There is no tool '{Clip(name)}'; tools/list names what there is.";
    }

    /// <summary>The server's own definition under the name we give it; whatever else it says is passed on as it is.</summary>
    private static JsonObject Describe(string name, ToolDefinition tool)
    {
        var described = tool.Raw is { } raw ? JsonObject.Create(raw)!.DeepClone().AsObject() : new JsonObject
        {
            ["description"] = tool.Description,
            ["inputSchema"] = Wire.ToNode(tool.InputSchema)?.DeepClone(),
        };
        described["name"] = name;
        described["title"] = tool.Title is { } title ? $"{title} ({tool.Id.Server})" : tool.Id.ToString();
        return described;
    }

    private static string Clip(string name) => name.Length <= 128 ? name : name[..128];
}
