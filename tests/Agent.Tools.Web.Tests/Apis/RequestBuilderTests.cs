using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Tests.Apis;

public sealed class RequestBuilderTests
{
    private static readonly Lazy<ApiDescription> Styles = new(() =>
        SpecLoader.LoadAsync(
            new Uri(Path.Combine(AppContext.BaseDirectory, "Corpus", "styles.yaml")),
            async (at, token) => await File.ReadAllBytesAsync(at.LocalPath, token),
            default).AsTask().GetAwaiter().GetResult());

    private static WebRequest Build(string operation, string arguments)
    {
        var found = Styles.Value.Operations.Single(o => o.Name == operation);
        return RequestBuilder.Build(found, "https://styles.test/v1", new ToolArguments(JsonElement.Parse(arguments)), OperationSchema.For(found).Renamed, new Dictionary<string, string>());
    }

    [Theory]
    [InlineData("simple", """{"id": 5, "list": ["a b", "c,d"], "map": {"k": "v", "l": "w"}}""", "/v1/simple/5/a%20b,c%2Cd/k=v,l=w")]
    [InlineData("labelMatrix", """{"id": ["a", "b"], "m": ["x", "y"]}""", "/v1/label.a.b/matrix;m=x,y")]
    [InlineData("query", """{"form": ["a", "b&c"]}""", "/v1/query?form=a&form=b%26c")]
    [InlineData("query", """{"csv": ["a", "b,c"]}""", "/v1/query?csv=a,b%2Cc")]
    [InlineData("query", """{"space": ["a", "b"]}""", "/v1/query?space=a%20b")]
    [InlineData("query", """{"pipe": ["a", "b"]}""", "/v1/query?pipe=a%7Cb")]
    [InlineData("query", """{"deep": {"a": "x", "b": {"c": 1}}}""", "/v1/query?deep%5Ba%5D=x&deep%5Bb%5D%5Bc%5D=1")]
    [InlineData("query", """{"reserved": "a/b:c?d&e#f"}""", "/v1/query?reserved=a/b:c?d%26e%23f")]
    [InlineData("query", """{"json": {"x": 1}}""", "/v1/query?json=%7B%22x%22%3A%201%7D")]
    [InlineData("query", """{"flat": {"k": "v"}}""", "/v1/query?k=v")]
    [InlineData("query", """{"form": []}""", "/v1/query")]
    [InlineData("query", """{"form": "single"}""", "/v1/query?form=single")]
    public void Build_ParameterStyle_IsWrittenAsTheSpecificationSays(string operation, string arguments, string expected) =>
        Assert.Equal(expected, Build(operation, arguments).Url.PathAndQuery);

    [Fact]
    public void Build_HeadersAndCookies_AreSent()
    {
        var request = Build("simple", """{"id": 1, "list": ["a"], "map": {"k": "v"}, "X-Many": [1, 2], "session": "s=1"}""");
        Assert.Contains(new KeyValuePair<string, string>("X-Many", "1,2"), request.Headers);
        Assert.Contains(new KeyValuePair<string, string>("Cookie", "session=s%3D1"), request.Headers);
    }

    [Theory]
    [InlineData("""{"id": 1, "list": ["a"], "map": {"k": "v"}, "session": "a"}""", null)]
    [InlineData("""{"list": ["a"], "map": {"k": "v"}}""", "'id' is missing")]
    [InlineData("""{"id": "..", "list": ["a"], "map": {"k": "v"}}""", "'.' or '..'")]
    [InlineData("""{"id": "", "list": ["a"], "map": {"k": "v"}}""", "empty")]
    [InlineData("""{"id": 1, "list": ["a"], "map": {"k": "v"}, "X-Many": "a\r\nEvil: 1"}""", "on one line")]
    public void Build_ArgumentThatCannotBeSent_IsRefused(string arguments, string? reason)
    {
        var refusal = Record.Exception(() => Build("simple", arguments));
        Assert.Equal(reason is null, refusal is null);
        if (reason is not null)
        {
            Assert.Contains(reason, Assert.IsType<ToolException>(refusal).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_PathValueWithSlashesAndDots_StaysOneSegment()
    {
        var request = Build("simple", """{"id": "../../admin?x=1#y", "list": ["a"], "map": {"k": "v"}}""");
        Assert.Equal("/v1/simple/..%2F..%2Fadmin%3Fx%3D1%23y/a/k=v", request.Url.PathAndQuery);
    }

    [Fact]
    public void Build_Form_IsEncoded()
    {
        var request = Build("form", """{"body": {"a": "x y&z", "list": ["1", "2"], "nested": {"b": "c"}}}""");
        Assert.Equal("application/x-www-form-urlencoded", request.ContentType);
        Assert.Equal("a=x+y%26z&list=1,2&nested%5Bb%5D=c", Encoding.UTF8.GetString(request.Body!.Value.Span));
    }

    [Fact]
    public void Build_Multipart_HasFilesFieldsAndJson()
    {
        var request = Build("multipart", """{"body": {"file": {"filename": "a\"b.txt", "base64": "aGVsbG8=", "content_type": "text/plain"}, "note": "n", "meta": {"k": "v"}}}""");
        var text = Encoding.UTF8.GetString(request.Body!.Value.Span);
        Assert.StartsWith("multipart/form-data; boundary=", request.ContentType, StringComparison.Ordinal);
        Assert.Contains("Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n", text, StringComparison.Ordinal);
        Assert.Contains("name=\"note\"\r\n\r\nn\r\n", text, StringComparison.Ordinal);
        Assert.Contains("name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"k\": \"v\"}", text, StringComparison.Ordinal);
        Assert.Equal(text, Encoding.UTF8.GetString(Build("multipart", """{"body": {"file": {"filename": "a\"b.txt", "base64": "aGVsbG8=", "content_type": "text/plain"}, "note": "n", "meta": {"k": "v"}}}""").Body!.Value.Span));
    }

    [Fact]
    public void Build_TextAndBytes_AreSentAsTheyAre()
    {
        Assert.Equal("a;b", Encoding.UTF8.GetString(Build("text", """{"body": "a;b"}""").Body!.Value.Span));
        Assert.Equal("hello", Encoding.UTF8.GetString(Build("bytes", """{"body": "aGVsbG8="}""").Body!.Value.Span));
        Assert.Throws<ToolException>(() => Build("bytes", """{"body": "no base64!"}"""));
        Assert.Throws<ToolException>(() => Build("form", "{}"));
    }
}
