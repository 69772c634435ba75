using System.Text.Json.Nodes;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>The fields of a form that are files.</summary>
internal static class BinaryParts
{
    /// <summary>Whether a field is a file.</summary>
    public static bool Is(ApiBody body, string name)
    {
        if (body.Fields.FirstOrDefault(f => f.Name == name) is { } field)
        {
            return IsBinary(field.Schema);
        }

        return IsBinary(body.Schema?.Resolve()?.Get("properties")?.Get(name));
    }

    /// <summary>What a model gives for a file.</summary>
    public static JsonObject Schema(string? description) => new()
    {
        ["type"] = "object",
        ["description"] = description ?? "A file.",
        ["properties"] = new JsonObject
        {
            ["filename"] = new JsonObject { ["type"] = "string" },
            ["text"] = new JsonObject { ["type"] = "string", ["description"] = "Its content, where that is text." },
            ["base64"] = new JsonObject { ["type"] = "string", ["description"] = "Its content in base64, where that is not text." },
            ["content_type"] = new JsonObject { ["type"] = "string" },
        },
    };

    private static bool IsBinary(SpecNode? schema)
    {
        if (schema?.Resolve() is not { } node)
        {
            return false;
        }

        var item = node.Text("type") == "array" ? node.Get("items") ?? node : node;
        return item.Text("type") == "file" || item.Text("format") == "binary" || item.Text("contentMediaType") == "application/octet-stream";
    }
}
