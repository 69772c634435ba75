namespace Agent.Cli.Companions;

/// <summary>
/// A program that the configuration starts beside the agent and that ends with it, for example an API on this machine. One entry of
/// the section <c>companions</c>.
/// </summary>
internal sealed class CompanionOptions
{
    /// <summary>The program.</summary>
    public string Command { get; set; } = string.Empty;

    /// <summary>Its arguments.</summary>
    public List<string> Args { get; set; } = [];

    /// <summary>Its working folder.</summary>
    public string? Cwd { get; set; }

    /// <summary>An address that answers with success once the program is ready; where something answers already, nothing is started.</summary>
    public Uri? Ready { get; set; }

    /// <summary>How long it may take to be ready, in seconds.</summary>
    public int StartSeconds { get; set; } = 60;
}
