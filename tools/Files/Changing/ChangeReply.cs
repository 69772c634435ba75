using System.Globalization;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>What a change came to.</summary>
internal sealed record ChangeReply(string Action, string Path)
{
    public string? From { get; init; }

    public string? Hash { get; init; }

    public long? Size { get; init; }

    public UnifiedDiff? Diff { get; init; }

    public string? TrashId { get; init; }

    public ToolReply ToReply()
    {
        var path = FileName.Show(Path);
        var text = $"{char.ToUpperInvariant(Action[0])}{Action[1..]} {(From is null ? path : $"{FileName.Show(From)} to {path}")}";
        text += Diff is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" (+{Diff.Added} -{Diff.Removed} lines)");
        text += TrashId is null ? string.Empty : $"; restore_file with trash_id {TrashId}{(Hash is null ? string.Empty : " and this hash as expected_hash")} brings {(From is null && Hash is null ? "it" : "what was there")} back";
        text += Hash is null ? "." : $"; its hash is {Hash}.";
        return ToolReply.Structured(text, writer =>
        {
            writer.WriteString("path"u8, path);
            writer.WriteString("action"u8, Action);
            if (From is not null)
            {
                writer.WriteString("from"u8, FileName.Show(From));
            }

            if (Hash is not null)
            {
                writer.WriteString("hash"u8, Hash);
                writer.WriteNumber("size"u8, Size ?? 0);
            }

            if (Diff is not null)
            {
                writer.WriteNumber("added_lines"u8, Diff.Added);
                writer.WriteNumber("removed_lines"u8, Diff.Removed);
            }

            if (TrashId is not null)
            {
                writer.WriteString("trash_id"u8, TrashId);
            }
        });
    }
}
