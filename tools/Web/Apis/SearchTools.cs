using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary><c>search_operations</c> and <c>call_operation</c>, which stand in for the operations of large APIs.</summary>
internal sealed class SearchTools
{
    public const string SearchName = "search_operations";
    public const string CallName = "call_operation";

    private const int MostSchemaCharacters = 12_000;

    private readonly IReadOnlyList<ApiEntry> _entries;
    private readonly Dictionary<string, ApiEntry> _byName;
    private readonly Lazy<OperationSearch> _search;
    private readonly string[] _apis;

    public SearchTools(IReadOnlyList<Api> apis, bool prefixed)
    {
        _apis = [.. apis.Select(a => a.Name)];
        _entries = [.. apis.SelectMany(a => a.Operations.Select(o => new ApiEntry(a, o, prefixed ? OperationNames.WithPrefix(a.Name, o.Name) : o.Name)))];
        _byName = new Dictionary<string, ApiEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in _entries)
        {
            _byName.TryAdd(entry.Name, entry);
        }

        _search = new Lazy<OperationSearch>(() => new OperationSearch(_entries));
    }

    public IEnumerable<ServerTool> Tools => [Search, Call];

    /// <summary>The operations they stand in for.</summary>
    public IReadOnlyList<ApiEntry> Entries => _entries;

    private string Which => $"{_entries.Count} operations of {string.Join(", ", _apis)}";

    private ServerTool Search => new()
    {
        Name = SearchName,
        Title = "Find operations of web APIs",
        Description = $"Finds operations among {Which} by what they do; the best come first, with the schema of their arguments. Call one with {CallName}.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "query": {"type": "string", "description": "What the operation should do, or its name; empty lists all."},
              "api": {"type": "string", "description": "Only of this API."},
              "tag": {"type": "string", "description": "Only with this tag."},
              "method": {"type": "string", "description": "Only with this HTTP method."},
              "path": {"type": "string", "description": "Only with a path like this: * for anything within a segment, ** for anything."},
              "limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": "How many; 8 where not given."},
              "cursor": {"type": "string", "description": "next_cursor of the list before."}
            }, "required": ["query"], "additionalProperties": false}
            """,
        OutputSchema =
            $$"""
            {"type": "object", "properties": {
              "operations": {"type": "array", "items": {"type": "object", "properties": {
                "operation": {"type": "string"}, "api": {"type": "string"}, "method": {"type": "string"}, "path": {"type": "string"},
                "description": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"} },
                "arguments": {"description": "JSON Schema of the arguments; absent where the list is long: search for the operation's name."}
              }, "required": ["operation", "method", "path", "description"]} },
              {{Page.SchemaProperties}}
            }, "required": ["operations", {{Page.SchemaRequired}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Handler = (request, _) => ValueTask.FromResult(Find(request)),
    };

    private ServerTool Call => new()
    {
        Name = CallName,
        Title = "Call an operation of a web API",
        Description = $"Calls one of {Which}, as {SearchName} gives it: its name, its method, and arguments by its schema.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "operation": {"type": "string", "description": "The operation's name."},
              "method": {"type": "string", "enum": ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "POST", "PUT", "PATCH", "DELETE"], "description": "The operation's HTTP method, said again so that rules can tell reading from acting."},
              "arguments": {"type": "object", "description": "The operation's arguments."},
              "select": {"type": "string", "description": "JSONPath of what to show of the answer, as $.items[*].name."},
              "cursor": {"type": "string", "description": "next_cursor of the answer before."},
              "pages": {"type": "integer", "minimum": 1, "maximum": 20, "description": "How many pages of the answer to follow."}
            }, "required": ["operation", "method"], "additionalProperties": false}
            """,
        OutputSchema =
            $$"""
            {"type": "object", "properties": {
              "url": {"type": "string"}, "status": {"type": "integer"}, "content_type": {"type": "string"}, "body": {},
              "cut": {"type": "array", "items": {"type": "string"}, "description": "What was shortened."},
              {{Page.SchemaProperties}}
            } }
            """,
        Destructive = true,
        Previews = true,
        OpenWorld = true,
        Handler = CallAsync,
    };

    private ToolReply Find(ToolRequest request)
    {
        var arguments = request.Arguments;
        var path = arguments.OptionalText("path") is { Length: > 0 } pattern ? OperationFilter.Glob(pattern) : null;
        var (api, tag, method) = (arguments.OptionalText("api"), arguments.OptionalText("tag"), arguments.OptionalText("method"));
        if (api is not null && !_apis.Contains(api, StringComparer.OrdinalIgnoreCase))
        {
            throw new ToolException($"There is no API {api}; there are {string.Join(", ", _apis)}.");
        }

        var found = _search.Value.Find(arguments.Text("query"), entry =>
            (api is null || entry.Api.Name.Equals(api, StringComparison.OrdinalIgnoreCase))
            && (tag is null || entry.Operation.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
            && (method is null || entry.Operation.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
            && path?.IsMatch(entry.Operation.Path) != false);
        var start = request.OpenCursor() is { } position ? int.Parse(position) : 0;
        var limit = arguments.Int("limit", 8, 1, 50);
        var page = found.Skip(start).Take(limit).ToList();
        var next = start + page.Count < found.Count ? request.SealCursor((start + page.Count).ToString()) : null;
        var schemas = Schemas(page);
        return ToolReply.Structured(Rendering(page, schemas, found.Count), writer =>
        {
            writer.WriteStartArray("operations");
            for (var i = 0; i < page.Count; i++)
            {
                Write(writer, page[i], schemas[i]);
            }

            writer.WriteEndArray();
            Page.Write(writer, found.Count, next is not null, next);
        });
    }

    private async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var name = request.Arguments.Text("operation");
        if (!_byName.TryGetValue(name, out var entry))
        {
            var near = _search.Value.Find(name, _ => true).Take(3).Select(e => e.Name).ToList();
            throw new ToolException($"There is no operation {name}{(near.Count > 0 ? $"; near are {string.Join(", ", near)}" : string.Empty)}. {SearchName} finds them.");
        }

        var (api, operation) = (entry.Api, entry.Operation);
        if (!operation.Method.Equals(request.Arguments.Text("method"), StringComparison.Ordinal))
        {
            throw new ToolException($"The method of {entry.Name} is {operation.Method}; say so in 'method'.");
        }

        var arguments = new ToolArguments(request.Arguments.Find("arguments") ?? default);
        entry.RefuseUnknown(arguments);
        try
        {
            return await OperationCall.Read(request, arguments, "select", "cursor", "pages").RunAsync(api, operation, request, cancellationToken);
        }
        catch (ToolException e) when (e.IsOfArguments)
        {
            throw entry.Told(e);
        }
    }

    // As many schemas as fit: at least that of the best.
    private static string?[] Schemas(List<ApiEntry> page)
    {
        var schemas = new string?[page.Count];
        var room = MostSchemaCharacters;
        for (var i = 0; i < page.Count; i++)
        {
            var schema = page[i].Api.Schema(page[i].Operation).InputJson;
            if (i > 0 && schema.Length > room)
            {
                break;
            }

            schemas[i] = schema;
            room -= schema.Length;
        }

        return schemas;
    }

    private static void Write(Utf8JsonWriter writer, ApiEntry entry, string? schema)
    {
        writer.WriteStartObject();
        writer.WriteString("operation", entry.Name);
        writer.WriteString("api", entry.Api.Name);
        writer.WriteString("method", entry.Operation.Method);
        writer.WriteString("path", entry.Operation.Path);
        writer.WriteString("description", OperationSchema.Words(entry.Operation, 300));
        writer.WriteStartArray("tags");
        foreach (var tag in entry.Operation.Tags)
        {
            writer.WriteStringValue(tag);
        }

        writer.WriteEndArray();
        if (schema is not null)
        {
            writer.WritePropertyName("arguments");
            writer.WriteRawValue(schema, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static string Rendering(List<ApiEntry> page, string?[] schemas, int total)
    {
        if (page.Count == 0)
        {
            return "No operation fits; use other words, or fewer filters.";
        }

        var text = new StringBuilder();
        for (var i = 0; i < page.Count; i++)
        {
            var operation = page[i].Operation;
            text.Append(page[i].Name).Append(": ").Append(operation.Method).Append(' ').Append(operation.Path);
            if (OperationSchema.Words(operation, 300) is { Length: > 0 } words)
            {
                text.Append(" - ").Append(words);
            }

            text.Append('\n');
            if (schemas[i] is { } schema)
            {
                text.Append("  arguments: ").Append(schema).Append('\n');
            }
        }

        return text.Append('(').Append(page.Count).Append(" of ").Append(total).Append(')').ToString();
    }
}
