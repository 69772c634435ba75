using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Models.Selection;

namespace Agent.Models.Prices;

/// <summary>What is published of models: prices, context, longest answer. Built in, or a file of the user's in the same form.</summary>
internal sealed class ModelTable
{
    private readonly ModelTableEntry[] entries;

    private ModelTable(ModelTableEntry[] entries) => this.entries = entries;

    /// <summary>Reads the built-in table, or the one that the configuration names.</summary>
    /// <param name="file">A file; null for the built-in table.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    public static ModelTable Load(string? file)
    {
        if (string.IsNullOrWhiteSpace(file))
        {
            using var builtIn = typeof(ModelTable).Assembly.GetManifestResourceStream("Agent.Models.Prices.models.json")!;
            return new ModelTable(JsonSerializer.Deserialize(builtIn, ModelTableJson.Default.ModelTableFile)!.Models);
        }

        try
        {
            using var stream = File.OpenRead(file);
            var table = JsonSerializer.Deserialize(stream, ModelTableJson.Default.ModelTableFile);
            if (table?.Models is not { } models || Array.Exists(models, m => string.IsNullOrEmpty(m.Model) || m.Input < 0 || m.Output < 0))
            {
                throw new JsonException("an entry without a model, or with a price below 0");
            }

            return new ModelTable(models);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ModelException(ModelErrorKind.BadRequest, $"The price file '{file}' (models:prices) cannot be used: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>The entry of a model.</summary>
    /// <param name="provider">The provider; null for a server that is none of theirs.</param>
    /// <param name="model">The model.</param>
    /// <returns>The entry; null where there is none.</returns>
    public ModelTableEntry? Find(string? provider, string model) => Array.Find(entries, e =>
        (e.Provider == "*" || (provider is not null && string.Equals(e.Provider, provider, StringComparison.OrdinalIgnoreCase))) && NamePattern.Matches(e.Model, model));
}

/// <summary>The file.</summary>
/// <param name="Models">Its entries.</param>
internal sealed record ModelTableFile(ModelTableEntry[] Models);

/// <summary>One model, or several by a pattern.</summary>
internal sealed record ModelTableEntry
{
    public string Provider { get; set; } = "*";

    public string Model { get; set; } = string.Empty;

    public decimal? Input { get; set; }

    public decimal? Output { get; set; }

    public decimal? CachedInput { get; set; }

    public decimal? CacheWrite { get; set; }

    public int? Context { get; set; }

    public int? MaxOutput { get; set; }

    public bool? Images { get; set; }

    /// <summary>The price; null where the entry has none.</summary>
    [JsonIgnore]
    public ModelPrice? Price => Input is { } input && Output is { } output ? new ModelPrice(input, output, CachedInput, CacheWrite) : null;
}

/// <summary>How the file is read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(ModelTableFile))]
internal sealed partial class ModelTableJson : JsonSerializerContext;
