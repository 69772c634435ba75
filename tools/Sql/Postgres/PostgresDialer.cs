using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>A way to a server.</summary>
/// <param name="Socket">What carries it.</param>
/// <param name="Stream">What is read and written.</param>
/// <param name="IsPrivate">Nobody on the way can read it: TLS, or a socket of this machine.</param>
/// <param name="Binding">What ties a sign-in to this very TLS connection (tls-server-end-point, RFC 5929); null without TLS.</param>
internal sealed record DialledLine(Socket Socket, Stream Stream, bool IsPrivate, byte[]? Binding) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}

/// <summary>Reaches a PostgreSQL server: over a Unix socket, or over TCP and, as far as it is wanted, TLS.</summary>
internal static class PostgresDialer
{
    private const int SslRequest = 80877103;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Connects, within ten seconds.</summary>
    /// <exception cref="SocketException">There is no way to it.</exception>
    /// <exception cref="AuthenticationException">It cannot be trusted as far as is wanted.</exception>
    /// <exception cref="EngineException">The root certificate cannot be read.</exception>
    public static DialledLine Connect(PostgresConnectionString target, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        Socket? socket = null;
        try
        {
            foreach (var (end, last) in Ends(target, limit.Token))
            {
                socket = end.AddressFamily == AddressFamily.Unix
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

                // A server that does not answer, or accepts and then says nothing, must not hold up the call.
                using var _ = limit.Token.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
                try
                {
                    // Not ConnectAsync: it would make the socket non-blocking for good, and each read wait on two threads.
                    socket.Connect(end);
                }
                catch (SocketException) when (!last && !limit.IsCancellationRequested)
                {
                    socket.Dispose();
                    continue;
                }

                var stream = new NetworkStream(socket, ownsSocket: false);
                return target.IsSocket || target.Ssl == SslMode.Disable ? new DialledLine(socket, stream, target.IsSocket, null) : Encrypt(target, socket, stream);
            }

            throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (Exception e) when (limit.IsCancellationRequested && e is IOException or ObjectDisposedException or SocketException or AuthenticationException)
        {
            socket?.Dispose();
            throw new OperationCanceledException(limit.Token);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static IEnumerable<(EndPoint End, bool Last)> Ends(PostgresConnectionString target, CancellationToken cancellationToken)
    {
        if (target.IsSocket)
        {
            return [(new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}"), true)];
        }

        var addresses = Dns.GetHostAddressesAsync(target.Host, cancellationToken).GetAwaiter().GetResult();
        return addresses.Select((address, i) => ((EndPoint)new IPEndPoint(address, target.Port), i == addresses.Length - 1));
    }

    private static DialledLine Encrypt(PostgresConnectionString target, Socket socket, NetworkStream stream)
    {
        var roots = target is { Ssl: >= SslMode.VerifyCa, RootCertificate: { } path } ? ReadRoots(path) : null;
        Span<byte> request = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request[4..], SslRequest);
        stream.Write(request);

        // One byte and no more: what somebody on the way slipped in behind it must reach the TLS layer, which refuses it.
        var answer = stream.ReadByte();
        if (answer != 'S')
        {
            return answer == 'N' && target.Ssl == SslMode.Prefer
                ? new DialledLine(socket, stream, IsPrivate: false, null)
                : throw new AuthenticationException("the server offers no encryption");
        }

        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            encrypted.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = target.Host,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(target.Ssl, roots, certificate, chain, errors),
            });
            return new DialledLine(socket, encrypted, IsPrivate: true, Binding(encrypted.RemoteCertificate));
        }
        catch
        {
            encrypted.Dispose();
            throw;
        }
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(path);
            return roots.Count > 0 ? roots : throw new CryptographicException("no certificate");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new EngineException("08001", "the file of sslrootcert cannot be read as certificates in PEM form; give the certificate of the authority that signed the server's", inner: e);
        }
    }

    private static bool IsTrusted(
        SslMode mode, X509Certificate2Collection? roots, X509Certificate? certificate, X509Chain? given, SslPolicyErrors errors)
    {
        // As libpq has it: below verify-ca encryption is wanted, and who answers is not asked.
        if (mode < SslMode.VerifyCa)
        {
            return true;
        }

        if (certificate is null || (mode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)))
        {
            return false;
        }

        if (roots is null)
        {
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));

        // Certificates between the server's and the root, which the server sent along.
        if (given is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(given.ChainPolicy.ExtraStore);
        }

        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(copy);
    }

    // The hash of the certificate with the hash of its own signature, SHA-256 for the weak ones. Signatures without a hash of
    // their own (RSA-PSS, EdDSA) have no binding that both sides agree on.
    private static byte[]? Binding(X509Certificate? certificate)
    {
        if (certificate is null)
        {
            return null;
        }

        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return copy.SignatureAlgorithm.Value switch
        {
            "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" or "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => SHA256.HashData(copy.RawData),
            "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(copy.RawData),
            "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(copy.RawData),
            _ => null,
        };
    }
}
