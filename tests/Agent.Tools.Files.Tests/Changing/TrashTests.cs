using Agent.Tools.Files.Changing;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Tests.Changing;

/// <summary>What the trash keeps, and what goes for good.</summary>
public sealed class TrashTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("trash-").FullName;
    private readonly Clock clock = new();

    private string State => Path.Combine(home, "state");

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task Sweep_OlderThanItsDays_GoesForGood_AndYoungerStays()
    {
        using var bench = Bench(new { trash_days = 10 });
        var old = await DeleteAsync(bench, "old.txt", 10);
        clock.Now += TimeSpan.FromDays(8);
        var young = await DeleteAsync(bench, "young.txt", 10);
        clock.Now += TimeSpan.FromDays(3);
        await DeleteAsync(bench, "new.txt", 10);
        await bench.Context.Trash.Swept;

        Assert.Contains("Nothing in the trash", await bench.Refusal("restore_file", new { trash_id = old }), StringComparison.Ordinal);
        await bench.Call("restore_file", new { trash_id = young });
        Assert.True(File.Exists(bench.Full("young.txt")));
        Assert.False(Directory.Exists(Path.Combine(State, "trash", old)));
    }

    [Fact]
    public async Task Sweep_MoreThanItsMegabytes_TheOldestGoFirst_AndTheLastMinuteStays()
    {
        using var bench = Bench(new { trash_megabytes = 1 });
        string[] ids = new string[4];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = await DeleteAsync(bench, $"{i}.txt", 400_000);
            clock.Now += TimeSpan.FromMinutes(2);
        }

        var large = await DeleteAsync(bench, "large.txt", 500_000);
        await bench.Context.Trash.Swept;
        Assert.Equal([ids[3], large], Kept());

        // More than fits at all: what was just deleted can still be brought back.
        clock.Now += TimeSpan.FromMinutes(2);
        var huge = await DeleteAsync(bench, "huge.txt", 3_000_000);
        await bench.Context.Trash.Swept;
        Assert.Equal([huge], Kept());
        await bench.Call("restore_file", new { trash_id = huge });
        Assert.Equal(3_000_000, new FileInfo(bench.Full("huge.txt")).Length);
    }

    [Fact]
    public async Task Sweep_FolderThatNothingCanBeTakenOutOf_AndALinkToElsewhere_RemovesOnlyWhatIsInTheTrash()
    {
        var elsewhere = Path.Combine(home, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "kept.txt"), "kept");
        using var bench = Bench(new { trash_days = 1 });
        bench.Write("folder/inner/a.txt", "a");
        Directory.CreateSymbolicLink(bench.Full("folder/link"), elsewhere);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(bench.Full("folder/inner"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await bench.Call("delete_file", new { path = "folder", recursive = true });
        clock.Now += TimeSpan.FromDays(2);
        var last = await DeleteAsync(bench, "b.txt", 1);
        await bench.Context.Trash.Swept;

        Assert.Equal([last], Kept());
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(elsewhere, "kept.txt")));
    }

    [Fact]
    public async Task Sweep_AtTheStart_TakesWhatBecameTooOldMeanwhile_AndLeavesWhatIsNoneOfIts()
    {
        using (var bench = Bench(new { trash_days = 1 }))
        {
            await DeleteAsync(bench, "a.txt", 1);
        }

        Directory.CreateDirectory(Path.Combine(State, "trash", "notes of somebody"));
        clock.Now += TimeSpan.FromDays(2);
        using var later = Bench(new { trash_days = 1 });
        await later.Context.Trash.Swept;
        Assert.Equal(["notes of somebody"], Kept());
    }

    [Theory]
    [InlineData("""{"trash_days": 0}""")]
    [InlineData("""{"trash_days": "long"}""")]
    [InlineData("""{"trash_megabytes": 1.5}""")]
    [InlineData("""{"trash_megabytes": -1}""")]
    public void Settings_ThatMakeNoSense_AreRefused(string settings)
    {
        using var json = System.Text.Json.JsonDocument.Parse(settings);
        Assert.Contains("must be a whole number from 1", Assert.Throws<ToolException>(() => FilesSettings.Read(json.RootElement)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_WithoutAWord_KeepAMonthAndAGigabyte() => Assert.Equal(new TrashLimits(TimeSpan.FromDays(30), 1L << 30), FilesSettings.Read(null).Trash);

    private FilesBenchAt Bench(object configuration) =>
        new(Directory.CreateDirectory(Path.Combine(home, "root")).FullName, State, configuration: configuration, time: clock);

    private string[] Kept() => [.. Directory.EnumerateDirectories(Path.Combine(State, "trash")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static async Task<string> DeleteAsync(FilesBench bench, string name, int length)
    {
        bench.Write(name, new string('x', length));
        return (await bench.Call("delete_file", new { path = name })).GetProperty("trash_id").GetString()!;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
