using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Agent.Tools.Web.Http;

/// <summary>Finds the addresses of a host.</summary>
/// <param name="host">A name; never a literal address.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>Its addresses.</returns>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections, and refuses by the address that is really dialled: a name is resolved once, and what was checked is what is
/// connected to, so that a name server which changes its answer changes nothing.
/// </summary>
internal sealed class GuardedConnector
{
    private readonly HostResolver _resolve;
    private readonly IReadOnlyCollection<string> _named;
    private readonly ConcurrentDictionary<string, AddressKind> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A guard.</summary>
    /// <param name="resolve">Finds addresses.</param>
    /// <param name="named">Hosts (<c>host:port</c>) that the operator names, which may be on this machine or a private network.</param>
    public GuardedConnector(HostResolver resolve, IReadOnlyCollection<string> named)
    {
        _resolve = resolve;
        _named = named;
    }

    /// <summary>The system's resolver.</summary>
    public static HostResolver SystemResolver { get; } = Dns.GetHostAddressesAsync;

    /// <summary>A handler that connects through this guard and follows nothing by itself.</summary>
    /// <returns>The handler.</returns>
    public SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = ConnectAsync,
        // A proxy would resolve and dial in our place, unguarded.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = 64,
        MaxConnectionsPerServer = 8,
        MaxResponseDrainSize = 64 * 1024,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Connects.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="RequestException">The address is one that may not be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var allowed = Array.FindAll(addresses, address => IsAllowed(host, port, address));
        if (allowed.Length == 0)
        {
            throw new RequestException(Refusal(host, port, addresses[0]), refused: true);
        }

        Exception? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private bool IsAllowed(string host, int port, IPAddress address)
    {
        var kind = AddressRules.Classify(address);
        if (!_named.Contains($"{host}:{port}", StringComparer.OrdinalIgnoreCase))
        {
            return kind == AddressKind.Public;
        }

        // A named host that is public stays public: what it may not do is become this machine later.
        var first = _seen.GetOrAdd(host, kind);
        return kind switch
        {
            AddressKind.Public => true,
            AddressKind.Forbidden => false,
            _ => first != AddressKind.Public,
        };
    }

    private string Refusal(string host, int port, IPAddress address) => AddressRules.Classify(address) switch
    {
        AddressKind.Forbidden => $"{host} leads to an address that is never reached (link-local, cloud metadata, multicast, reserved, or IPv4 inside IPv6).",
        _ when _named.Contains($"{host}:{port}", StringComparer.OrdinalIgnoreCase) =>
            $"{host} was on the public internet and now gives a private address, which is not reached.",
        AddressKind.Loopback => $"{host} is this machine itself, which is not reached; an operator can open it under allowPrivateHosts, or as an API of its own.",
        _ => $"{host} is on a private network, which is not reached; an operator can open it under allowPrivateHosts, or as an API of its own.",
    };
}
