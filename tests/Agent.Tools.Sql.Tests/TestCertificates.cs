using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agent.Tools.Sql.Tests;

/// <summary>An authority made for the tests, one between it and the servers, and certificates for <c>localhost</c>.</summary>
internal sealed class TestCertificates
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 between;

    public TestCertificates(string folder)
    {
        var root = Authority("CN=root of the tests", null);
        between = Authority("CN=between of the tests", root);
        var server = Server(Now.AddDays(-1), Now.AddDays(30));
        RootFile = Write(folder, "root.crt", root.ExportCertificatePem());
        OtherRootFile = Write(folder, "other.crt", Authority("CN=root of the tests", null).ExportCertificatePem());
        ServerFile = Write(folder, "server.crt", server.ExportCertificatePem() + "\n" + between.ExportCertificatePem());
        ServerKeyFile = Write(folder, "server.key", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The authority that is to be trusted.</summary>
    public string RootFile { get; }

    /// <summary>One of the same name that signed nothing.</summary>
    public string OtherRootFile { get; }

    public string ServerFile { get; }

    public string ServerKeyFile { get; }

    /// <summary>A certificate for <c>localhost</c> of the same authority, with its key, good for a time.</summary>
    public X509Certificate2 Server(DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA384);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var signed = request.Create(between.SubjectName, X509SignatureGenerator.CreateForECDsa(between.GetECDsaPrivateKey()!), from, to, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate for <c>localhost</c> that signed itself.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? above)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return above is null
            ? request.CreateSelfSigned(Now.AddDays(-200), Now.AddDays(60))
            : request.Create(above, Now.AddDays(-200), Now.AddDays(50), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
