using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Files;

/// <summary>How people write paths, kinds of files and quoted text.</summary>
internal static partial class FileWords
{
    /// <summary>A path or file name: it has a slash or an ending, or it is quoted, or it is one of the names that have neither.</summary>
    public const string Path = """(?:[`"'“](?<path>[^`"'”]+?)[`"'”]|(?<path>(?:\.{0,2}/)?(?:[\w.@+~-]+/)*[\w@+~-][\w.@+~-]*\.\w{1,10}|(?:\.{0,2}/)?(?:[\w.@+~-]+/)+[\w.@+~-]*|/[\w./@+~-]+|\.[\w.-]+|README|LICENSE|LICENCE|CHANGELOG|Makefile|Dockerfile|NOTICE|CONTRIBUTING))""";

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["markdown"] = "*.md", ["md"] = "*.md", ["c#"] = "*.cs", ["csharp"] = "*.cs", ["cs"] = "*.cs", ["python"] = "*.py", ["py"] = "*.py", ["javascript"] = "*.js", ["js"] = "*.js",
        ["typescript"] = "*.ts", ["ts"] = "*.ts", ["json"] = "*.json", ["yaml"] = "*.{yml,yaml}", ["yml"] = "*.yml", ["text"] = "*.txt", ["txt"] = "*.txt", ["csv"] = "*.csv", ["html"] = "*.html",
        ["css"] = "*.css", ["sql"] = "*.sql", ["xml"] = "*.xml", ["pdf"] = "*.pdf", ["shell"] = "*.sh", ["image"] = "*.{png,jpg,jpeg,gif,webp,svg}", ["png"] = "*.png", ["jpg"] = "*.jpg",
        ["log"] = "*.log", ["java"] = "*.java", ["go"] = "*.go", ["rust"] = "*.rs", ["csproj"] = "*.csproj", ["project"] = "*.csproj", ["toml"] = "*.toml", ["ini"] = "*.ini", ["sqlite"] = "*.sqlite",
    };

    /// <summary>The request without politeness, without the question mark, on its own.</summary>
    public static string Clean(string text) =>
        PolitePattern().Replace(text.Trim(), string.Empty).Trim().TrimEnd('?', '!').TrimEnd().TrimEnd('.') is { Length: > 0 } clean ? clean : text.Trim();

    /// <summary>What was named, without quotation marks and articles around it.</summary>
    public static string Unquote(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length > 1 && "\"'`“‘".Contains(trimmed[0], StringComparison.Ordinal) && "\"'`”’".Contains(trimmed[^1], StringComparison.Ordinal))
        {
            return trimmed[1..^1];
        }

        return LeadPattern().Replace(trimmed, string.Empty).Trim().TrimEnd('?', '!', ',').Trim('`', '"', '“', '”');
    }

    /// <summary>The glob for a kind of file; null where the word names none.</summary>
    public static string? Glob(string word)
    {
        var bare = word.Trim().TrimStart('*').TrimStart('.');
        return Kinds.TryGetValue(bare, out var glob) ? glob
            : word.StartsWith('.') && bare.Length is > 0 and < 10 && bare.All(char.IsLetterOrDigit) ? "*." + bare
            : word.Contains('*', StringComparison.Ordinal) || word.Contains('?', StringComparison.Ordinal) ? word : null;
    }

    [GeneratedRegex(@"^(?:(?:please|kindly|hey|hi|hello|now|then|also|ok|okay)[\s,]+|(?:can|could|would|will) you (?:please )?|i(?:'d| would) like (?:you )?to |i want (?:you )?to |let's )+", RegexOptions.IgnoreCase)]
    private static partial Regex PolitePattern();

    [GeneratedRegex(@"^(?:(?:the|a|an|any|all|of|word|words|text|string|phrase|term|name|class|method|function|symbol|occurrences of|for)\s+)+(?=\S)", RegexOptions.IgnoreCase)]
    private static partial Regex LeadPattern();
}
