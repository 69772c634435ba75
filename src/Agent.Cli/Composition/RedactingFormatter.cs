using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace Agent.Cli.Composition;

/// <summary>
/// Takes secrets and personal data out of a log event before it is written: out of its template's text, its values, and what an
/// exception says. We log no content, but exceptions of others may quote it.
/// </summary>
/// <param name="inner">Writes the event.</param>
/// <param name="redact">Masks a text.</param>
internal sealed class RedactingFormatter(ITextFormatter inner, Func<string, string> redact) : ITextFormatter
{
    /// <summary>An exception's text is cut here: a search through megabytes of it would hold up the program.</summary>
    private const int MaxException = 32_768;

    public void Format(LogEvent logEvent, TextWriter output)
    {
        List<LogEventProperty> properties = [.. logEvent.Properties.Select(pair => new LogEventProperty(pair.Key, Redacted(pair.Value)))];
        if (logEvent.Exception is { } exception)
        {
            var text = exception.ToString();
            properties.Add(new LogEventProperty("Exception", new ScalarValue(redact(text.Length <= MaxException ? text : text[..MaxException]))));
        }

        var template = redact(logEvent.MessageTemplate.Text);
        inner.Format(
            new LogEvent(
                logEvent.Timestamp, logEvent.Level, null,
                template == logEvent.MessageTemplate.Text ? logEvent.MessageTemplate : new MessageTemplate(template, [new TextToken(template)]), properties),
            output);
    }

    private LogEventPropertyValue Redacted(LogEventPropertyValue value) => value switch
    {
        ScalarValue { Value: null or bool or int or long or double or decimal or DateTime or DateTimeOffset or TimeSpan or Guid } => value,
        ScalarValue scalar => new ScalarValue(redact(scalar.Value.ToString() ?? string.Empty)),
        SequenceValue sequence => new SequenceValue(sequence.Elements.Select(Redacted)),
        StructureValue structure => new StructureValue(structure.Properties.Select(p => new LogEventProperty(p.Name, Redacted(p.Value))), structure.TypeTag),
        DictionaryValue dictionary => new DictionaryValue(dictionary.Elements.Select(pair =>
            KeyValuePair.Create((ScalarValue)Redacted(pair.Key), Redacted(pair.Value)))),
        _ => value,
    };
}
