namespace Agent.Tools.Files.Reading;

/// <summary>What is known of a file that is read: all of it, or some lines of a large one.</summary>
internal sealed record Window
{
    /// <summary>Of the whole file, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Of the whole file.</summary>
    public required string Hash { get; init; }

    /// <summary>Its first bytes, or all of them.</summary>
    public required byte[] Start { get; init; }

    /// <summary>The text that is at hand; null where the file is none.</summary>
    public string? Text { get; init; }

    public TextFormat? Format { get; init; }

    /// <summary>Lines of the file before the text.</summary>
    public int LinesBefore { get; init; }

    /// <summary>Of the whole file; null where the text is all of it.</summary>
    public int? TotalLines { get; init; }
}
