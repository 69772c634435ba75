using Microsoft.Extensions.Options;

namespace Agent.Runtime.Observability;

/// <summary>What is told to OpenTelemetry, and to whom. Section <c>telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP over HTTP, protobuf encoded.</summary>
    public const string HttpProtobuf = "http/protobuf";

    /// <summary>OTLP over gRPC.</summary>
    public const string Grpc = "grpc";

    /// <summary>
    /// Whether spans carry messages, arguments and results, with secrets and personal data taken out. Off by default; without
    /// <see cref="IGuardrails"/>, which redacts, they never do.
    /// </summary>
    public bool Content { get; set; }

    /// <summary>
    /// The base address of an OTLP receiver, for example <c>http://127.0.0.1:4318</c>. Empty leaves it to OpenTelemetry's own
    /// variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>…); where those are unset too, nothing is sent.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// <see cref="HttpProtobuf"/> or <see cref="Grpc"/>. Empty means what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, else
    /// <see cref="HttpProtobuf"/>.
    /// </summary>
    public string? Protocol { get; set; }

    /// <summary>How long the end of the program waits for what is still to be sent.</summary>
    public TimeSpan FlushFor { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Checks the section <c>telemetry</c>.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        if (!string.IsNullOrEmpty(options.Endpoint)
            && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            return ValidateOptionsResult.Fail("telemetry:endpoint must be an http or https address, for example http://127.0.0.1:4318.");
        }

        if (options.Protocol is not (null or "" or TelemetryOptions.HttpProtobuf or TelemetryOptions.Grpc))
        {
            return ValidateOptionsResult.Fail($"telemetry:protocol must be {TelemetryOptions.HttpProtobuf} or {TelemetryOptions.Grpc}.");
        }

        return options.FlushFor < TimeSpan.Zero || options.FlushFor > TimeSpan.FromMinutes(1)
            ? ValidateOptionsResult.Fail("telemetry:flushFor must be between 0 and 1 minute.")
            : ValidateOptionsResult.Success;
    }
}
