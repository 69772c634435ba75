using System.Text;
using System.Text.Json;

namespace Agent.Mcp.Install;

/// <summary>Changes one member of a JSON file that people write, and leaves every other character as it is, comments among them.</summary>
internal static class JsonText
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Puts a value under a name into an object that is a member of the root; makes the object where it is missing.</summary>
    /// <param name="text">A JSON object, read and found good before.</param>
    /// <param name="section">The object's name.</param>
    /// <param name="name">The member's name in it.</param>
    /// <param name="value">The value, indented by two spaces a level.</param>
    /// <returns>The text with the change.</returns>
    public static string Put(string text, string section, string name, string value)
    {
        // A byte order mark is no JSON; it stays where it is.
        var mark = text.StartsWith('\uFEFF') ? 1 : 0;
        var bytes = Encoding.UTF8.GetBytes(text[mark..]);
        var reader = new Utf8JsonReader(bytes, Lenient);
        reader.Read();
        var root = (int)reader.BytesConsumed;
        if (!Find(ref reader, section, out var isEmpty))
        {
            return text[..mark] + Insert(bytes, root, isEmpty, 1, $"{Quote(section)}: {{\n  {Quote(name)}: {Indent(value, 1)}\n}}");
        }

        var inside = (int)reader.BytesConsumed;
        if (!Find(ref reader, name, out isEmpty))
        {
            return text[..mark] + Insert(bytes, inside, isEmpty, 2, $"{Quote(name)}: {value}");
        }

        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return $"{text[..mark]}{Text(bytes.AsSpan(0, from))}{Indent(value, 2)}{Text(bytes.AsSpan((int)reader.BytesConsumed))}";
    }

    /// <summary>Goes to the value of a member of the object that was just entered; false where it has none of that name.</summary>
    private static bool Find(ref Utf8JsonReader reader, string name, out bool isEmpty)
    {
        isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static string Insert(byte[] bytes, int at, bool isEmpty, int depth, string member)
    {
        var margin = new string(' ', depth * 2);
        var after = Text(bytes.AsSpan(at));
        var rest = !isEmpty ? "," : after.TrimStart().StartsWith('}') ? $"\n{new string(' ', (depth - 1) * 2)}" : string.Empty;
        return $"{Text(bytes.AsSpan(0, at))}\n{margin}{Indent(member, depth)}{rest}{(isEmpty && rest.Length > 0 ? after.TrimStart() : after)}";
    }

    private static string Indent(string text, int depth) => text.Replace("\n", "\n" + new string(' ', depth * 2), StringComparison.Ordinal);

    private static string Quote(string text) => JsonSerializer.Serialize(text, InstallJson.Default.String);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>Source-generated JSON of names.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class InstallJson : System.Text.Json.Serialization.JsonSerializerContext;
