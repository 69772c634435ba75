using System.Net;
using System.Net.Sockets;

namespace Agent.Tools.Web.Http;

/// <summary>Where an address leads.</summary>
internal enum AddressKind
{
    /// <summary>The public internet.</summary>
    Public,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>A private network: reachable only where the operator names the host.</summary>
    Private,

    /// <summary>Never reachable: cloud metadata, link-local, multicast, unspecified, reserved, or IPv4 in disguise.</summary>
    Forbidden,
}

/// <summary>
/// Sorts addresses by the IANA special-purpose registries (RFC 6890 and its updates) and by what clouds hide behind public-looking
/// addresses.
/// </summary>
internal static class AddressRules
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] Special =
    [
        // Metadata services first: some of them lie inside networks that an operator may open.
        (IPNetwork.Parse("169.254.0.0/16"), AddressKind.Forbidden),
        (IPNetwork.Parse("100.100.100.200/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("168.63.129.16/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("192.0.0.0/24"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd00:ec2::254/128"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd00:ec2::23/128"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd20:ce::254/128"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd00:42::42/128"), AddressKind.Forbidden),

        (IPNetwork.Parse("127.0.0.0/8"), AddressKind.Loopback),
        (IPNetwork.Parse("::1/128"), AddressKind.Loopback),

        (IPNetwork.Parse("10.0.0.0/8"), AddressKind.Private),
        (IPNetwork.Parse("172.16.0.0/12"), AddressKind.Private),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKind.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressKind.Private),
        (IPNetwork.Parse("198.18.0.0/15"), AddressKind.Private),
        (IPNetwork.Parse("fc00::/7"), AddressKind.Private),

        (IPNetwork.Parse("0.0.0.0/8"), AddressKind.Forbidden),
        (IPNetwork.Parse("192.0.2.0/24"), AddressKind.Forbidden),
        (IPNetwork.Parse("192.88.99.0/24"), AddressKind.Forbidden),
        (IPNetwork.Parse("198.51.100.0/24"), AddressKind.Forbidden),
        (IPNetwork.Parse("203.0.113.0/24"), AddressKind.Forbidden),
        (IPNetwork.Parse("224.0.0.0/4"), AddressKind.Forbidden),
        (IPNetwork.Parse("240.0.0.0/4"), AddressKind.Forbidden),

        // 6to4, Teredo and its neighbours carry an IPv4 address inside; documentation and ORCHID lead nowhere.
        (IPNetwork.Parse("2001::/23"), AddressKind.Forbidden),
        (IPNetwork.Parse("2001:db8::/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("2002::/16"), AddressKind.Forbidden),
        (IPNetwork.Parse("3fff::/20"), AddressKind.Forbidden),
    ];

    // All of IPv6 that is given out for global use; IPv4-mapped, NAT64, link-local, site-local, multicast and the rest lie outside.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Sorts an address.</summary>
    /// <param name="address">The address that is about to be dialled.</param>
    /// <returns>Where it leads.</returns>
    public static AddressKind Classify(IPAddress address)
    {
        // The framework takes such an address for the IPv4 address inside, in some networks and not in others.
        if (address.IsIPv4MappedToIPv6)
        {
            return AddressKind.Forbidden;
        }

        foreach (var (network, kind) in Special)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return kind;
            }
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => AddressKind.Public,
            AddressFamily.InterNetworkV6 when address.ScopeId == 0 && GlobalUnicast.Contains(address) => AddressKind.Public,
            _ => AddressKind.Forbidden,
        };
    }
}
