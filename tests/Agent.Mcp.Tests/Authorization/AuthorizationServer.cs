using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Agent.StreamableHttp;
using Agent.StreamableHttp.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Tests.Authorization;

/// <summary>
/// An authorization server (OAuth 2.1: PKCE, dynamic registration, resource indicators, refresh tokens that are used once) and an
/// MCP server that only its tokens open, both on loopback. It checks what a strict one would check, and says what it saw.
/// </summary>
internal sealed class AuthorizationServer : IBearerAuthenticator, IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string> challenges = new();
    private readonly ConcurrentDictionary<string, bool> access = new();
    private readonly ConcurrentDictionary<string, bool> refresh = new();
    private McpHttpServer? resource;
    private int issued;

    private AuthorizationServer(WebApplication app) => this.app = app;

    public string Issuer => app.Urls.First();

    public Uri Resource => resource!.Url;

    public int SignIns { get; private set; }

    public int Refreshes { get; private set; }

    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Whether the metadata says that PKCE with S256 is understood.</summary>
    public bool SaysPkce { get; set; } = true;

    public static async Task<AuthorizationServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new AuthorizationServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        server.resource = await McpHttpServer.StartAsync(
            new McpHttpOptions { Url = new Uri("http://127.0.0.1:0/mcp"), Authenticator = server },
            (transport, _) => McpServer.Create(transport, new McpServerOptions
            {
                ServerInfo = new Implementation { Name = "locked", Version = "1" },
                ToolCollection = [McpServerTool.Create(() => "inside", new McpServerToolCreateOptions { Name = "open" })],
            }));
        return server;
    }

    /// <summary>From now on no access token opens anything; refresh tokens still do.</summary>
    public void ExpireAccess() => access.Clear();

    public ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken) =>
        ValueTask.FromResult(token is not null && access.ContainsKey(token) ? BearerResult.Accept("anna") : BearerResult.Refuse("invalid_token", "no"));

    public JsonObject? Metadata(Uri resource) => new()
    {
        ["resource"] = resource.AbsoluteUri,
        ["authorization_servers"] = new JsonArray(JsonValue.Create(Issuer)),
        ["scopes_supported"] = new JsonArray(JsonValue.Create("mcp")),
    };

    public async ValueTask DisposeAsync()
    {
        if (resource is not null)
        {
            await resource.DisposeAsync();
        }

        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        switch (request.Path.Value)
        {
            case "/.well-known/oauth-authorization-server":
                var metadata = new JsonObject
                {
                    ["issuer"] = Issuer,
                    ["authorization_endpoint"] = $"{Issuer}/authorize",
                    ["token_endpoint"] = $"{Issuer}/token",
                    ["registration_endpoint"] = $"{Issuer}/register",
                    ["response_types_supported"] = new JsonArray(JsonValue.Create("code")),
                    ["grant_types_supported"] = new JsonArray(JsonValue.Create("authorization_code"), JsonValue.Create("refresh_token")),
                    ["token_endpoint_auth_methods_supported"] = new JsonArray(JsonValue.Create("none")),
                };
                if (SaysPkce)
                {
                    metadata["code_challenge_methods_supported"] = new JsonArray(JsonValue.Create("S256"));
                }

                await WriteAsync(context, metadata);
                break;
            case "/register":
                await WriteAsync(context, new JsonObject
                {
                    ["client_id"] = "registered",
                    ["redirect_uris"] = (await JsonNode.ParseAsync(request.Body))!["redirect_uris"]!.DeepClone(),
                    ["token_endpoint_auth_method"] = "none",
                });
                break;
            case "/authorize":
                Demand(request.Query["code_challenge_method"] == "S256" && request.Query["code_challenge"].Count == 1, "no PKCE with S256");
                Demand(request.Query["resource"] == Resource.AbsoluteUri, "the sign-in names no resource");
                Demand(request.Query["client_id"] == "registered", "an unknown client");
                var code = RandomNumberGenerator.GetHexString(16);
                challenges[code] = request.Query["code_challenge"].ToString();
                SignIns++;
                context.Response.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"].ToString())}");
                break;
            case "/token":
                await TokenAsync(context, await request.ReadFormAsync());
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task TokenAsync(HttpContext context, IFormCollection form)
    {
        Demand(form["resource"] == Resource.AbsoluteUri, "the token request names no resource");
        var good = form["grant_type"].ToString() switch
        {
            "authorization_code" => challenges.TryRemove(form["code"].ToString(), out var challenge)
                && Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == challenge,
            "refresh_token" => refresh.TryRemove(form["refresh_token"].ToString(), out _),
            _ => false,
        };
        if (!good)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, new JsonObject { ["error"] = "invalid_grant" });
            return;
        }

        if (form["grant_type"] == "refresh_token")
        {
            Refreshes++;
        }

        var number = ++issued;
        access[$"access-{number}"] = true;
        refresh[$"refresh-{number}"] = true;
        await WriteAsync(context, new JsonObject
        {
            ["access_token"] = $"access-{number}",
            ["refresh_token"] = $"refresh-{number}",
            ["token_type"] = "Bearer",
            ["expires_in"] = 3600,
            ["scope"] = "mcp",
        });
    }

    private void Demand(bool met, string otherwise)
    {
        if (!met)
        {
            Complaints.Enqueue(otherwise);
        }
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
