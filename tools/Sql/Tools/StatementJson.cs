using System.Text.Json;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary>Writes what a statement is.</summary>
internal static class StatementJson
{
    public static void Write(Utf8JsonWriter writer, StatementFacts facts)
    {
        writer.WriteString("class"u8, facts.ClassName);
        writer.WriteString("verb"u8, facts.Verb);
        WriteNames(writer, "reads"u8, facts.Reads);
        WriteNames(writer, "writes"u8, facts.Writes);
    }

    private static void WriteNames(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
