namespace Agent;

/// <summary>Where the product keeps what it must remember: mode 0700, owned by the person.</summary>
/// <param name="Path">The folder, absolute.</param>
public sealed record StateFolder(string Path)
{
    /// <summary>A path inside the folder.</summary>
    /// <param name="parts">The parts below it.</param>
    /// <returns>The joined path.</returns>
    public string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);
}
