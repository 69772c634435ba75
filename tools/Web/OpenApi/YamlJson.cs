using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Agent.Tools.Web.OpenApi;

/// <summary>YAML 1.2 (core schema) as JSON, event by event, with anchors, merge keys and an end to documents that multiply themselves.</summary>
internal static partial class YamlJson
{
    // Aliases may repeat a node, and repeat what repeats it: this many events are more than any honest document has.
    private const int MostEvents = 40_000_000;
    private const int MostReplayed = 2_000_000;

    /// <summary>Reads YAML.</summary>
    /// <param name="text">The document; only the first of a stream is read.</param>
    /// <returns>The same as JSON in UTF-8.</returns>
    /// <exception cref="FormatException">It is no YAML; the message says where.</exception>
    public static ReadOnlyMemory<byte> Convert(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 1024);
        try
        {
            using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = 1000 });
            new Conversion(new Parser(new StringReader(text)), writer).Run();
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException or OverflowException)
        {
            // The scanner breaks on some broken texts instead of refusing them.
            throw new FormatException("it is broken where the parser does not say", e);
        }

        return buffer.WrittenMemory;
    }

    private sealed class Conversion(Parser parser, Utf8JsonWriter writer)
    {
        private readonly Dictionary<AnchorName, List<ParsingEvent>> _anchors = [];
        private readonly List<(List<ParsingEvent> Events, int Depth, AnchorName Name)> _recording = [];
        private readonly Stack<Level> _levels = new();
        private long _replayed;
        private long _seen;

        public void Run()
        {
            var written = false;
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case StreamStart or DocumentStart or Comment:
                        break;
                    case DocumentEnd or StreamEnd:
                        if (!written)
                        {
                            writer.WriteNullValue();
                        }

                        return;
                    case { } e:
                        if (++_seen > MostEvents)
                        {
                            throw new FormatException("it has too many nodes");
                        }

                        Record(e);
                        Write(e);
                        written = true;
                        break;
                }
            }
        }

        private void Record(ParsingEvent e)
        {
            for (var i = _recording.Count - 1; i >= 0; i--)
            {
                var (events, depth, name) = _recording[i];
                events.Add(e);
                depth += e.NestingIncrease;
                _recording[i] = (events, depth, name);
                if (depth == 0)
                {
                    _anchors[name] = events;
                    _recording.RemoveAt(i);
                }
            }

            if (e is NodeEvent { Anchor.IsEmpty: false } node)
            {
                if (e.NestingIncrease > 0)
                {
                    _recording.Add(([e], 1, node.Anchor));
                }
                else
                {
                    _anchors[node.Anchor] = [e];
                }
            }
        }

        private void Write(ParsingEvent e)
        {
            switch (e)
            {
                case AnchorAlias alias:
                    Replay(alias);
                    break;
                case Scalar scalar when InKeyPosition:
                    Key(scalar.Value);
                    break;
                case Scalar when _levels.TryPeek(out var merge) && merge.Merging:
                    // "<<:" with nothing behind it.
                    ValueDone();
                    break;
                case Scalar scalar:
                    WriteScalar(scalar);
                    ValueDone();
                    break;
                case MappingStart when InKeyPosition:
                case SequenceStart when InKeyPosition:
                    throw new FormatException($"line {e.Start.Line}: a key must be a word, not a list or a map");
                case MappingStart when _levels.TryPeek(out var merge) && merge.Merging:
                    // "<<: {…}": the members of the merged map become members of this one.
                    merge.Merging = false;
                    merge.AtKey = true;
                    _levels.Push(new Level(IsMap: true, Merged: true));
                    break;
                case MappingStart:
                    writer.WriteStartObject();
                    _levels.Push(new Level(IsMap: true, Merged: false));
                    break;
                case SequenceStart when _levels.TryPeek(out var merge) && merge.Merging:
                    _levels.Push(new Level(IsMap: false, Merged: true) { Merging = true });
                    merge.Merging = false;
                    merge.AtKey = true;
                    break;
                case SequenceStart:
                    writer.WriteStartArray();
                    _levels.Push(new Level(IsMap: false, Merged: false));
                    break;
                case MappingEnd:
                    if (!_levels.Pop().Merged)
                    {
                        writer.WriteEndObject();
                        ValueDone();
                    }
                    else if (_levels.TryPeek(out var outer) && !outer.IsMap)
                    {
                        outer.Merging = true;
                    }

                    break;
                case SequenceEnd:
                    if (!_levels.Pop().Merged)
                    {
                        writer.WriteEndArray();
                        ValueDone();
                    }

                    break;
            }

            if (_levels.Count > 500)
            {
                throw new FormatException($"line {e.Start.Line}: it is nested too deeply");
            }
        }

        private bool InKeyPosition => _levels.TryPeek(out var level) && level is { IsMap: true, AtKey: true };

        private void Key(string name)
        {
            var level = _levels.Peek();
            level.AtKey = false;
            if (name == "<<")
            {
                level.Merging = true;
                return;
            }

            writer.WritePropertyName(name);
        }

        private void ValueDone()
        {
            if (_levels.TryPeek(out var level) && level.IsMap)
            {
                level.AtKey = true;
                level.Merging = false;
            }
        }

        private void Replay(AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out var events))
            {
                throw new FormatException($"line {alias.Start.Line}: *{alias.Value} points to nothing before it");
            }

            if ((_replayed += events.Count) > MostReplayed)
            {
                throw new FormatException("its aliases multiply it beyond every measure");
            }

            foreach (var e in events)
            {
                Write(e);
            }
        }

        private void WriteScalar(Scalar scalar)
        {
            if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str"))
            {
                writer.WriteStringValue(scalar.Value);
                return;
            }

            switch (scalar.Value)
            {
                case "" or "~" or "null" or "Null" or "NULL":
                    writer.WriteNullValue();
                    break;
                case "true" or "True" or "TRUE":
                    writer.WriteBooleanValue(true);
                    break;
                case "false" or "False" or "FALSE":
                    writer.WriteBooleanValue(false);
                    break;
                case { } text when char.IsAsciiDigit(text[^1]) || text[^1] == '.':
                    WriteNumberOrText(text);
                    break;
                case { } text:
                    writer.WriteStringValue(text);
                    break;
            }
        }

        private void WriteNumberOrText(string text)
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            {
                writer.WriteNumberValue(whole);
            }
            else if (Real().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            {
                writer.WriteNumberValue(real);
            }
            else
            {
                writer.WriteStringValue(text);
            }
        }
    }

    private sealed record Level(bool IsMap, bool Merged)
    {
        public bool AtKey { get; set; } = IsMap;

        /// <summary>After the key "&lt;&lt;": what follows is not written as a value, its members are. Of equal keys, readers take the last.</summary>
        public bool Merging { get; set; }
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Real();
}
