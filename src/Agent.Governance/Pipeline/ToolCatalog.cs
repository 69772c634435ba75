using Agent.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Governance.Pipeline;

/// <summary>Finds a tool by the name a caller used: one of our own process, or one of a server.</summary>
internal sealed class ToolCatalog(IServiceProvider services)
{
    private const int MaxSchemas = 4096;

    private readonly Lazy<IReadOnlyList<ILocalTool>> _local = new(() => [.. services.GetServices<ILocalTool>()]);
    private readonly Lazy<IToolHost?> _host = new(services.GetService<IToolHost>);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);

    public (ToolDefinition Definition, ILocalTool? Local)? Find(string name)
    {
        foreach (var tool in _local.Value)
        {
            if (Is(tool.Definition, name))
            {
                return (tool.Definition, tool);
            }
        }

        return _host.Value?.Find(name) is { } found ? (found, null) : null;
    }

    /// <summary>Up to three names that look like one that does not exist.</summary>
    public IReadOnlyList<string> Nearest(string name)
    {
        var wanted = name.Replace("__", ".", StringComparison.Ordinal).ToLowerInvariant();
        return [.. _local.Value.Select(t => t.Definition).Concat(_host.Value?.Tools ?? [])
            .Select(t => t.Id.ToString())
            .Select(n => (Name: n, Distance: Math.Min(Distance(wanted, n.ToLowerInvariant()), 1 + Distance(wanted, n[(n.IndexOf('.', StringComparison.Ordinal) + 1)..].ToLowerInvariant()))))
            .Where(n => n.Distance <= Math.Max(2, wanted.Length / 2))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(3).Select(n => n.Name)];
    }

    public JsonSchema Schema(ToolDefinition tool)
    {
        if (_schemas.Count > MaxSchemas)
        {
            _schemas.Clear();
        }

        return _schemas.GetOrAdd(tool.Hash, static (_, t) => JsonSchema.Parse(t.InputSchema), tool);
    }

    public ValueTask<ToolResult> CallAsync(ToolId tool, System.Text.Json.JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken) =>
        (_host.Value ?? throw new InvalidOperationException("No tool host is registered.")).CallAsync(tool, arguments, options, cancellationToken);

    private static bool Is(ToolDefinition tool, string name) =>
        name == tool.Id.ModelName || name == tool.Id.ToString();

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
