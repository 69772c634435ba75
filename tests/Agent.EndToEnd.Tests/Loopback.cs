using System.Net;
using System.Net.Sockets;

namespace Agent.EndToEnd.Tests;

/// <summary>Servers of the tests, on loopback.</summary>
internal static class Loopback
{
    /// <summary>Starts a listener on a port that is free now, which <see cref="HttpListener"/> cannot choose itself.</summary>
    /// <returns>Its address, with a slash at the end.</returns>
    public static string Listen(HttpListener listener)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        listener.Prefixes.Add(address);
        listener.Start();
        return address;
    }
}
