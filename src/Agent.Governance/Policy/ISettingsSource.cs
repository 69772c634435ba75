namespace Agent.Governance.Policy;

/// <summary>
/// A source of the configuration that is read again when its file changes, and keeps what it last read where the file cannot be used
/// as it stands now. A provider of the configuration that the policy is read from implements it.
/// </summary>
public interface ISettingsSource
{
    /// <summary>Why the file is not in force as it stands, in one sentence; null where it is.</summary>
    string? Problem { get; }

    /// <summary>Reads the file again where it changed, and raises the configuration's reload token. Called before each decision, so it costs one look at the file's time and length.</summary>
    void Refresh();
}
