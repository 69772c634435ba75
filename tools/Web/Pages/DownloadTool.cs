using System.Globalization;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Results;

namespace Agent.Tools.Web.Pages;

/// <summary>
/// <c>download</c>: a file from the web, or what an operation answers, into the workspace. A tool of its own, so that what is written
/// passes policy and approval like every other write; it makes new files and never replaces one.
/// </summary>
internal sealed class DownloadTool
{
    private const int LargestFile = 200 << 20;

    private readonly WebClient _client;
    private readonly string _root;
    private readonly string[] _private;
    private readonly Func<string, ApiEntry?> _operation;
    private readonly Func<string, IReadOnlyList<string>> _nearest;

    /// <summary>A tool that writes below a folder.</summary>
    /// <param name="client">Sends requests to addresses.</param>
    /// <param name="root">The folder.</param>
    /// <param name="privateFolders">Folders of state, into which nothing is saved even where they lie below the root.</param>
    /// <param name="operation">Finds an operation by the name that its tool has.</param>
    /// <param name="nearest">The names that are nearest to one that is none.</param>
    public DownloadTool(WebClient client, string root, IReadOnlyList<string> privateFolders, Func<string, ApiEntry?> operation, Func<string, IReadOnlyList<string>>? nearest = null)
    {
        _client = client;
        _private = [.. privateFolders.Select(Resolved)];
        _root = Resolved(root);
        _operation = operation;
        _nearest = nearest ?? (_ => []);
    }

    public ServerTool Tool => new()
    {
        Name = "download",
        Title = "Save a file from the web",
        Description = "Saves what is at an address, or what an API's operation answers in full, as a new file in the workspace, byte for byte: "
            + "for files, and for answers too large to read. For reading a page use fetch.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string", "description": "The address: http or https. This or operation."},
              "operation": {"type": "string", "description": "Instead of an address: the name of an API's operation that reads."},
              "arguments": {"type": "object", "description": "The operation's arguments."},
              "path": {"type": "string", "description": "The new file, relative to the workspace."}
            }, "required": ["path"], "additionalProperties": false}
            """,
        OutputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string"}, "path": {"type": "string"}, "bytes": {"type": "integer"}, "content_type": {"type": "string"}
            } }
            """,
        OpenWorld = true,
        Previews = true,
        Handler = CallAsync,
    };

    private async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var (file, shown) = Target(request.Arguments.Text("path"));
            var source = Source(request.Arguments);
            if (request.Preview)
            {
                return ToolReply.Preview("http", $"{source.Preview}\nsaved as the new file {shown}\n");
            }

            var answer = await source.ReadAsync(cancellationToken);
            if (!answer.IsSuccess)
            {
                throw new ToolException($"{answer.Url.GetLeftPart(UriPartial.Path)} answered {(int)answer.Status} {answer.Reason}".TrimEnd() + "; nothing was saved.");
            }

            if (answer.Truncated)
            {
                throw new ToolException($"What is there is larger than {LargestFile >> 20} MiB; nothing was saved.");
            }

            await SaveAsync(file, shown, answer.Body, cancellationToken);
            var size = answer.Body.Length.ToString("N0", CultureInfo.InvariantCulture);
            return ToolReply.Structured($"Saved {size} bytes as {shown}.", writer =>
            {
                writer.WriteString("url", answer.Url.AbsoluteUri);
                writer.WriteString("path", shown);
                writer.WriteNumber("bytes", answer.Body.Length);
                writer.WriteString("content_type", MediaTypes.Bare(answer.ContentType));
            });
        }
        catch (RequestException e)
        {
            throw new ToolException(e.Message, e);
        }
    }

    private (string Preview, Func<CancellationToken, Task<WebResponse>> ReadAsync) Source(ToolArguments arguments)
    {
        var (address, name) = (arguments.OptionalText("url"), arguments.OptionalText("operation"));
        if (address is null == name is null)
        {
            throw new ToolException("Give either url, or operation with its arguments.");
        }

        if (address is not null)
        {
            var url = _client.Rules.Parse(address);
            var message = new WebRequest { Method = HttpMethod.Get, Url = url, Headers = [new("Accept", "*/*")], MaxBytes = LargestFile };
            return (RequestPreview.Of(message), token => _client.SendAsync(message, token));
        }

        if (_operation(name!) is not { } entry)
        {
            var near = _nearest(name!);
            throw new ToolException(near.Count > 0
                ? $"There is no operation {name}; near are {string.Join(", ", near)}."
                : $"There is no operation {name}; list_apis and the tools' names say which there are.");
        }

        if (!entry.Operation.IsSafe)
        {
            throw new ToolException($"{name} does more than read ({entry.Operation.Method}), so its answer is not saved; call it by its own tool.");
        }

        var given = new ToolArguments(arguments.Find("arguments") ?? default);
        entry.RefuseUnknown(given);
        var call = new OperationCall(given, new AnswerPosition(), null, 1);
        try
        {
            return (call.Preview(entry.Api, entry.Operation), token => call.ReadAsync(entry.Api, entry.Operation, LargestFile, token));
        }
        catch (ToolException e) when (e.IsOfArguments)
        {
            throw entry.Told(e);
        }
    }

    private async Task SaveAsync(string file, string shown, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var part = $"{file}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Again, now that all of it is there: a link may have come in between.
            Target(Path.GetRelativePath(_root, file));
            await using (var stream = new FileStream(part, PrivateFolder.NewFile))
            {
                // And by the handle, which no link can be put under any more.
                if (OperatingSystem.IsLinux() && File.ResolveLinkTarget($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName != part)
                {
                    throw new IOException("The file was made elsewhere.");
                }

                await stream.WriteAsync(content, cancellationToken);
            }

            File.Move(part, file, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{shown} cannot be written there: {(File.Exists(file) ? "it is there already; choose another name" : "check the folder")}.", e);
        }
        finally
        {
            File.Delete(part);
        }
    }

    // Below the root, through no link, and not there yet.
    private (string File, string Shown) Target(string path)
    {
        var full = Path.GetFullPath(path, _root);
        if (path.Length == 0 || path.Any(char.IsControl) || !full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ToolException("The path must be one inside the workspace, relative to it, as downloads/report.pdf.");
        }

        var shown = Path.GetRelativePath(_root, full).Replace(Path.DirectorySeparatorChar, '/');
        var step = _root;
        foreach (var name in shown.Split('/'))
        {
            if (name == ".git")
            {
                throw new ToolException("Nothing is saved below .git; choose another folder.");
            }

            step = Path.Combine(step, name);
            if (new FileInfo(step).LinkTarget is not null)
            {
                throw new ToolException($"{shown} leads through a link, which is not followed; choose another folder.");
            }

            if (_private.Contains(step, StringComparer.Ordinal))
            {
                throw new ToolException($"{shown} is in a folder where this program keeps its own state; choose another folder.");
            }
        }

        return File.Exists(full) || Directory.Exists(full)
            ? throw new ToolException($"{shown} is there already; choose another name.")
            : (full, shown);
    }

    // The operator's own folders may lie behind links; what is below them may not.
    private static string Resolved(string folder)
    {
        var path = Path.GetFullPath(folder);
        var resolved = Path.GetPathRoot(path)!;
        foreach (var name in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var step = new DirectoryInfo(Path.Combine(resolved, name));
            resolved = step.LinkTarget is { } target ? Resolved(Path.Combine(resolved, target)) : step.FullName;
        }

        return resolved;
    }
}
