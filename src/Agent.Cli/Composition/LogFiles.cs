using Agent.Governance;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace Agent.Cli.Composition;

/// <summary>Logs go to files in the state folder, as JSON without secrets, never to the screen: what a person must know is said to them.</summary>
internal static class LogFiles
{
    private const long MaxBytes = 10 * 1024 * 1024;
    private const int KeptFiles = 5;

    /// <returns>The path of the log.</returns>
    public static string Add(ILoggingBuilder logging, IConfiguration configuration, StateFolder state)
    {
        var path = state.Combine("logs", "agent.log");
        var level = Enum.TryParse<LogEventLevel>(configuration["logging:level"], ignoreCase: true, out var configured) ? configured : LogEventLevel.Information;

        // The sink opens its file when the first line comes: a command that logs nothing pays nothing.
        logging.AddProvider(new SerilogLoggerProvider(new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .WriteTo.Sink(new DeferredSink(() => new LoggerConfiguration()
                .MinimumLevel.Verbose()
                .WriteTo.File(new RedactingFormatter(new JsonFormatter(renderMessage: true), GovernanceServices.Redact), path, fileSizeLimitBytes: MaxBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: KeptFiles, shared: true)
                .CreateLogger()))
            .CreateLogger(), dispose: true));
        return path;
    }

    private sealed class DeferredSink(Func<Logger> open) : ILogEventSink, IDisposable
    {
        private readonly Lazy<Logger> inner = new(open);

        public void Emit(LogEvent logEvent) => inner.Value.Write(logEvent);

        public void Dispose()
        {
            if (inner.IsValueCreated)
            {
                inner.Value.Dispose();
            }
        }
    }
}
