using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Agent.Runtime.Observability;

/// <summary>
/// Sends our spans and metrics, and those of the MCP SDK, to an OTLP receiver while the program runs. What the SDK does for a call is
/// joined to it by the trace: a client span below <c>execute_tool</c>, and <c>traceparent</c> on the wire for the server's own.
/// </summary>
internal sealed class OtlpExport(IOptions<TelemetryOptions> options) : IHostedService, IDisposable
{
    private static readonly string[] EndpointVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private Providers? _providers;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsWanted(options.Value, Environment.GetEnvironmentVariable))
        {
            _providers = Open(options.Value);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_providers is { } providers)
        {
            _providers = null;

            // Bounded by its own limit and not by the host's: what stopped before may have used that up, and the traces of it are here.
            await Task.Run(providers.Dispose, CancellationToken.None);
        }
    }

    public void Dispose() => _providers?.Dispose();

    internal static bool IsWanted(TelemetryOptions options, Func<string, string?> environment) =>
        !string.Equals(environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        && (!string.IsNullOrEmpty(options.Endpoint) || Array.Exists(EndpointVariables, name => !string.IsNullOrEmpty(environment(name))));

    /// <summary>Apart, so that a program that exports nothing does not load OpenTelemetry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Providers Open(TelemetryOptions options) => new(options);

    private sealed class Providers : IDisposable
    {
        private readonly TelemetryOptions _options;
        private readonly TracerProvider _traces;
        private readonly MeterProvider _metrics;

        public Providers(TelemetryOptions options)
        {
            _options = options;
            var version = typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            var resource = ResourceBuilder.CreateEmpty()
                .AddService(TelemetryNames.Service, serviceVersion: version)
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector();
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(TelemetryNames.Source, TelemetryNames.McpSource)
                .AddOtlpExporter(otlp => Direct(otlp, "v1/traces"))
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(TelemetryNames.Source, TelemetryNames.McpSource)
                .AddOtlpExporter(otlp => Direct(otlp, "v1/metrics"))
                .Build();
        }

        public void Dispose()
        {
            var limit = (int)_options.FlushFor.TotalMilliseconds;
            Parallel.Invoke(() => _traces.Shutdown(limit), () => _metrics.Shutdown(limit));
            _traces.Dispose();
            _metrics.Dispose();
        }

        private void Direct(OtlpExporterOptions otlp, string path)
        {
            var protocol = string.IsNullOrEmpty(_options.Protocol) ? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") : _options.Protocol;
            otlp.Protocol = protocol == TelemetryOptions.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            if (!string.IsNullOrEmpty(_options.Endpoint))
            {
                // An address that is set here is taken as it stands, so the signal's path is ours to add.
                otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.Grpc
                    ? new Uri(_options.Endpoint)
                    : new Uri($"{_options.Endpoint.TrimEnd('/')}/{path}");
            }
        }
    }
}
