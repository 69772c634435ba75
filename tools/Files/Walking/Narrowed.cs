using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Walking;

/// <summary>Says, where nothing was found, which arguments left out most of what there is.</summary>
internal static class Narrowed
{
    private static readonly string[] Names = ["path", "include", "exclude", "whole_word", "type", "min_size", "max_size", "modified_after", "modified_before", "max_depth"];

    /// <summary>A sentence that begins with a blank; empty where everything was looked at.</summary>
    public static string By(ToolArguments arguments)
    {
        var given = Names.Where(arguments.Has).ToArray();
        return given.Length == 0 ? string.Empty : $" Leave {string.Join(" and ", given)} out to look everywhere.";
    }
}
