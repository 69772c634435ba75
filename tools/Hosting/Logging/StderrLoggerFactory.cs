using Microsoft.Extensions.Logging;

namespace Agent.Tools.Hosting;

/// <summary>
/// Logs to stderr, one line an entry. Quiet: warnings and worse, unless <c>AGENT_LOG</c> names another level (trace, debug,
/// information, warning, error, critical, none). stdout belongs to the protocol.
/// </summary>
internal sealed class StderrLoggerFactory : ILoggerFactory
{
    private readonly LogLevel least = Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable("AGENT_LOG"), ignoreCase: true, out var level)
        ? level
        : LogLevel.Warning;

    public ILogger CreateLogger(string categoryName) => new StderrLogger(categoryName, least);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory writes to stderr only.");

    public void Dispose()
    {
    }

    private sealed class StderrLogger(string category, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= least;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var text = $"{logLevel}: {category}: {formatter(state, exception)}";
                Console.Error.WriteLine(exception is null ? text : $"{text}: {exception}");
            }
        }
    }
}
