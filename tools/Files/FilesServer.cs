using Agent.Tools.Files.Changing;
using Agent.Tools.Files.Finding;
using Agent.Tools.Files.Listing;
using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Searching;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>The <c>files</c> server.</summary>
internal static class FilesServer
{
    public static ServerDescription Description { get; } = new(
        "files",
        "Files",
        "An MCP server for the files in some folders: search, read, change. Nothing outside these folders is ever touched.",
        "Use search_text to find places in files and find_files to find files by name; then read_file with the lines you need. "
        + "Before a change read the file, and give its hash as expected_hash. Paths are relative to the root, with / between names.",
        ServerSources.Roots);

    public static IEnumerable<ServerTool> Tools(FilesContext context) =>
    [
        new SearchText(context).Tool,
        new FindFiles(context).Tool,
        new ListDirectory(context).Tool,
        new ReadFile(context).Tool,
        .. new WriteTools(context).Tools,
        .. new MoveTools(context).Tools,
        context.Indexes.Tool,
    ];
}
