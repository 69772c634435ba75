using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Runtime.Tests.Fakes;

/// <summary>Keeps the exceptions that were logged, so that a test fails with the cause.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<Exception> Errors { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            Errors.Enqueue(exception);
        }
    }

    public void Dispose()
    {
    }
}
