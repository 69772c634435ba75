using System.Text;
using Agent.Tools.Hosting;

namespace Agent.Tools.Web.Apis;

/// <summary><c>list_apis</c>: what is configured, where it is, how it is offered, and what of its document was left out and why.</summary>
internal sealed class ListApisTool(IReadOnlyList<NamedSource> sources, Func<string, Api?> find, Func<string, string?> failure)
{
    private const int MostProblems = 50;

    public ServerTool Tool => new()
    {
        Name = "list_apis",
        Title = "List configured web APIs",
        Description = "Lists the configured web APIs: title, address, how many operations, whether they are tools of their own, and what was left out of their documents and why.",
        About = ToolSubject.Overview,
        InputSchema = """{"type": "object", "properties": {}, "additionalProperties": false}""",
        OutputSchema =
            $$"""
            {"type": "object", "properties": {
              "apis": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"}, "title": {"type": ["string", "null"]}, "server": {"type": ["string", "null"]}, "operations": {"type": "integer"},
                "offered": {"type": "string", "description": "As tools, or by search."},
                "problems": {"type": "array", "items": {"type": "string"}, "description": "What was left out or mended, and why."}
              }, "required": ["name", "operations", "problems"]} },
              {{Page.SchemaProperties}}
            }, "required": ["apis", {{Page.SchemaRequired}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Handler = (_, _) => ValueTask.FromResult(List()),
    };

    private ToolReply List()
    {
        return ToolReply.Structured(Rendering(), writer =>
        {
            writer.WriteStartArray("apis");
            foreach (var name in sources.Select(s => s.Name))
            {
                var api = find(name);
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("title", api?.Description.Title);
                writer.WriteString("server", Server(api));
                writer.WriteNumber("operations", api?.Operations.Count ?? 0);
                writer.WriteString("offered", Offered(api));
                writer.WriteStartArray("problems");
                foreach (var problem in Problems(name, api))
                {
                    writer.WriteStringValue(problem);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Page.Write(writer, sources.Count, false, null);
        });
    }

    private string Rendering()
    {
        if (sources.Count == 0)
        {
            return "No API is configured; an operator adds one with --api NAME=FILE-OR-URL.";
        }

        var text = new StringBuilder();
        foreach (var name in sources.Select(s => s.Name))
        {
            var api = find(name);
            text.Append(name);
            if (api is not null)
            {
                text.Append($": {api.Description.Title}, at {Server(api) ?? "no known address"}, {api.Operations.Count} operations, offered {Offered(api)}");
            }

            text.Append('\n');
            foreach (var problem in Problems(name, api))
            {
                text.Append("  ").Append(problem).Append('\n');
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string? Server(Api? api) => api is null ? null : ServerAddress.Of(api.Options, api.Operations.Count > 0 ? api.Operations[0].Servers : []);

    private static string Offered(Api? api) => api is null ? "not at all" : api.OffersTools ? "as tools" : "by search";

    private IEnumerable<string> Problems(string name, Api? api) =>
        api is null ? [failure(name) ?? "It is still being loaded."] : api.Description.Problems.Take(MostProblems);
}
