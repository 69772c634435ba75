using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>
/// The tools that a server offers now, in the order they were added. Connected clients are told of changes. Safe for use by
/// several threads.
/// </summary>
public sealed class ToolRegistry
{
    private readonly CursorSeal seal;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    internal ToolRegistry(CursorSeal seal, TimeProvider time, ILogger logger)
    {
        this.seal = seal;
        this.time = time;
        this.logger = logger;
    }

    internal McpServerPrimitiveCollection<McpServerTool> Tools { get; } = new(StringComparer.Ordinal);

    /// <summary>The error of a tool that is not there, with those whose names are like it.</summary>
    internal McpProtocolException Unknown(string name)
    {
        var near = NearestNames.Find(name, Tools.PrimitiveNames);
        return new McpProtocolException(
            near.Count > 0 ? $"There is no tool '{name}'; near are {string.Join(", ", near)}." : $"There is no tool '{name}'; tools/list names what there is.",
            McpErrorCode.InvalidParams);
    }

    /// <summary>Adds tools; clients are told once.</summary>
    /// <param name="tools">The tools.</param>
    /// <exception cref="ArgumentException">A tool of that name is there.</exception>
    public void Add(params IEnumerable<ServerTool> tools)
    {
        using (Tools.DeferChangedEvents())
        {
            foreach (var tool in tools)
            {
                Tools.Add(new ToolAdapter(tool, seal, time, logger));
            }
        }
    }

    /// <summary>Removes a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string name) => Tools.TryGetPrimitive(name, out var tool) && Tools.Remove(tool);
}
