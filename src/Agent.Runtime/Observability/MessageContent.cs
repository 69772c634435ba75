using System.Text;
using System.Text.Json;

namespace Agent.Runtime.Observability;

/// <summary>A message as the GenAI conventions write it into an attribute: a JSON array of messages, each with its parts.</summary>
internal static class MessageContent
{
    public static string Write(string role, string text, string? finishReason)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteStartArray("parts");
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("content", text);
            json.WriteEndObject();
            json.WriteEndArray();
            if (finishReason is not null)
            {
                json.WriteString("finish_reason", finishReason);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
