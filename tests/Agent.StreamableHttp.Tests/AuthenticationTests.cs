using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.StreamableHttp.Authentication;

namespace Agent.StreamableHttp.Tests;

public sealed class AuthenticationTests : IDisposable
{
    private static readonly Uri Resource = new("http://127.0.0.1:9/mcp");
    private readonly Issuer issuer = new();

    [Fact]
    public async Task TokenFile_NewOne_IsPrivateAndLetsItsHolderIn()
    {
        var path = Path.Combine(Path.GetTempPath(), $"token-{Guid.NewGuid():N}");
        try
        {
            var token = TokenFile.Open(path);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            Assert.Equal(token.Token, TokenFile.Open(path).Token);
            await using var fixture = await HttpFixture.StartAsync(options => options with { Authenticator = token });
            void As(HttpRequestMessage request, string? value) => request.Headers.Authorization = value is null ? null : new AuthenticationHeaderValue("Bearer", value);

            var (status, _, response) = await fixture.PostAsync(HttpFixture.Call("tools/list"));
            Assert.Equal(401, status);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal(401, (await fixture.PostAsync(HttpFixture.Call("tools/list"), request => As(request, "wrong"))).Status);
            Assert.Equal(200, (await fixture.PostAsync(HttpFixture.Call("tools/list"), request => As(request, token.Token))).Status);

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
                Assert.Contains("Others can read", Assert.Throws<IOException>(() => TokenFile.Open(path)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Issuer_NoToken_IsToldWhereToGetOne()
    {
        using var tokens = Tokens();
        await using var fixture = await HttpFixture.StartAsync(options => options with { Authenticator = tokens });

        var (status, _, response) = await fixture.PostAsync(HttpFixture.Call("tools/list"));
        Assert.Equal(401, status);
        var address = $"http://127.0.0.1:{fixture.Server.Url.Port}/.well-known/oauth-protected-resource/mcp";
        Assert.Contains($"resource_metadata=\"{address}\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var metadata = JsonNode.Parse(await fixture.Http.GetStringAsync(new Uri(address)))!;
        Assert.Equal(fixture.Server.Url.AbsoluteUri, metadata["resource"]!.GetValue<string>());
        Assert.Equal("https://issuer.test/", metadata["authorization_servers"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Issuer_GoodToken_NamesItsSubject(string algorithm)
    {
        using var tokens = Tokens();
        var result = await tokens.AuthenticateAsync(issuer.Token(algorithm), Resource, CancellationToken.None);
        Assert.Equal("anna", result.User);
    }

    [Theory]
    [InlineData("aud", "\"https://other.example/mcp\"", "another audience")]
    [InlineData("iss", "\"https://evil.test/\"", "another issuer")]
    [InlineData("exp", "1000", "expired")]
    [InlineData("exp", null, "expired")]
    [InlineData("nbf", "99999999999", "not valid yet")]
    [InlineData("sub", null, "names nobody")]
    [InlineData("scope", "\"other\"", "lacks a scope")]
    public async Task Issuer_TokenForSomethingElse_IsRefused(string claim, string? value, string expected)
    {
        using var tokens = Tokens();
        var result = await tokens.AuthenticateAsync(
            issuer.Token("RS256", claims =>
            {
                claims.Remove(claim);
                if (value is not null)
                {
                    claims[claim] = JsonNode.Parse(value);
                }
            }),
            Resource,
            CancellationToken.None);
        Assert.Null(result.User);
        Assert.Contains(expected, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuer_ForgedTokens_AreRefused()
    {
        using var tokens = Tokens();
        var good = issuer.Token("RS256");
        var parts = good.Split('.');
        string[] forged =
        [
            $"{Encode("""{"alg":"none"}""")}.{parts[1]}.",
            $"{parts[0]}.{Encode("""{"iss":"https://issuer.test/","aud":"http://127.0.0.1:9/mcp","exp":99999999999,"sub":"root","scope":"mcp"}""")}.{parts[2]}",
            issuer.Hs256(),
            $"{Encode("""{"alg":"ES256","kid":"rsa"}""")}.{parts[1]}.{parts[2]}",
            "a.b.c",
            "abc",
            string.Empty,
        ];
        foreach (var token in forged)
        {
            Assert.Null((await tokens.AuthenticateAsync(token, Resource, CancellationToken.None)).User);
        }
    }

    [Fact]
    public async Task Issuer_DoesNotAnswer_LetsNobodyIn()
    {
        using var tokens = Tokens();
        issuer.Down = true;
        var result = await tokens.AuthenticateAsync(issuer.Token("RS256"), Resource, CancellationToken.None);
        Assert.Null(result.User);
        Assert.Contains("does not answer", result.Message, StringComparison.Ordinal);
    }

    public void Dispose() => issuer.Dispose();

    private IssuerTokens Tokens() => new(
        new IssuerOptions { Issuer = new Uri("https://issuer.test/"), RequiredScopes = ["mcp"] }, new HttpClient(issuer, disposeHandler: false), TimeProvider.System);

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>An authorization server that answers from memory.</summary>
    private sealed class Issuer : HttpMessageHandler
    {
        private readonly RSA rsa = RSA.Create(2048);
        private readonly ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public bool Down { get; set; }

        public string Token(string algorithm, Action<JsonObject>? change = null)
        {
            var claims = new JsonObject
            {
                ["iss"] = "https://issuer.test/",
                ["aud"] = new JsonArray("x", Resource.AbsoluteUri),
                ["exp"] = 99999999999,
                ["sub"] = "anna",
                ["scope"] = "openid mcp",
            };
            change?.Invoke(claims);
            var kid = algorithm == "RS256" ? "rsa" : "ec";
            var signed = $"{Encode($$"""{"alg":"{{algorithm}}","kid":"{{kid}}"}""")}.{Encode(claims.ToJsonString())}";
            var bytes = Encoding.ASCII.GetBytes(signed);
            var signature = algorithm == "RS256"
                ? rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : ecdsa.SignData(bytes, HashAlgorithmName.SHA256);
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }

        /// <summary>The public key, which everybody knows, used as a secret.</summary>
        public string Hs256()
        {
            var signed = $"{Encode("""{"alg":"HS256","kid":"rsa"}""")}.{Token("RS256").Split('.')[1]}";
            return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(signed)))}";
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Down)
            {
                throw new HttpRequestException("down");
            }

            var publicRsa = rsa.ExportParameters(false);
            var publicEc = ecdsa.ExportParameters(false);
            object? body = request.RequestUri!.AbsolutePath switch
            {
                "/.well-known/openid-configuration" => new { issuer = "https://issuer.test/", jwks_uri = "https://issuer.test/keys" },
                "/keys" => new
                {
                    keys = new object[]
                    {
                        new { kty = "RSA", kid = "rsa", use = "sig", n = Base64Url.EncodeToString(publicRsa.Modulus), e = Base64Url.EncodeToString(publicRsa.Exponent) },
                        new { kty = "EC", kid = "ec", crv = "P-256", x = Base64Url.EncodeToString(publicEc.Q.X), y = Base64Url.EncodeToString(publicEc.Q.Y) },
                        new { kty = "oct", kid = "secret", k = "AAAA" },
                    },
                },
                _ => null,
            };
            return Task.FromResult(new HttpResponseMessage(body is null ? HttpStatusCode.NotFound : HttpStatusCode.OK)
            {
                Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            });
        }

        protected override void Dispose(bool disposing)
        {
            rsa.Dispose();
            ecdsa.Dispose();
            base.Dispose(disposing);
        }
    }
}
