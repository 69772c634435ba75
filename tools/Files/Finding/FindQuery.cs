using System.Globalization;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Finding;

/// <summary>What <c>find_files</c> is asked for.</summary>
internal sealed class FindQuery
{
    private IReadOnlyList<Glob> globs = [];
    private string? fuzzy;
    private string type = "file";
    private string sort = "path";
    private long? minSize;
    private long? maxSize;
    private long? modifiedAfter;
    private long? modifiedBefore;

    private bool NeedsStatus => minSize is not null || maxSize is not null || modifiedAfter is not null || modifiedBefore is not null || (sort != "path" && fuzzy is null);

    public static FindQuery Read(ToolArguments arguments, TimeProvider time)
    {
        var pattern = arguments.OptionalText("pattern");
        var isFuzzy = arguments.Flag("fuzzy");
        if (isFuzzy && string.IsNullOrWhiteSpace(pattern))
        {
            throw new ToolException("fuzzy needs a pattern: some letters of the name.");
        }

        return new FindQuery
        {
            fuzzy = isFuzzy ? pattern : null,
            globs = isFuzzy || string.IsNullOrEmpty(pattern) ? [] : Glob.ParseArgument(pattern),
            type = arguments.Choice("type", "file", "file", "folder", "any"),
            sort = arguments.Choice("sort", "path", "path", "newest", "oldest", "largest", "smallest"),
            minSize = arguments.OptionalLong("min_size", 0, long.MaxValue),
            maxSize = arguments.OptionalLong("max_size", 0, long.MaxValue),
            modifiedAfter = ReadTime(arguments, "modified_after", time),
            modifiedBefore = ReadTime(arguments, "modified_before", time),
        };
    }

    /// <summary>Whether a file is asked for, and what it is sorted by: smallest first.</summary>
    public bool Match(Folder folder, in Entry entry, string path, out double key, out FileStatus? status)
    {
        key = 0;
        status = null;
        var isFolder = entry.Kind == EntryKind.Folder;
        if ((type == "file" && isFolder) || (type == "folder" && !isFolder))
        {
            return false;
        }

        if (fuzzy is not null)
        {
            if (FuzzyName.Score(path, fuzzy) is not { } score)
            {
                return false;
            }

            key = -score;
        }
        else if (globs.Count > 0 && !IsMatch(path))
        {
            return false;
        }

        if (!NeedsStatus)
        {
            return true;
        }

        status = folder.Status(entry.Name);
        if (status is not { } known
            || (minSize is { } least && (isFolder || known.Size < least))
            || (maxSize is { } most && (isFolder || known.Size > most))
            || known.ModifiedNs < modifiedAfter
            || known.ModifiedNs > modifiedBefore)
        {
            return false;
        }

        key = fuzzy is not null ? key : sort switch
        {
            "newest" => -known.ModifiedNs,
            "oldest" => known.ModifiedNs,
            "largest" => -known.Size,
            "smallest" => known.Size,
            _ => 0,
        };
        return true;
    }

    private bool IsMatch(string path)
    {
        foreach (var glob in globs)
        {
            if (glob.IsMatch(path))
            {
                return true;
            }
        }

        return false;
    }

    private static long? ReadTime(ToolArguments arguments, string name, TimeProvider time)
    {
        if (arguments.OptionalText(name) is not { Length: > 1 } text)
        {
            return null;
        }

        var unit = text[^1] switch { 's' => 1.0, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
        if (unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 1e6)
        {
            return ToNs(time.GetUtcNow() - TimeSpan.FromSeconds(count * unit));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? ToNs(moment)
            : throw arguments.Wrong(name, "a date such as 2025-01-31, a time such as 2025-01-31T12:00:00Z or an age such as 7d");
    }

    private static long ToNs(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks * 100;
}
