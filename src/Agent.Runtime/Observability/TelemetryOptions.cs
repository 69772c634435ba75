namespace Agent.Runtime.Observability;

/// <summary>What is told to OpenTelemetry. Section <c>telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// Whether spans carry messages, arguments and results, with secrets and personal data taken out. Off by default; without
    /// <see cref="IGuardrails"/>, which redacts, they never do.
    /// </summary>
    public bool Content { get; set; }
}
