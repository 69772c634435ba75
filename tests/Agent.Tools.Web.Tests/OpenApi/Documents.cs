using System.Text;
using System.Text.Json.Nodes;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Tests.OpenApi;

/// <summary>Reads documents that tests write.</summary>
internal static class Documents
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
    public static void AssertValidTools(ApiDescription description) => Assert.Null(ValidTools.Fault(description));
}
