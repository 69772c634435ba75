using System.Text.RegularExpressions;

namespace Agent.Cli.Chat;

/// <summary>Files that a person attaches by writing <c>@path</c>, or <c>@"path"</c> where it holds spaces.</summary>
internal static partial class Attachments
{
    /// <summary>The largest file that is attached, in bytes; a larger one is left to the tools, which read parts.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Reads the attached files of a request.</summary>
    /// <returns>The files, and a sentence for each that could not be attached.</returns>
    public static (List<Attachment> Files, List<string> Problems) Read(string prompt, string folder, IReadOnlyList<string> roots)
    {
        var files = new List<Attachment>();
        var problems = new List<string>();
        foreach (var path in Mention().Matches(prompt).Select(static match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value.TrimEnd('.', ',', ';', ':', '?', '!')).Distinct(StringComparer.Ordinal))
        {
            var full = Path.GetFullPath(path, folder);
            if (!File.Exists(full))
            {
                // An @ that names no file is just an @, as in an address.
                continue;
            }

            var target = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
            if (!roots.Any(root => target.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                problems.Add($"@{path} is outside the folders that may be read; start agent with --root to add one.");
                continue;
            }

            if (new FileInfo(target).Length > MaxBytes)
            {
                problems.Add($"@{path} is larger than {MaxBytes / 1024} KB and was not attached; ask about it by name and the parts that matter are read.");
                continue;
            }

            var bytes = File.ReadAllBytes(target);
            files.Add(new Attachment(path, MediaType(path, bytes), bytes, Label.From(Integrity.Internal, Confidentiality.Private, "file:" + path)));
        }

        return (files, problems);
    }

    private static string MediaType(string path, byte[] bytes) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".md" => "text/markdown",
        ".json" => "application/json",
        _ => bytes.AsSpan(0, Math.Min(bytes.Length, 8000)).Contains((byte)0) ? "application/octet-stream" : "text/plain",
    };

    [GeneratedRegex("""(?<=^|\s)@(?:"([^"]+)"|([^\s"]+))""")]
    private static partial Regex Mention();
}
