using Agent.Cli.Input;

namespace Agent.Cli.Chat;

/// <summary>Completes slash commands at the beginning, file names after <c>@</c>, and what a command takes.</summary>
/// <param name="commands">Names and help of the commands.</param>
/// <param name="argumentsOf">What a command takes, by its name.</param>
/// <param name="folder">Where relative file names begin.</param>
internal sealed class ChatCompleter(
    IReadOnlyList<(string Name, string Help)> commands, Func<string, IEnumerable<Candidate>> argumentsOf, string folder) : ICompleter
{
    private const int MaxCandidates = 50;

    public Completions Complete(string text, int cursor)
    {
        var before = text[..cursor];
        var start = before.LastIndexOfAny([' ', '\n', '\t']) + 1;
        var word = before[start..];
        if (word.StartsWith('@'))
        {
            return Files(word[1..], start);
        }

        // A quote that is still open: the name may hold spaces.
        if (before.LastIndexOf("@\"", StringComparison.Ordinal) is >= 0 and var quoted && !before[(quoted + 2)..].Contains('"', StringComparison.Ordinal))
        {
            return Files(before[(quoted + 1)..], quoted);
        }

        if (!before.StartsWith('/'))
        {
            return Completions.None;
        }

        if (start == 0)
        {
            return new Completions(0, [.. commands
                .Where(command => ("/" + command.Name).StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(static command => new Candidate($"/{command.Name} ", command.Help))]);
        }

        var name = before[1..before.IndexOf(' ', StringComparison.Ordinal)];
        return new Completions(start, [.. argumentsOf(name)
            .Where(candidate => candidate.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Take(MaxCandidates)]);
    }

    private Completions Files(string typed, int start)
    {
        typed = typed.TrimStart('"');
        var slash = typed.LastIndexOf('/');
        var (parent, name) = slash < 0 ? (string.Empty, typed) : (typed[..(slash + 1)], typed[(slash + 1)..]);
        try
        {
            var found = new DirectoryInfo(Path.Combine(folder, parent)).EnumerateFileSystemInfos()
                .Where(entry => entry.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (name.StartsWith('.') || !entry.Name.StartsWith('.')))
                .OrderBy(static entry => entry.Name, StringComparer.Ordinal)
                .Take(MaxCandidates)
                .Select(entry => new Candidate((parent + entry.Name).Contains(' ', StringComparison.Ordinal)
                    ? $"@\"{parent}{entry.Name}{(entry is DirectoryInfo ? "/" : "\" ")}"
                    : $"@{parent}{entry.Name}{(entry is DirectoryInfo ? "/" : " ")}"));
            return new Completions(start, [.. found]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Completions.None;
        }
    }
}
