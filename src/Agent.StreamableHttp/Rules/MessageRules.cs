using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace Agent.StreamableHttp.Rules;

/// <summary>Codes of JSON-RPC errors that the endpoint itself gives.</summary>
internal static class RpcError
{
    public const int General = -32000;
    public const int SessionNotFound = -32001;
    public const int HeaderMismatch = -32020;
    public const int MissingCapability = -32021;
    public const int UnsupportedVersion = -32022;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
}

/// <summary>The protocol's headers.</summary>
internal static class Headers
{
    public const string SessionId = "Mcp-Session-Id";
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
    public const string ParameterPrefix = "Mcp-Param-";
}

/// <summary>What is wrong with a message.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The JSON-RPC code.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Data">The error's data; null where there is none.</param>
internal sealed record Violation(int Status, int Code, string Message, JsonNode? Data = null);

/// <summary>
/// Checks that headers and body agree. A gateway or a firewall between us may have looked at the headers alone, so a message
/// that says one thing there and another inside is refused.
/// </summary>
internal static class MessageRules
{
    /// <summary>The first revision without sessions.</summary>
    public const string FirstStateless = "2026-07-28";

    private static readonly string[] Known = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", FirstStateless];

    private static readonly string[] Removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

    public static string? Version(IHeaderDictionary headers) => headers[Headers.ProtocolVersion] is { Count: > 0 } value ? value.ToString() : null;

    public static bool IsStateless(string? version) => version is not null && string.CompareOrdinal(version, FirstStateless) >= 0;

    public static Violation? Check(JsonRpcMessage message, IHeaderDictionary headers, Func<string, JsonElement?>? toolSchema)
    {
        try
        {
            var perRequest = message is JsonRpcRequest { Params: JsonObject parameters } && parameters["_meta"] is JsonObject meta && meta.ContainsKey(MetaKeys.ProtocolVersion);
            return CheckVersion(headers, perRequest) ?? CheckMessage(message, headers, toolSchema);
        }
        catch (ArgumentException)
        {
            // Nodes find a doubled member only when they are read.
            return new Violation(StatusCodes.Status400BadRequest, RpcError.InvalidRequest, "The body has the same member twice.");
        }
    }

    /// <summary>Whether the version is one of ours; a client that names it with each request is told only of those it could name.</summary>
    public static Violation? CheckVersion(IHeaderDictionary headers, bool perRequest = false)
    {
        var version = Version(headers);
        return version is null || Known.Contains(version)
            ? null
            : new Violation(
                StatusCodes.Status400BadRequest,
                RpcError.UnsupportedVersion,
                $"The protocol version '{(version.Length > 20 ? version[..20] : version)}' is not supported.",
                new JsonObject { ["supported"] = new JsonArray([.. Known.Where(known => !perRequest || IsStateless(known)).Select(known => JsonValue.Create(known))]), ["requested"] = version });
    }

    private static Violation? CheckMessage(JsonRpcMessage message, IHeaderDictionary headers, Func<string, JsonElement?>? toolSchema)
    {
        var version = Version(headers);
        var parameters = message switch
        {
            JsonRpcRequest request => request.Params as JsonObject,
            JsonRpcNotification notification => notification.Params as JsonObject,
            _ => null,
        };
        var meta = parameters?["_meta"] as JsonObject;
        if (meta?[MetaKeys.ProtocolVersion] is { } inside && !(inside is JsonValue value && value.TryGetValue(out string? text) && text == version))
        {
            return Mismatch($"The header {Headers.ProtocolVersion} and _meta name different protocol versions, or the header is missing.");
        }

        if (!IsStateless(version))
        {
            return message is JsonRpcRequest { Method: RequestMethods.Initialize } && version is not null
                && parameters?["protocolVersion"] is JsonValue asked && asked.TryGetValue(out string? initial) && initial != version
                    ? Mismatch($"The header {Headers.ProtocolVersion} and initialize name different protocol versions.")
                    : null;
        }

        if (message is JsonRpcResponse or JsonRpcError)
        {
            return new Violation(StatusCodes.Status400BadRequest, RpcError.InvalidRequest, "This protocol version has no requests from the server that a client could answer.");
        }

        var method = message is JsonRpcRequest call ? call.Method : ((JsonRpcNotification)message).Method;
        if (headers[Headers.Method] is not { Count: 1 } named || named.ToString() != method)
        {
            return Mismatch($"The header {Headers.Method} must be the method of the body.");
        }

        if (message is not JsonRpcRequest)
        {
            return null;
        }

        if (NameOf(method) is { } member && CheckName(parameters, member, headers) is { } wrongName)
        {
            return wrongName;
        }

        if (meta?[MetaKeys.ProtocolVersion] is null || meta[MetaKeys.ClientCapabilities] is not JsonObject)
        {
            return new Violation(
                StatusCodes.Status400BadRequest, RpcError.InvalidParams, $"Every request carries _meta/{MetaKeys.ProtocolVersion}, and _meta/{MetaKeys.ClientCapabilities} as an object.");
        }

        if (Removed.Contains(method))
        {
            return new Violation(StatusCodes.Status404NotFound, RpcError.MethodNotFound, $"The method '{method}' is not part of protocol version {version}.");
        }

        return method == RequestMethods.ToolsCall && parameters?["name"] is JsonValue tool && tool.TryGetValue(out string? toolName) && toolSchema?.Invoke(toolName) is { } schema
            ? CheckParameters(schema, parameters["arguments"] as JsonObject, headers)
            : null;
    }

    private static string? NameOf(string method) => method switch
    {
        RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
        RequestMethods.ResourcesRead => "uri",
        _ => null,
    };

    private static Violation? CheckName(JsonObject? parameters, string member, IHeaderDictionary headers) =>
        parameters?[member] is JsonValue value && value.TryGetValue(out string? name)
        && headers[Headers.Name] is { Count: 1 } header && McpHeaderEncoder.DecodeValue(header.ToString()) == name
            ? null
            : Mismatch($"The header {Headers.Name} must be the '{member}' of the body.");

    /// <summary>Arguments whose schema says <c>x-mcp-header</c> travel in both places and must be the same.</summary>
    private static Violation? CheckParameters(JsonElement schema, JsonObject? arguments, IHeaderDictionary headers)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            if (CheckParameters(property.Value, arguments?[property.Name] as JsonObject, headers) is { } inner)
            {
                return inner;
            }

            if (property.Value.TryGetProperty("x-mcp-header", out var name) && name.ValueKind == JsonValueKind.String)
            {
                var header = headers[Headers.ParameterPrefix + name.GetString()];
                var argument = arguments?[property.Name];
                if (argument is null ? header.Count != 0 : header.Count != 1 || !Same(argument, header.ToString()))
                {
                    return Mismatch($"The header {Headers.ParameterPrefix}{name.GetString()} must be the argument '{property.Name}'.");
                }
            }
        }

        return null;
    }

    private static bool Same(JsonNode argument, string header)
    {
        if (McpHeaderEncoder.DecodeValue(header) is not { } decoded || argument is not JsonValue value)
        {
            return false;
        }

        return value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>() == decoded,
            JsonValueKind.True => decoded == "true",
            JsonValueKind.False => decoded == "false",
            JsonValueKind.Number => value.ToJsonString() == decoded
                || (decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
                    && decimal.TryParse(decoded, NumberStyles.Float, CultureInfo.InvariantCulture, out var right) && left == right),
            _ => false,
        };
    }

    private static Violation Mismatch(string message) => new(StatusCodes.Status400BadRequest, RpcError.HeaderMismatch, message);
}
