using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Tests.OpenApi;

/// <summary>Reads documents that tests write.</summary>
internal static partial class Documents
{
    public static ApiDescription Read(string text, params (string Name, string Text)[] others)
    {
        var first = new Uri("https://docs.test/api/openapi.yaml");
        var files = others.ToDictionary(o => new Uri(first, o.Name), o => o.Text);
        files[first] = text;
        return SpecLoader.LoadAsync(
            first,
            (at, _) => files.TryGetValue(at, out var content)
                ? ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(content))
                : throw new SpecFormatException("it is not there"),
            default).AsTask().GetAwaiter().GetResult();
    }

    public static ApiOperation Only(string text, params (string Name, string Text)[] others) => Assert.Single(Read(text, others).Operations);

    public static JsonObject Input(ApiOperation operation) => OperationSchema.For(operation).Input;

    /// <summary>What every provider and client asks of a tool.</summary>
    public static void AssertValidTools(ApiDescription description)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var operation in description.Operations)
        {
            Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,58}$", operation.Name);
            Assert.True(names.Add(operation.Name), operation.Name);
            Assert.InRange(OperationSchema.Description(operation, "api").Length, 1, 1024);
            var input = Input(operation);
            Assert.Equal("object", input["type"]!.ToString());
            AssertSchema(input, argument: true);
            Assert.InRange(input.ToJsonString().Length, 2, 40_000);
            AssertSchema(OperationSchema.Output(operation), argument: false);
        }
    }

    private static void AssertSchema(JsonNode? node, bool argument)
    {
        if (node is not JsonObject schema)
        {
            return;
        }

        Assert.False(schema.ContainsKey("$ref"));
        string[] types = schema["type"] switch
        {
            null => [],
            JsonArray list => [.. list.Select(t => t!.ToString())],
            var one => [one.ToString()],
        };
        Assert.All(types, type => Assert.Contains(type, (string[])["object", "array", "string", "number", "integer", "boolean", "null"]));
        Assert.Equal(types.Length, types.Distinct().Count());
        if (types.Contains("array") && argument)
        {
            Assert.IsType<JsonObject>(schema["items"]);
        }

        if (schema["enum"] is { } values)
        {
            Assert.NotEmpty(values.AsArray());
        }

        var properties = schema["properties"]?.AsObject() ?? [];
        foreach (var (name, property) in properties)
        {
            if (argument)
            {
                Assert.Matches(LegalKey(), name);
            }

            AssertSchema(Assert.IsType<JsonObject>(property), argument);
        }

        Assert.All(schema["required"]?.AsArray() ?? [], name => Assert.True(properties.ContainsKey(name!.ToString())));
        AssertSchema(schema["items"], argument);
        AssertSchema(schema["additionalProperties"], argument);
        foreach (var alternative in schema["anyOf"]?.AsArray() ?? [])
        {
            AssertSchema(alternative, argument);
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_.-]{1,64}$")]
    private static partial Regex LegalKey();
}
