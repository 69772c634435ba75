using System.Globalization;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Pages;

/// <summary>
/// <c>download</c>: a file from the web into the workspace. A tool of its own, so that what is written passes policy and approval
/// like every other write; it makes new files and never replaces one.
/// </summary>
internal sealed class DownloadTool
{
    private const int LargestFile = 200 << 20;

    private readonly WebClient _client;
    private readonly string _root;

    /// <summary>A tool that writes below a folder.</summary>
    public DownloadTool(WebClient client, string root)
    {
        _client = client;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    }

    public ServerTool Tool => new()
    {
        Name = "download",
        Title = "Save a file from the web",
        Description = "Saves what is at an address as a new file in the workspace, byte for byte. For reading a page use fetch.",
        InputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string", "description": "The address: http or https."},
              "path": {"type": "string", "description": "The new file, relative to the workspace."}
            }, "required": ["url", "path"], "additionalProperties": false}
            """,
        OutputSchema =
            """
            {"type": "object", "properties": {
              "url": {"type": "string"}, "path": {"type": "string"}, "bytes": {"type": "integer"}, "content_type": {"type": "string"}
            } }
            """,
        OpenWorld = true,
        Handler = CallAsync,
    };

    private async ValueTask<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var url = _client.Rules.Parse(request.Arguments.Text("url"));
            var (file, shown) = Target(request.Arguments.Text("path"));
            if (request.Preview)
            {
                return ToolReply.Preview("http", $"GET {url.AbsoluteUri}\n\nsaved as the new file {shown}\n");
            }

            var answer = await _client.SendAsync(new WebRequest { Method = HttpMethod.Get, Url = url, Headers = [new("Accept", "*/*")], MaxBytes = LargestFile }, cancellationToken);
            if (!answer.IsSuccess)
            {
                throw new ToolException($"{url.GetLeftPart(UriPartial.Path)} answered {(int)answer.Status} {answer.Reason}".TrimEnd() + "; nothing was saved.");
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
        }

        return File.Exists(full) || Directory.Exists(full)
            ? throw new ToolException($"{shown} is there already; choose another name.")
            : (full, shown);
    }
}
