using Microsoft.Extensions.AI;

namespace Agent.Models.Offline.Tools;

/// <summary>What a tool is good for, whatever server offers it.</summary>
internal enum Role
{
    SearchText,
    FindFiles,
    ReadFile,
    ListDirectory,
    WriteFile,
    EditFile,
    MoveFile,
    DeleteFile,
    CreateDirectory,
    RestoreFile,
    ListDatabases,
    DescribeSchema,
    Query,
    Explain,
    Execute,
    Fetch,
    HttpRequest,
    SearchOperations,
    CallOperation,
}

/// <summary>The tools of one request, found by what they are good for.</summary>
internal sealed class OfferedTools
{
    // The names that common servers give these tools; the first is that of the built-in server.
    private static readonly Dictionary<Role, string[]> Names = new()
    {
        [Role.SearchText] = ["search_text", "grep", "search_content", "search_in_files", "search_file_contents"],
        [Role.FindFiles] = ["find_files", "search_files", "glob", "list_files"],
        [Role.ReadFile] = ["read_file", "read_text_file", "get_file_contents", "open_file"],
        [Role.ListDirectory] = ["list_directory", "list_dir", "ls", "directory_tree"],
        [Role.WriteFile] = ["write_file", "create_file"],
        [Role.EditFile] = ["edit_file", "replace_in_file"],
        [Role.MoveFile] = ["move_file", "rename_file"],
        [Role.DeleteFile] = ["delete_file", "remove_file"],
        [Role.CreateDirectory] = ["create_directory", "make_directory", "mkdir"],
        [Role.RestoreFile] = ["restore_file"],
        [Role.ListDatabases] = ["list_databases"],
        [Role.DescribeSchema] = ["describe_schema", "get_schema", "schema"],
        [Role.Query] = ["query", "execute_query", "run_query", "read_query", "execute_sql"],
        [Role.Explain] = ["explain", "explain_query"],
        [Role.Execute] = ["execute", "write_query"],
        [Role.Fetch] = ["fetch", "fetch_url", "get_url"],
        [Role.HttpRequest] = ["http_request"],
        [Role.SearchOperations] = ["search_operations"],
        [Role.CallOperation] = ["call_operation"],
    };

    private readonly Dictionary<Role, OfferedTool> _byRole = [];

    private OfferedTools(IReadOnlyList<OfferedTool> tools)
    {
        Tools = tools;
        foreach (var (role, names) in Names)
        {
            foreach (var name in names)
            {
                if (tools.FirstOrDefault(t => string.Equals(t.LocalName, name, StringComparison.OrdinalIgnoreCase)) is { } tool && !_byRole.ContainsValue(tool))
                {
                    _byRole.Add(role, tool);
                    break;
                }
            }
        }

        // What is left and is not of our own process does what its description says: operations of an API, tools of other servers.
        Operations = [.. tools.Where(t => !_byRole.ContainsValue(t) && t.Server is not ("agent" or "files" or "sql"))];
    }

    public IReadOnlyList<OfferedTool> Tools { get; }

    /// <summary>Tools that do what their description says and nothing that a <see cref="Role"/> names.</summary>
    public IReadOnlyList<OfferedTool> Operations { get; }

    public static OfferedTools Read(ChatOptions? options) =>
        new([.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(OfferedTool.Read)]);

    public OfferedTool? Find(Role role) => _byRole.GetValueOrDefault(role);

    public bool Has(Role role) => _byRole.ContainsKey(role);
}
