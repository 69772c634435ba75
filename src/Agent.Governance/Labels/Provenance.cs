using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agent.Governance.Labels;

/// <summary>Where a value came from.</summary>
/// <param name="Integrity">How far it may be believed.</param>
/// <param name="Words">In words, for the card.</param>
internal readonly record struct Origin(Integrity Integrity, string Words)
{
    public bool Trusted => Integrity == Integrity.Trusted;
}

/// <summary>What a session's context holds: the person's words, handles that servers issued, and which result each other word came from.</summary>
internal sealed class Provenance(Func<Declarations> declarations) : IProvenance
{
    /// <summary>What is said of a value that nobody gave, once untrusted text was read.</summary>
    public const string AfterUntrusted = "after it read untrusted text";

    /// <summary>Words remembered for saying where a value came from; beyond it the oldest source stays, and new words have no source.</summary>
    private const int MaxWords = 200_000;

    private readonly Lock _gate = new();
    private readonly List<string> _user = [];
    private readonly Dictionary<string, string> _handles = new(StringComparer.Ordinal);
    private readonly List<(string Name, Integrity Integrity)> _sources = [];
    private readonly Dictionary<ulong, int> _words = [];
    private Label _label = Label.Bottom;

    public Label Label
    {
        get
        {
            lock (_gate)
            {
                return _label;
            }
        }
    }

    public void AddUserTurn(string text)
    {
        lock (_gate)
        {
            _label = _label.Join(Label.User);
            _user.Add(Labels.Words.Normalize(text));
        }
    }

    public void AddText(string text, Label label)
    {
        lock (_gate)
        {
            _label = _label.Join(label);
            Remember(string.Join(", ", label.Sources), label.Integrity, text);
        }
    }

    public void AddResult(ToolId tool, ToolResult result)
    {
        var declaration = declarations().For(tool);
        var structured = result.Structured ?? ParseText(result.Text);
        lock (_gate)
        {
            _label = _label.Join(result.Label);
            Remember(tool.ToString(), result.Label.Integrity, result.Text);
            if (structured is not { } value || result.IsError)
            {
                return;
            }

            if (result.Structured is not null)
            {
                Remember(tool.ToString(), result.Label.Integrity, value.GetRawText());
            }

            foreach (var field in declaration.Fields.Where(f => f.Issued))
            {
                foreach (var leaf in field.Path.Select(value))
                {
                    if (Scalar(leaf) is { Length: > 0 } text)
                    {
                        _handles.TryAdd(Handle(tool.Server, text), tool.ToString());
                    }
                }
            }
        }
    }

    /// <summary>Where a scalar argument came from, for a call of a tool.</summary>
    public Origin Find(JsonElement value, ToolId target, IReadOnlyList<string> trusted)
    {
        if (Scalar(value) is not { } text)
        {
            return new Origin(Integrity.Trusted, "a switch");
        }

        return text.Length == 0 ? new Origin(Integrity.Trusted, "empty") : Find(text, target, trusted);
    }

