using Agent.Cli.Composition;
using Agent.Governance;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Agent.Cli.Tests;

/// <summary>No secret reaches a log, by whatever part of an event.</summary>
public sealed class RedactingFormatterTests
{
    private const string Secret = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-AAAAAAAA";

    [Fact]
    public void Event_WithASecretInEveryPart_IsWrittenWithout()
    {
        using var output = new StringWriter();
        var formatter = new RedactingFormatter(new JsonFormatter(renderMessage: true), GovernanceServices.Redact);
        using var logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(new Sink(e => formatter.Format(e, output))).CreateLogger();

        logger.ForContext("Run", "r1").Error(
            new InvalidOperationException($"refused the key {Secret}", new IOException(Secret)),
            $"the template holds {Secret}; value {{Value}}, list {{List}}, object {{@Thing}}, count {{Count}}",
            Secret, new[] { Secret }, new { Key = Secret }, 7);

        var line = output.ToString();
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(line);
        var properties = json.RootElement.GetProperty("Properties");
        Assert.Equal("r1", properties.GetProperty("Run").GetString());
        Assert.Equal(7, properties.GetProperty("Count").GetInt32());
        Assert.Contains("InvalidOperationException", properties.GetProperty("Exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Event_WithoutOne_StaysAsItIs()
    {
        using var output = new StringWriter();
        var formatter = new RedactingFormatter(new JsonFormatter(renderMessage: true), GovernanceServices.Redact);
        using var logger = new LoggerConfiguration().WriteTo.Sink(new Sink(e => formatter.Format(e, output))).CreateLogger();

        logger.Information("Run {Run}: {Tool} ended {Outcome} in {Milliseconds} ms.", "261126-abcdef.1", "files.read_file", "Completed", 12L);

        Assert.Contains("ended \\\"Completed\\\" in 12 ms.", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class Sink(Action<LogEvent> emit) : Serilog.Core.ILogEventSink
    {
        public void Emit(LogEvent logEvent) => emit(logEvent);
    }
}
