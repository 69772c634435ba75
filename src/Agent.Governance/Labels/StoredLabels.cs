using System.Text.Json;
using Agent.Governance.Policy;
using Agent.Governance.Storage;
using Microsoft.Data.Sqlite;

namespace Agent.Governance.Labels;

/// <summary>
/// The labels of what was written (files, tables), so that text that came from elsewhere does not come back clean from a file
/// or a row. Labels only grow: a name keeps the worst that was ever written to it.
/// </summary>
internal sealed class StoredLabels(GovernanceDatabase database) : IDisposable
{
    /// <summary>The space whose names are tables of databases; the others hold paths.</summary>
    private const string Tables = "sql";

    private readonly Lock _gate = new();
    private SqliteConnection? _connection;
    private SqliteCommand? _find;

    /// <summary>The join of what was written under any of these names, or to a folder that holds it; null where nothing was.</summary>
    public Label? Find(string space, IEnumerable<string> names) => Get(space, names.SelectMany(WithFolders));

    /// <summary>The join of what was written under a name or anywhere below it; null where nothing was.</summary>
    public Label? FindBelow(string space, string name)
    {
        var found = Find(space, [name]);
        lock (_gate)
        {
            _connection ??= database.Open();
            using var command = _connection.Command(
                "SELECT label FROM labels WHERE space = $space AND substr(name, 1, $length) = $prefix", ("$space", space), ("$prefix", name + "/"), ("$length", name.Length + 1));
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                using var document = JsonDocument.Parse(reader.GetString(0));
                var label = LabelJson.Read(document.RootElement);
                found = found is null ? label : found.Join(label);
            }
        }

        return found;
    }

    private static IEnumerable<string> WithFolders(string name)
    {
        yield return name;
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }

    private Label? Get(string space, IEnumerable<string> names)
    {
        Label? found = null;
        lock (_gate)
        {
            _connection ??= database.Open();

            // Prepared once: it is asked for each call that reads a file or a table.
            _find ??= _connection.Command("SELECT label FROM labels WHERE space = $space AND name = $name", ("$space", space), ("$name", string.Empty));
            _find.Parameters["$space"].Value = space;
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                _find.Parameters["$name"].Value = name;
                if (_find.ExecuteScalar() is string text)
                {
                    using var document = JsonDocument.Parse(text);
                    var label = LabelJson.Read(document.RootElement);
                    found = found is null ? label : found.Join(label);
                }
            }
        }

        return found;
    }

    public void Store(string space, IEnumerable<string> names, Label label)
    {
        lock (_gate)
        {
            _connection ??= database.Open();
            foreach (var name in names)
            {
                var joined = Get(space, [name]) is { } known ? known.Join(label) : label;
                using var buffer = new MemoryStream();
                using (var writer = new Utf8JsonWriter(buffer))
                {
                    LabelJson.Write(writer, joined);
                }

                _connection.Run(
                    "INSERT INTO labels (space, name, label) VALUES ($space, $name, $label) ON CONFLICT (space, name) DO UPDATE SET label = $label",
                    ("$space", space), ("$name", name), ("$label", System.Text.Encoding.UTF8.GetString(buffer.ToArray())));
            }
        }
    }

    /// <summary>The names a call writes to.</summary>
    public static IReadOnlyList<string> Written(CallFacts call, JsonElement? result, PolicySet policy) =>
        call.Declaration.Stores.Count == 0 ? []
        : call.Statement is { } statement ? [.. statement.Tables.Select(t => Table(call, result, t))]
        : [.. call.Declaration.Stores.SelectMany(s => Text(call.Arguments, s) is { } text ? [Name(text, policy)] : Array.Empty<string>())];

    /// <summary>The names a call read from, found in its arguments and its result.</summary>
    public static IReadOnlyList<string> Read(CallFacts call, JsonElement? result, PolicySet policy)
    {
        if (call.Declaration.Loads.Count == 0)
        {
            return [];
        }

        if (call.Statement is { } statement)
        {
            return [.. statement.Tables.Select(t => Table(call, result, t))];
        }

        var named = call.Declaration.Loads
            .SelectMany(path => result is { } value ? path.Select(call.Arguments).Concat(path.Select(value)) : path.Select(call.Arguments))
            .Select(Provenance.Scalar).OfType<string>();
        return call.Declaration.Space == Tables ? [.. named.Select(t => Table(call, result, t[(t.LastIndexOf('.') + 1)..]))] : [.. named.Select(text => Name(text, policy))];
    }

    public void Dispose()
    {
        _find?.Dispose();
        _connection?.Dispose();
    }

    /// <summary>One name for a table: the database that the server says it was, since the argument may be left out.</summary>
    private static string Table(CallFacts call, JsonElement? result, string table)
    {
        var database = (result is { ValueKind: JsonValueKind.Object } value ? Text(value, "database") : null) ?? Text(call.Arguments, "database");
        return $"{database}/{table.Trim('"', '`', '[', ']').ToLowerInvariant()}";
    }

    private static string? Text(JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) ? Provenance.Scalar(value) : null;

    /// <summary>One name for a path, whether it is written from the workspace or from the root.</summary>
    private static string Name(string text, PolicySet policy)
    {
        var normal = PathGlob.Normalize(text);
        foreach (var root in policy.Workspace)
        {
            if (normal.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal))
            {
                return normal[(root.TrimEnd('/').Length + 1)..];
            }
        }

        return normal;
    }
}