    public Origin Find(string text, ToolId target, IReadOnlyList<string> trusted)
    {
        var normal = Labels.Words.Normalize(text.Trim());
        lock (_gate)
        {
            foreach (var form in Forms(normal))
            {
                if (_user.Exists(turn => Labels.Words.Contains(turn, form)))
                {
                    return new Origin(Integrity.Trusted, "you typed it");
                }
            }

            foreach (var pattern in trusted)
            {
                if (System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true))
                {
                    return new Origin(Integrity.Trusted, "the operator's list");
                }
            }

            if (_handles.TryGetValue(Handle(target.Server, text), out var issuer))
            {
                return new Origin(Integrity.Trusted, $"issued by {issuer}");
            }

            return Known(normal) is { } source
                ? new Origin(source.Integrity, $"{source.Name} ({LabelJson.Name(source.Integrity)})")
                : new Origin(_label.Integrity, _label.Integrity == Integrity.Untrusted ? "the model, " + AfterUntrusted : "the model");
        }
    }

    /// <summary>Whether an address stands in the context as it is, so that showing it carries nothing new.</summary>
    public bool HasSeen(string word)
    {
        var normal = Labels.Words.Normalize(word);
        lock (_gate)
        {
            return _words.ContainsKey(Hash(normal)) || _user.Exists(turn => Labels.Words.Contains(turn, normal));
        }
    }

    public JsonElement Save()
    {
        lock (_gate)
        {
            return Audit.AuditData.Object(writer =>
            {
                writer.WriteNumber("v", 1);
                writer.WritePropertyName("label");
                LabelJson.Write(writer, _label);
                writer.WriteStartArray("user");
                _user.ForEach(writer.WriteStringValue);
                writer.WriteEndArray();
                writer.WriteStartObject("handles");
                foreach (var (value, issuer) in _handles)
                {
                    writer.WriteString(value, issuer);
                }

                writer.WriteEndObject();
                writer.WriteStartArray("sources");
                foreach (var ((name, integrity), index) in _sources.Select((s, i) => (s, i)))
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    writer.WriteString("integrity", LabelJson.Name(integrity));
                    var hashes = _words.Where(w => w.Value == index).SelectMany(w => BitConverter.GetBytes(w.Key)).ToArray();
                    writer.WriteBase64String("words", hashes);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
    }

    public static Provenance Restore(JsonElement state, Func<Declarations> declarations)
    {
        var provenance = new Provenance(declarations);
        try
        {
            if (state.GetProperty("v").GetInt32() != 1)
            {
                throw new FormatException("unknown version");
            }

            provenance._label = LabelJson.Read(state.GetProperty("label"));
            provenance._user.AddRange(state.GetProperty("user").EnumerateArray().Select(t => t.GetString()!));
            foreach (var handle in state.GetProperty("handles").EnumerateObject())
            {
                provenance._handles[handle.Name] = handle.Value.GetString()!;
            }

            foreach (var source in state.GetProperty("sources").EnumerateArray())
            {
                if (!LabelJson.TryParse<Integrity>(source.GetProperty("integrity").GetString(), out var integrity))
                {
                    throw new FormatException("unknown integrity");
                }

                var index = provenance._sources.Count;
                provenance._sources.Add((source.GetProperty("name").GetString()!, integrity));
                var bytes = source.GetProperty("words").GetBytesFromBase64();
                for (var i = 0; i + sizeof(ulong) <= bytes.Length; i += sizeof(ulong))
                {
                    provenance._words[BitConverter.ToUInt64(bytes, i)] = index;
                }
            }

            return provenance;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException or JsonException or ArgumentNullException)
        {
            return new Provenance(declarations) { _label = Label.Missing };
        }
    }

    internal static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static string Handle(string server, string value) => $"{server}\n{value}";

    /// <summary>A value as it may stand in a person's words: an address without its scheme, a path without its beginning.</summary>
    private static IEnumerable<string> Forms(string value)
    {
        yield return value;
        var bare = value.StartsWith("https://", StringComparison.Ordinal) ? value["https://".Length..]
            : value.StartsWith("http://", StringComparison.Ordinal) ? value["http://".Length..]
            : value.StartsWith("./", StringComparison.Ordinal) ? value[2..]
            : value;
        yield return bare;
        var trimmed = bare.TrimEnd('/');
        if (trimmed.Length != bare.Length)
        {
            yield return trimmed;
        }
    }

    private static JsonElement? ParseText(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty || start[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Remember(string source, Integrity integrity, string text)
    {
        var index = _sources.IndexOf((source, integrity));
        if (index < 0)
        {
            index = _sources.Count;
            _sources.Add((source, integrity));
        }

        // Addresses count as a whole too: their parts are words of their own.
        var normal = Labels.Words.Normalize(text);
        foreach (var word in Labels.Words.Split(normal).Concat(Guardrails.AddressPatterns.Find(normal)))
        {
            var hash = Hash(word);

            // A word that a better source gave stays with it: repeating it elsewhere takes nothing away.
            if (!_words.TryGetValue(hash, out var known))
            {
                if (_words.Count < MaxWords)
                {
                    _words[hash] = index;
                }
            }
            else if (_sources[known].Integrity > integrity)
            {
                _words[hash] = index;
            }
        }
    }

    private (string Name, Integrity Integrity)? Known(string normal)
    {
        (string Name, Integrity Integrity)? worst = null;
        var words = 0;
        foreach (var word in Labels.Words.Split(normal))
        {
            words++;
            if (!_words.TryGetValue(Hash(word), out var index))
            {
                return null;
            }

            if (worst is null || _sources[index].Integrity > worst.Value.Integrity)
            {
                worst = _sources[index];
            }
        }

        // Words of a trusted text put together anew are no longer that text.
        return worst is (var name, Integrity.Trusted) && words > 1 ? (name, Integrity.Internal) : worst;
    }

    /// <summary>Stable across processes, because it is stored; 64 bits make a chance match rarer than a misread origin.</summary>
    private static ulong Hash(string word)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> utf8 = word.Length <= 256 ? stackalloc byte[word.Length * 3] : new byte[word.Length * 3];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(word, utf8)], digest);
        return BitConverter.ToUInt64(digest);
    }
}

/// <summary>Makes and restores <see cref="Provenance"/>.</summary>
internal sealed class ProvenanceFactory(Func<Declarations> declarations) : IProvenanceFactory
{
    public IProvenance Create() => new Provenance(declarations);

    public IProvenance Restore(JsonElement state) => Provenance.Restore(state, declarations);
}
