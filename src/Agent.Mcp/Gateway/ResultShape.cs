using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>Gives a result what the client's protocol wants, and takes away what only the server's own protocol had.</summary>
internal static class ResultShape
{
    private static readonly string[] Cacheable =
        [RequestMethods.ToolsList, RequestMethods.PromptsList, RequestMethods.ResourcesList, RequestMethods.ResourcesTemplatesList, RequestMethods.ResourcesRead];

    public static JsonNode For(string method, JsonNode result, bool stateless)
    {
        // A node that came from a server belongs to that answer; ours is a copy.
        var shaped = result.Parent is null ? result.AsObject() : result.DeepClone().AsObject();
        (shaped["_meta"] as JsonObject)?.Remove(MetaKeys.ServerInfo);
        if (!stateless)
        {
            shaped.Remove("resultType");
            shaped.Remove("ttlMs");
            shaped.Remove("cacheScope");
            return shaped;
        }

        if (shaped["resultType"]?.GetValue<string>() != "input_required")
        {
            shaped["resultType"] = "complete";
        }

        if (Cacheable.Contains(method))
        {
            // Policy decides what is listed, so nobody may keep it for somebody else, or for long.
            shaped["ttlMs"] = 0;
            shaped["cacheScope"] = "private";
        }

        return shaped;
    }
}
