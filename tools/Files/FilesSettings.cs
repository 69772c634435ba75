using System.Text.Json;
using Agent.Tools.Files.Changing;
using Agent.Tools.Files.Indexing;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>The section <c>files</c> of the configuration file.</summary>
internal sealed record FilesSettings
{
    /// <summary>When indexes are built.</summary>
    public IndexMode Index { get; private init; } = IndexMode.Auto;

    /// <summary>Whether indexes are kept current by watching; otherwise by looking at every file's size and time at each search.</summary>
    public bool Watch { get; private init; } = true;

    /// <summary>Whether symbolic links are followed, as far as they stay within the roots.</summary>
    public bool FollowLinks { get; private init; }

    /// <summary>How long and how much the trash keeps.</summary>
    public TrashLimits Trash { get; private init; } = TrashLimits.Default;

    /// <summary>Reads the section.</summary>
    /// <exception cref="ToolException">A setting is unknown or wrong.</exception>
    public static FilesSettings Read(JsonElement? section)
    {
        var settings = new FilesSettings();
        if (section is not { } given)
        {
            return settings;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new ToolException("The section files of the configuration must be an object.");
        }

        foreach (var setting in given.EnumerateObject())
        {
            settings = (setting.Name, setting.Value.ValueKind) switch
            {
                ("index", JsonValueKind.String) when setting.Value.GetString() is "auto" or "on" or "off" =>
                    settings with { Index = Enum.Parse<IndexMode>(setting.Value.GetString()!, ignoreCase: true) },
                ("index", _) => throw new ToolException("The setting files.index must be \"auto\", \"on\" or \"off\"."),
                ("watch", JsonValueKind.True or JsonValueKind.False) => settings with { Watch = setting.Value.GetBoolean() },
                ("watch", _) => throw new ToolException("The setting files.watch must be true or false."),
                ("follow_links", JsonValueKind.True or JsonValueKind.False) => settings with { FollowLinks = setting.Value.GetBoolean() },
                ("follow_links", _) => throw new ToolException("The setting files.follow_links must be true or false."),
                ("trash_days", _) => settings with { Trash = settings.Trash with { Age = TimeSpan.FromDays(Number(setting, 36_500)) } },
                ("trash_megabytes", _) => settings with { Trash = settings.Trash with { Bytes = Number(setting, 100_000_000) * 1024L * 1024 } },
                _ => throw new ToolException($"There is no setting files.{setting.Name}; there are index, watch, follow_links, trash_days and trash_megabytes."),
            };
        }

        return settings;
    }

    private static int Number(JsonProperty setting, int most) =>
        setting.Value.ValueKind == JsonValueKind.Number && setting.Value.TryGetInt32(out var number) && number >= 1 && number <= most
            ? number
            : throw new ToolException($"The setting files.{setting.Name} must be a whole number from 1 to {most}.");
}
