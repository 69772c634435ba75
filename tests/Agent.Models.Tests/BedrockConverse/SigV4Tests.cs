using Agent.Models.BedrockConverse;

namespace Agent.Models.Tests.BedrockConverse;

public sealed class SigV4Tests
{
    private static readonly AwsCredentials Keys = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);
    private static readonly DateTimeOffset Then = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    /// <summary>Cases of AWS's own test suite for Signature Version 4.</summary>
    [Theory]
    [InlineData("GET", "https://example.amazonaws.com/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")] // get-vanilla
    [InlineData("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")] // get-vanilla-query-order-key-case
    [InlineData("POST", "https://example.amazonaws.com/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")] // post-vanilla
    public void Signature_OfTheSuitesRequests_IsTheSuites(string method, string address, string signature)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        SigV4.Sign(request, [], Keys, "us-east-1", "service", Then);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            request.Headers.GetValues("Authorization").Single());
    }

    [Fact]
    public void Credentials_OfAProfile_AreReadFromTheSharedFile()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n[work]\n# comment\naws_access_key_id=C\naws_secret_access_key=D\naws_session_token = E\n");
        string? Environment(string name) => name switch { "AWS_SHARED_CREDENTIALS_FILE" => file, "AWS_PROFILE" => "work", _ => null };

        Assert.Equal(new AwsCredentials("C", "D", "E"), AwsCredentials.Find(Environment));
        Assert.Equal(new AwsCredentials("A", "B", null), AwsCredentials.Find(name => name == "AWS_PROFILE" ? null : Environment(name)));
        Assert.Null(AwsCredentials.Find(_ => null));
        Assert.Equal("C", AwsCredentials.Find(Environment)!.ToString());
        File.Delete(file);
    }

    [Fact]
    public void Checksum_IsTheOneOfIeee802() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
}
