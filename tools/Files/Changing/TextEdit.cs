using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>Exact replacements in a text, all or none.</summary>
internal static class TextEdit
{
    /// <summary>Applies edits one after the other.</summary>
    /// <exception cref="ToolException">One cannot be applied; says which and why.</exception>
    public static string Apply(string text, TextFormat format, IReadOnlyList<ToolArguments> edits, string shown)
    {
        // Models write line feeds; a file that has carriage returns throughout is edited without them and gets them back.
        var plain = format is { LineEnd: "\r\n", IsUniform: true };
        text = plain ? Plain(text) : text;
        for (var i = 0; i < edits.Count; i++)
        {
            var old = edits[i].Text("old_text");
            var now = edits[i].Text("new_text");
            (old, now) = plain ? (Plain(old), Plain(now)) : (old, now);
            if (old.Length == 0)
            {
                throw edits[i].Wrong("old_text", "the text to replace; it is empty");
            }

            var where = edits.Count == 1 ? string.Empty : $"Edit {i + 1} of {edits.Count}: ";
            var count = text.AsSpan().Count(old);
            text = count switch
            {
                0 => throw new ToolException($"{where}the old_text does not occur in '{FileName.Show(shown)}'; nothing was changed. {Hint(text, old)}"),
                > 1 when !edits[i].Flag("replace_all") => throw new ToolException(
                    $"{where}the old_text occurs {count} times in '{FileName.Show(shown)}' (lines {Lines(text, old)}); nothing was changed. Give more of the lines around it, or set replace_all."),
                _ => text.Replace(old, now, StringComparison.Ordinal),
            };
        }

        return plain ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }

    private static string Plain(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string Lines(string text, string old)
    {
        var lines = new List<int>();
        for (var at = text.IndexOf(old, StringComparison.Ordinal); at >= 0 && lines.Count < 5; at = text.IndexOf(old, at + old.Length, StringComparison.Ordinal))
        {
            lines.Add(text.AsSpan(0, at).Count('\n') + 1);
        }

        return string.Join(", ", lines);
    }

    // The commonest mistake is white space: say where the text is but for that.
    private static string Hint(string text, string old)
    {
        var wanted = old.Split('\n').Select(Squeeze).Where(line => line.Length > 0).ToList();
        if (wanted.Count > 0)
        {
            var lines = text.Split('\n').Select(Squeeze).ToList();
            for (var i = 0; i < lines.Count; i++)
            {
                if (lines[i].Contains(wanted[0], StringComparison.Ordinal)
                    && lines.Skip(i).Where(line => line.Length > 0).Take(wanted.Count).Zip(wanted).All(pair => pair.First.Contains(pair.Second, StringComparison.Ordinal)))
                {
                    return $"Line {i + 1} has it with other white space; copy it exactly.";
                }
            }
        }

        return "Read the file again and copy the text exactly, without line numbers.";
    }

    private static string Squeeze(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
