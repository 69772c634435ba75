using System.Text.Json;
using Agent.Json;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Tests;

/// <summary>A server over a folder of its own, called without a client.</summary>
internal class FilesBench : IDisposable
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, JsonSchema> Schemas = new();

    private readonly CursorSeal seal = new();
    private readonly Dictionary<string, ServerTool> tools;

    public FilesBench(params string[] rootNames)
        : this(null, null, rootNames)
    {
    }

    protected FilesBench(string? root, string? state, string[] rootNames, string index = "off", bool followLinks = false, bool watch = true, string? hidden = null, object? configuration = null, TimeProvider? time = null)
    {
        Home = Directory.CreateTempSubdirectory("files-").FullName;
        string[] names = rootNames.Length > 0 ? rootNames : ["root"];
        Roots = root is not null ? [root] : [.. names.Select(name => Directory.CreateDirectory(Path.Combine(Home, name)).FullName)];
        State = state ?? Path.Combine(Home, "state");
        Context = new FilesContext(new ServerOptions
        {
            Roots = Roots,
            StateFolder = State,
            Configuration = JsonSerializer.SerializeToElement(configuration ?? new { index, follow_links = followLinks, watch }),
            Time = time ?? TimeProvider.System,
            PrivateFolders = hidden is null ? [] : [hidden],
        });
        tools = FilesServer.Tools(Context).ToDictionary(tool => tool.Name);
    }

    public string Home { get; }

    public IReadOnlyList<string> Roots { get; }

    public string Root => Roots[0];

    public string State { get; }

    public FilesContext Context { get; }

    public string Full(string path) => Path.Combine(Root, path);

    public void Write(string path, string text) => WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    public void WriteBytes(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(path))!);
        File.WriteAllBytes(Full(path), bytes);
    }

    public string Read(string path) => File.ReadAllText(Full(path));

    public async Task<ToolReply> Reply(string tool, object arguments, bool preview = false)
    {
        var reply = await tools[tool].Handler(ToolRequest.Create(tool, JsonSerializer.SerializeToElement(arguments), preview, seal), CancellationToken.None);

        // Whatever a test is about, what comes back is what the schema says.
        var schema = Schemas.GetOrAdd(tool, static (_, text) => JsonSchema.Parse(JsonElement.Parse(text)), tools[tool].OutputSchema!);
        Assert.Empty(schema.Validate(reply.StructuredContent!.Value));
        return reply;
    }

    public async Task<JsonElement> Call(string tool, object arguments) => (await Reply(tool, arguments)).StructuredContent!.Value;

    public async Task<string> Refusal(string tool, object arguments, bool preview = false) =>
        (await Assert.ThrowsAsync<ToolException>(() => Reply(tool, arguments, preview))).Message;

    public async Task<string> Preview(string tool, object arguments) =>
        (await Reply(tool, arguments, preview: true)).StructuredContent!.Value.GetProperty("preview").GetProperty("text").GetString()!;

    public async Task<string[]> Lines(object arguments) =>
        [.. (await Call("search_text", arguments)).GetProperty("matches").EnumerateArray()
            .Select(match => $"{match.GetProperty("path").GetString()}:{match.GetProperty("line").GetInt64()}:{match.GetProperty("text").GetString()}")];

    public async Task<string[]> Paths(string tool, object arguments) =>
        [.. (await Call(tool, arguments)).GetProperty(tool == "list_directory" ? "entries" : "files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)];

    public void Dispose()
    {
        Context.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(Home, recursive: true);
    }
}

/// <summary>A server over a folder that is there already.</summary>
internal sealed class FilesBenchAt(string root, string? state = null, string index = "off", bool followLinks = false, bool watch = true, string? hidden = null, object? configuration = null, TimeProvider? time = null)
    : FilesBench(root, state, [], index, followLinks, watch, hidden, configuration, time);
