using System.Text.Json;

namespace Agent.Cli.Input;

/// <summary>What was typed before, in this session and earlier ones: one JSON string a line, newest last, readable by its owner only.</summary>
internal sealed class InputHistory
{
    /// <summary>More entries than this are forgotten, oldest first.</summary>
    public const int MaxEntries = 1000;

    private readonly string? file;
    private readonly List<string> entries = [];

    /// <param name="file">Where it is kept; null keeps it in memory.</param>
    public InputHistory(string? file)
    {
        this.file = file;
        if (file is null || !File.Exists(file))
        {
            return;
        }

        foreach (var line in File.ReadLines(file))
        {
            if (Read(line) is { Length: > 0 } entry)
            {
                entries.Add(entry);
            }
        }

        if (entries.Count > MaxEntries)
        {
            entries.RemoveRange(0, entries.Count - MaxEntries);
            Write(FileMode.Create, entries);
        }
    }

    public int Count => entries.Count;

    public string this[int index] => entries[index];

    public void Add(string entry)
    {
        if (string.IsNullOrWhiteSpace(entry) || (entries.Count > 0 && entries[^1] == entry))
        {
            return;
        }

        entries.Add(entry);
        Write(FileMode.Append, [entry]);
    }

    /// <summary>The newest entry before <paramref name="before"/> that contains the text; -1 where there is none.</summary>
    public int Search(string text, int before)
    {
        for (var i = Math.Min(before, entries.Count) - 1; i >= 0; i--)
        {
            if (entries[i].Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static string? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HistoryJson.Default.String);
        }
        catch (JsonException)
        {
            // A line torn by a crash is not worth more than the rest.
            return null;
        }
    }

    private void Write(FileMode mode, IEnumerable<string> lines)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, options);
            foreach (var line in lines)
            {
                writer.Write(JsonSerializer.Serialize(line, HistoryJson.OneLine.String) + "\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A history that cannot be kept must not stop a conversation.
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class HistoryJson : System.Text.Json.Serialization.JsonSerializerContext
{
    public static HistoryJson OneLine { get; } = new(new JsonSerializerOptions { WriteIndented = false });
}
