namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A folder to ask about; removed when done.</summary>
internal abstract class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("planner-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    protected void Write(string path, string content)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
