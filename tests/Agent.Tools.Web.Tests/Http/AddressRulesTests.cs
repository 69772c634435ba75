using System.Net;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Tests.Http;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:82b::200e")]
    public void Classify_PublicAddress_IsPublic(string address) =>
        Assert.Equal(AddressKind.Public, AddressRules.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("::1")]
    public void Classify_ThisMachine_IsLoopback(string address) =>
        Assert.Equal(AddressKind.Loopback, AddressRules.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    public void Classify_PrivateNetwork_IsPrivate(string address) =>
        Assert.Equal(AddressKind.Private, AddressRules.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("169.254.169.254")] // AWS, GCP, Azure metadata
    [InlineData("169.254.170.2")] // ECS credentials
    [InlineData("100.100.100.200")] // Alibaba metadata
    [InlineData("168.63.129.16")] // Azure's wire server
    [InlineData("192.0.0.192")] // Oracle metadata
    [InlineData("fd00:ec2::254")] // AWS metadata over IPv6
    [InlineData("fd20:ce::254")] // GCP metadata over IPv6
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")] // IPv4-mapped
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:127.0.0.1")] // IPv4-translated
    [InlineData("::127.0.0.1")] // IPv4-compatible
    [InlineData("64:ff9b::7f00:1")] // NAT64
    [InlineData("64:ff9b:1::a00:1")] // local NAT64
    [InlineData("2002:7f00:1::")] // 6to4
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")] // Teredo
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("100::1")]
    [InlineData("5f00::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Classify_AddressThatIsNeverReached_IsForbidden(string address) =>
        Assert.Equal(AddressKind.Forbidden, AddressRules.Classify(IPAddress.Parse(address)));
}
