using System.Globalization;
using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Files;

/// <summary>Which files a request is about.</summary>
internal sealed partial record FileQuery
{
    public string? Pattern { get; init; }

    public string? Folder { get; init; }

    public bool Folders { get; init; }

    public long? MinSize { get; init; }

    public long? MaxSize { get; init; }

    public string? ModifiedAfter { get; init; }

    public string? ModifiedBefore { get; init; }

    public string? Sort { get; init; }

    public int? Limit { get; init; }

    public bool IsCount { get; init; }

    /// <summary>What was asked for, to stand behind "files": <c> that match *.md in docs</c>.</summary>
    public string Description =>
        string.Concat(
            Pattern is null ? string.Empty : $" that match `{Pattern}`",
            Folder is null ? string.Empty : $" in `{Folder}`",
            MinSize is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" of at least {MinSize:N0} bytes"),
            MaxSize is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" of at most {MaxSize:N0} bytes"),
            ModifiedAfter is null ? string.Empty : $" changed after {ModifiedAfter}",
            ModifiedBefore is null ? string.Empty : $" changed before {ModifiedBefore}",
            Sort is null ? string.Empty : $" ({Sort} first)");

    /// <summary>Reads a request to find, list or count files; null where it is none, or says more than is understood.</summary>
    public static FileQuery? Read(string text, TimeProvider time)
    {
        var rest = text;
        var query = new FileQuery();
        if (!Take(ref rest, StartPattern(), out var start) && !Take(ref rest, SubjectPattern(), out start))
        {
            return null;
        }

        query = query with { IsCount = CountPattern().IsMatch(start.Value) };
        if (Take(ref rest, SortPattern(), out var sort))
        {
            query = query with
            {
                Sort = sort.Groups["by"].Value.ToLowerInvariant() switch { "largest" or "biggest" => "largest", "smallest" => "smallest", "oldest" or "least recently modified" or "least recently changed" => "oldest", _ => "newest" },
                Limit = sort.Groups["n"].Success ? Number(sort.Groups["n"].Value) : sort.Groups["n2"].Success ? Number(sort.Groups["n2"].Value) : PluralPattern().IsMatch(text) ? 10 : 1,
            };
        }

        if (Take(ref rest, SizePattern(), out var size))
        {
            var bytes = (long)(decimal.Parse(size.Groups["n"].ValueSpan, CultureInfo.InvariantCulture) * (size.Groups["unit"].Value.ToLowerInvariant() switch { "" or "b" or "byte" or "bytes" => 1L, "kb" or "k" or "kib" or "kilobytes" => 1024L, "mb" or "m" or "mib" or "megabytes" => 1048576L, _ => 1073741824L }));
            query = size.Groups["more"].Success ? query with { MinSize = bytes } : query with { MaxSize = bytes };
        }

        if (Take(ref rest, AgePattern(), out var age))
        {
            var count = age.Groups["n"].Success ? Number(age.Groups["n"].Value) : 1;
            var unit = age.Groups["unit"].Value.ToLowerInvariant()[0];
            var days = unit switch { 'w' => 7 * count, 'm' => 30 * count, 'y' => 365 * count, _ => count };
            query = query with { ModifiedAfter = unit == 'h' ? string.Create(CultureInfo.InvariantCulture, $"{count}h") : string.Create(CultureInfo.InvariantCulture, $"{days}d") };
        }
        else if (Take(ref rest, DatePattern(), out var date))
        {
            var today = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
            var day = date.Groups["day"].Value.ToLowerInvariant() switch
            {
                "today" => today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "yesterday" => today.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                var written => written,
            };
            query = date.Groups["before"].Success ? query with { ModifiedBefore = day } : query with { ModifiedAfter = day };
        }

        if (Take(ref rest, NamePattern(), out var name))
        {
            var said = FileWords.Unquote(name.Groups["name"].Value);
            var ending = name.Groups["how"].Value.ToLowerInvariant();
            query = query with
            {
                Pattern = said.Contains('*', StringComparison.Ordinal) ? said
                    : ending.StartsWith("start", StringComparison.Ordinal) || ending.StartsWith("begin", StringComparison.Ordinal) ? said + "*"
                    : ending.StartsWith("end", StringComparison.Ordinal) || ending.Contains("extension", StringComparison.Ordinal) ? "*" + (said.StartsWith('.') || ending.StartsWith("end", StringComparison.Ordinal) ? said : "." + said)
                    : ending.Contains("name contain", StringComparison.Ordinal) || ending.Contains("in the", StringComparison.Ordinal) ? $"*{said}*"
                    : said.Contains('.', StringComparison.Ordinal) || said.Contains('/', StringComparison.Ordinal) ? said : $"*{said}*",
            };
        }

        if (Take(ref rest, FolderPattern(), out var folder))
        {
            var said = FileWords.Unquote(folder.Groups["folder"].Value).TrimEnd('/');
            query = HerePattern().IsMatch(said) ? query : query with { Folder = said };
        }

        foreach (var word in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.Trim(',', '.', '`', '"', '\'');
            var glob = FileWords.Glob(word.Trim(',', '`', '"', '\'')) ?? (FileNamePattern().IsMatch(bare) ? bare : null);
            if (glob is not null && query.Pattern is null)
            {
                query = query with { Pattern = glob };
            }
            else if (bare.Equals("folders", StringComparison.OrdinalIgnoreCase) || bare.Equals("directories", StringComparison.OrdinalIgnoreCase) || bare.Equals("subfolders", StringComparison.OrdinalIgnoreCase))
            {
                query = query with { Folders = true };
            }
            else if (!SmallWordPattern().IsMatch(bare))
            {
                return null;
            }
        }

        return query;
    }

    private static bool Take(ref string text, Regex pattern, out Match match)
    {
        match = pattern.Match(text);
        if (match.Success)
        {
            text = text.Remove(match.Index, match.Length).Insert(match.Index, " ");
        }

        return match.Success;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Math.Max(1, Array.IndexOf(["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], text.ToLowerInvariant()));

    [GeneratedRegex(@"^(?:how many|count(?: the| all)?(?: of)?(?: the)?|number of|find(?: me)?(?: all)?(?: the)?|list(?: me)?(?: all)?(?: the)?|show(?: me)?(?: all)?(?: the)?|which|what(?: is| are|'s)?(?: all)?(?: the)?|search for|locate|where is|where are|give me(?: all)?(?: the)?|look for|are there(?: any)?|is there(?: a| any)?)\s+(?=.*(?:\bfiles?\b|\bfolders\b|\bdirectories\b|\bsubfolders\b|\*\.\w+|\bdocuments?\b|\b[\w-]+\.(?:md|txt|cs|json|csv|py|js|ts|html|xml|yml|yaml|pdf|sql|log|toml|sh)\b))", RegexOptions.IgnoreCase)]
    private static partial Regex StartPattern();

    [GeneratedRegex(@"^(?=(?:all\s+)?(?:the\s+)?(?:[\w#.*]+\s+)?files?\b)|^(?=(?:the\s+)?(?:largest|biggest|newest|oldest|smallest|most recent)\s.*files?\b)", RegexOptions.IgnoreCase)]
    private static partial Regex SubjectPattern();

    [GeneratedRegex(@"how many|count|number of", RegexOptions.IgnoreCase)]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"\b(?:(?:the\s+)?(?:top\s+)?(?<n>\d+|two|three|four|five|ten)\s+)?(?:the\s+)?(?:(?<n2>\d+)\s+)?(?<by>largest|biggest|smallest|newest|latest|oldest|most recent|most recently (?:modified|changed|edited|updated)|last (?:modified|changed|edited|updated)|least recently (?:modified|changed))\b", RegexOptions.IgnoreCase)]
    private static partial Regex SortPattern();

    [GeneratedRegex(@"\bfiles\b", RegexOptions.IgnoreCase)]
    private static partial Regex PluralPattern();

    [GeneratedRegex(@"\b(?:that are |which are |are |with a size |of )?(?:(?<more>larger than|bigger than|more than|over|above|at least|greater than)|smaller than|less than|under|below|at most|up to)\s+(?<n>\d+(?:\.\d+)?)\s*(?<unit>bytes?|b|kb|kib|k|kilobytes|mb|mib|m|megabytes|gb|gib|gigabytes)?\b(?:\s+in size)?", RegexOptions.IgnoreCase)]
    private static partial Regex SizePattern();

    [GeneratedRegex(@"\b(?:that (?:were|have been|was) |which were |were |was |have been )?(?:changed|modified|edited|updated|touched|created|written)?\s*(?:in|within|during|over)\s+the\s+(?:last|past)\s+(?:(?<n>\d+|two|three|four|five|six|seven|ten)\s+)?(?<unit>hours?|days?|weeks?|months?|years?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AgePattern();

    [GeneratedRegex(@"\b(?:that (?:were|have been|was) |which were |were |was |have been )?(?:changed|modified|edited|updated|touched|created)\s+(?:(?<after>since|after|on)\s+|(?<before>before)\s+)?(?<day>\d{4}-\d{2}-\d{2}|today|yesterday)\b", RegexOptions.IgnoreCase)]
    private static partial Regex DatePattern();

    [GeneratedRegex(@"\b(?:file\s+)?(?:that (?:are |is )?|which (?:are )?|whose names? |with )?(?<how>named|called|matching|match(?:es)?|by the name of|start(?:s|ing)? with|begin(?:s|ning)? with|end(?:s|ing)? (?:in|with)|(?:with )?(?:the )?(?:file )?extension|names? contain(?:s|ing)?|with)\s+(?:names?\s+)?(?<name>""[^""]+""|'[^']+'|`[^`]+`|\S+?)(?:\s+(?:in (?:its|the|their) (?:file ?)?names?|extension))?(?=\s|$|,)", RegexOptions.IgnoreCase)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\b(?:in|under|inside|within|below|from)\s+(?:the\s+)?(?:(?:folder|directory|dir)\s+(?:called\s+|named\s+)?)?(?<folder>""[^""]+""|'[^']+'|`[^`]+`|[\w.@+~/-]+)(?:\s+(?:folder|directory|dir))?", RegexOptions.IgnoreCase)]
    private static partial Regex FolderPattern();

    [GeneratedRegex(@"^(?:[\w.@+~-]+/)*[\w@+~-][\w.@+~-]*\.[A-Za-z]\w{0,9}$")]
    private static partial Regex FileNamePattern();

    [GeneratedRegex(@"^(?:this|here|total|all|my|the|our|it|repository|repo|project|workspace|root|folder|directory)$", RegexOptions.IgnoreCase)]
    private static partial Regex HerePattern();

    [GeneratedRegex(@"^(?:|files?|documents?|folders?|directory|are|is|there|the|a|an|any|all|do|does|we|have|i|exist|exists|that|which|of|and|it|this|here|in|total|altogether|overall|project|repository|repo|workspace|s|me|source|with|by|size|please|to|there's|contained|stored|present|folder's|name|names|kind|type)$", RegexOptions.IgnoreCase)]
    private static partial Regex SmallWordPattern();
}
