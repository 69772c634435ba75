using System.Globalization;
using System.Text.Json;
using Agent.Governance.Labels;
using Microsoft.Extensions.Configuration;

namespace Agent.Governance.Policy;

/// <summary>Reads a section of the configuration strictly: what is misspelt or has no meaning is a problem, never ignored.</summary>
internal sealed class SectionReader(IConfigurationSection section, ICollection<string> problems)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string Path => section.Path;

    public string? Text(string name)
    {
        _known.Add(name);
        return section[name] is { Length: > 0 } text ? text : null;
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return false;
        }

        if (!bool.TryParse(text, out var flag))
        {
            Problem($"{name} must be true or false, not \"{text}\"");
        }

        return flag;
    }

    public int Number(string name, int otherwise)
    {
        var text = Text(name);
        if (text is null)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Problem($"{name} must be a whole number, not \"{text}\"");
        return otherwise;
    }

    /// <summary>A list, or one value standing for a list of one; null where it is left out.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        _known.Add(name);
        var child = section.GetSection(name);
        if (child.Value is { } one)
        {
            return one.Length == 0 ? [] : [one];
        }

        var children = child.GetChildren().ToList();
        if (children.Count == 0)
        {
            return null;
        }

        if (children.Exists(c => c.Value is null))
        {
            Problem($"{name} must be a list of words");
            return null;
        }

        return [.. children.Select(c => c.Value!)];
    }

    public T? Word<T>(string name)
        where T : struct, Enum
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        if (LabelJson.TryParse<T>(text, out var value))
        {
            return value;
        }

        Problem($"{name} must be one of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}, not \"{text}\"");
        return null;
    }

    public IReadOnlyList<T>? Words<T>(string name)
        where T : struct, Enum
    {
        var words = List(name);
        if (words is null)
        {
            return null;
        }

        var values = new List<T>();
        foreach (var word in words)
        {
            if (LabelJson.TryParse<T>(word, out var value))
            {
                values.Add(value);
            }
            else
            {
                Problem($"{name} must be of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}, not \"{word}\"");
            }
        }

        return values;
    }

    public IReadOnlyList<FieldPath>? Paths(string name)
    {
        var texts = List(name);
        if (texts is null)
        {
            return null;
        }

        var paths = new List<FieldPath>();
        foreach (var text in texts)
        {
            if (Field(text) is { } path)
            {
                paths.Add(path);
            }
        }

        return paths;
    }

    public FieldPath? Field(string text)
    {
        try
        {
            return new FieldPath(text);
        }
        catch (FormatException e)
        {
            Problem(e.Message.TrimEnd('.'));
            return null;
        }
    }

    public IReadOnlyList<IConfigurationSection> Children(string name)
    {
        _known.Add(name);
        return [.. section.GetSection(name).GetChildren()];
    }

    public void Problem(string what) => problems.Add($"{section.Path}: {what}.");

    /// <summary>Complains about members that nothing asked for.</summary>
    public void End()
    {
        foreach (var child in section.GetChildren())
        {
            if (!_known.Contains(child.Key))
            {
                Problem($"\"{child.Key}\" means nothing here; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <summary>A part of the configuration as JSON. Everything is a string there, so values are compared by their text.</summary>
    public static JsonElement ToJson(IConfigurationSection section)
    {
        return Audit.AuditData.Object(writer =>
        {
            foreach (var child in section.GetChildren())
            {
                writer.WritePropertyName(child.Key);
                WriteValue(writer, child);
            }
        });
    }

    private static void WriteValue(Utf8JsonWriter writer, IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            writer.WriteStringValue(section.Value);
        }
        else if (children.TrueForAll(c => int.TryParse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            writer.WriteStartArray();
            children.ForEach(c => WriteValue(writer, c));
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (var child in children)
            {
                writer.WritePropertyName(child.Key);
                WriteValue(writer, child);
            }

            writer.WriteEndObject();
        }
    }
}
