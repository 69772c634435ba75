using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Mcp.Tests.Servers;

/// <summary>Keeps what is logged, and waits for a line.</summary>
internal sealed class LineLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new();
    private readonly ConcurrentQueue<string> lines = new();

    public string Text => string.Join('\n', lines);

    public async Task SeenAsync(string part)
    {
        var seen = waiting.GetOrAdd(part, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (lines.Any(line => line.Contains(part, StringComparison.Ordinal)))
        {
            return;
        }

        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        lines.Enqueue(line);
        foreach (var (part, seen) in waiting)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }

    public void Dispose()
    {
    }
}
