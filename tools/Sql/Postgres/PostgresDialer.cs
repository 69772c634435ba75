using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reaches a PostgreSQL server: over a Unix socket, or over TCP and, as far as it is wanted, TLS.</summary>
internal static class PostgresDialer
{
    private const int SslRequest = 80877103;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">There is no way to it.</exception>
    /// <exception cref="AuthenticationException">It cannot be trusted as far as is wanted.</exception>
    public static (Socket Socket, Stream Stream) Connect(PostgresConnectionString target, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = Dial(target, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: false);
            return (socket, target.IsSocket || target.Ssl == SslMode.Disable ? stream : Encrypt(target, stream));
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static Socket Dial(PostgresConnectionString target, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        if (target.IsSocket)
        {
            var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            local.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}"));
            return local;
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.ConnectAsync(target.Host, target.Port, limit.Token).AsTask().GetAwaiter().GetResult();
        return socket;
    }

    private static Stream Encrypt(PostgresConnectionString target, NetworkStream stream)
    {
        Span<byte> request = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request[4..], SslRequest);
        stream.Write(request);
        var answer = stream.ReadByte();
        if (answer != 'S')
        {
            return target.Ssl == SslMode.Prefer
                ? stream
                : throw new AuthenticationException("the server offers no encryption");
        }

        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            encrypted.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = target.Host,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(target, certificate, errors),
            });
            return encrypted;
        }
        catch
        {
            encrypted.Dispose();
            throw;
        }
    }

    private static bool IsTrusted(PostgresConnectionString target, X509Certificate? certificate, SslPolicyErrors errors)
    {
        // As libpq has it: below verify-ca encryption is wanted, and who answers is not asked.
        if (target.Ssl < SslMode.VerifyCa)
        {
            return true;
        }

        if (certificate is null || (target.Ssl == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)))
        {
            return false;
        }

        if (target.RootCertificate is not { } path)
        {
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(path);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(copy);
    }
}
