using System.Text.Json.Nodes;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.OpenApi;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Tools.Web.Tests.OpenApi;

/// <summary>Whatever is broken in a document, reading it ends soon, in tools that are valid or in one sentence.</summary>
public sealed class FaultTests
{
    private static readonly string[] Words =
    [
        "$ref", "type", "properties", "items", "allOf", "oneOf", "anyOf", "enum", "required", "parameters", "in", "name", "schema", "content", "paths", "get", "post",
        "requestBody", "responses", "servers", "url", "variables", "security", "additionalProperties", "nullable", "default", "format", "pattern", "description", "operationId", "tags",
    ];

    public static TheoryData<string> Corpus() => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task Read_DocumentOfTheCorpus_GivesValidTools(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Corpus", name);
        var description = await SpecLoader.LoadAsync(new Uri(path), new SpecFolder(new Uri(path)).ReadAsync, default);
        Documents.AssertValidTools(description);
        Assert.NotEmpty(description.Operations);
    }

    [Property(MaxTest = 300)]
    public void Read_DocumentWithFaults_GivesValidToolsOrOneSentence(int seed, PositiveInt faults)
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"), "*.json").Order(StringComparer.Ordinal).ToArray();
        var random = new Random(seed);
        var document = JsonNode.Parse(File.ReadAllText(files[random.Next(files.Length)]))!;
        for (var i = 0; i < Math.Min(faults.Get, 20); i++)
        {
            Break(document, random);
        }

        try
        {
            Documents.AssertValidTools(Documents.Read(document.ToJsonString()));
        }
        catch (SpecFormatException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Property(MaxTest = 300)]
    public void Parse_AnyText_IsReadOrRefused(string text)
    {
        try
        {
            Documents.AssertValidTools(Documents.Read("openapi: 3.0.0\npaths: " + text));
        }
        catch (SpecFormatException)
        {
            // Refused.
        }
    }

    private static void Break(JsonNode root, Random random)
    {
        var node = root;
        for (var depth = random.Next(1, 10); depth > 0; depth--)
        {
            var next = node switch
            {
                JsonObject { Count: > 0 } o => o.ElementAt(random.Next(o.Count)).Value,
                JsonArray { Count: > 0 } a => a[random.Next(a.Count)],
                _ => null,
            };
            if (next is not (JsonObject or JsonArray))
            {
                break;
            }

            node = next;
        }

        switch (node)
        {
            case JsonObject { Count: > 0 } holder:
                var name = holder.ElementAt(random.Next(holder.Count)).Key;
                switch (random.Next(5))
                {
                    case 0:
                        holder.Remove(name);
                        break;
                    case 1:
                        var value = holder[name];
                        holder.Remove(name);
                        holder[Words[random.Next(Words.Length)]] = value;
                        break;
                    case 2:
                        holder["$ref"] = random.Next(3) switch { 0 => "#/nowhere", 1 => "#", _ => "#/paths" };
                        break;
                    default:
                        holder[name] = Junk(random);
                        break;
                }

                break;
            case JsonArray { Count: > 0 } list:
                list[random.Next(list.Count)] = Junk(random);
                break;
        }
    }

    private static JsonNode? Junk(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => JsonValue.Create(true),
        2 => JsonValue.Create(-1),
        3 => JsonValue.Create(1e300),
        4 => JsonValue.Create(string.Empty),
        5 => JsonValue.Create("\0\n\u200B{}"),
        6 => new JsonArray(),
        7 => new JsonObject(),
        8 => new JsonObject { ["$ref"] = "#/components/schemas/" + Words[random.Next(Words.Length)] },
        9 => new JsonArray(new JsonArray(), null, JsonValue.Create("x"), JsonValue.Create("x")),
        10 => JsonValue.Create(new string('x', 3000)),
        _ => JsonValue.Create(Words[random.Next(Words.Length)]),
    };
}
