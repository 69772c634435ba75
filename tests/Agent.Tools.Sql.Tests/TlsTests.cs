using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Agent.Tools.Sql.Tests;

/// <summary>Encryption and trust, against a real server, and against those who stand in for it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TlsTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly X509Certificate2 Theirs = TestCertificates.SelfSigned();

    [PostgresTheory]
    [InlineData("localhost", "sslmode=disable", false)]
    [InlineData("localhost", "sslmode=prefer", true)]
    [InlineData("localhost", "", true)]
    [InlineData("127.0.0.1", "sslmode=require", true)]
    [InlineData("127.0.0.1", "sslmode=verify-ca&sslrootcert=ROOT", true)]
    [InlineData("localhost", "sslmode=verify-full&sslrootcert=ROOT", true)]
    [InlineData("localhost", "sslmode=verify-full&sslrootcert=ROOT&channel_binding=require", true)]
    [InlineData("localhost", "sslmode=require&channel_binding=require", true)]
    [InlineData("localhost", "sslmode=require&channel_binding=disable", true)]
    public async Task Connect_ModeThatFitsTheServer_IsAsPrivateAsItSays(string host, string options, bool encrypted)
    {
        await using var sql = new SqlCalls(("db", Address(host, cluster.Port, options)));

        var backend = (await sql.CallAsync("query", new { statement = "SELECT pg_backend_pid()" })).GetProperty("rows")[0][0].GetInt32();
        Assert.Equal(encrypted ? "t" : "f", cluster.Script("postgres", $"SELECT ssl FROM pg_stat_ssl WHERE pid = {backend}"));
    }

    [PostgresTheory]
    [InlineData("127.0.0.1", "sslmode=verify-full&sslrootcert=ROOT")]
    [InlineData("localhost", "sslmode=verify-full&sslrootcert=OTHER")]
    [InlineData("localhost", "sslmode=verify-ca&sslrootcert=OTHER")]
    [InlineData("localhost", "sslmode=verify-full")]
    [InlineData("localhost", "sslmode=verify-ca&sslrootcert=/there/is/none")]
    [InlineData("localhost", "sslmode=disable&channel_binding=require")]
    public async Task Connect_ServerThatIsNotTheOneMeant_IsRefusedInOneSentence(string host, string options)
    {
        await using var sql = new SqlCalls(("db", Address(host, cluster.Port, options)));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT 1" });

        Assert.StartsWith("PostgreSQL 08001: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresCluster.Password, error, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("sslmode=verify-ca&sslrootcert=ROOT")]
    [InlineData("sslmode=verify-full&sslrootcert=ROOT")]
    public async Task Connect_ExpiredCertificate_IsRefused(string options)
    {
        using var expired = cluster.Certificates!.Server(Now.AddDays(-100), Now.AddDays(-1));
        using var server = new StandIn(stream => Speak(stream, expired));
        await using var sql = new SqlCalls(("db", Address("localhost", server.Port, options)));

        Assert.Contains("certificate", await sql.ErrorAsync("query", new { statement = "SELECT 1" }), StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("sslmode=require")]
    [InlineData("sslmode=verify-full&sslrootcert=ROOT")]
    public async Task Connect_ServerThatSuddenlyHasNoEncryption_IsToldNothing(string options)
    {
        var more = new TaskCompletionSource<int>();
        using var server = new StandIn(stream =>
        {
            ReadSslRequest(stream);
            stream.WriteByte((byte)'N');
            more.TrySetResult(stream.ReadByte());
        });
        await using var sql = new SqlCalls(("db", Address("localhost", server.Port, options)));

        Assert.Contains("offers no encryption", await sql.ErrorAsync("query", new { statement = "SELECT 1" }), StringComparison.Ordinal);
        Assert.Equal(-1, await more.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [PostgresFact]
    public async Task Connect_ServerThatAsksForThePasswordInTheClear_DoesNotGetIt()
    {
        var heard = new TaskCompletionSource<int>();
        using var server = new StandIn(stream =>
        {
            ReadSslRequest(stream);
            stream.WriteByte((byte)'N');
            ReadStartUp(stream);
            stream.Write([(byte)'R', 0, 0, 0, 8, 0, 0, 0, 3]);
            heard.TrySetResult(stream.ReadByte());
        });
        await using var sql = new SqlCalls(("db", Address("localhost", server.Port, "sslmode=prefer")));

        Assert.Contains("not encrypted", await sql.ErrorAsync("query", new { statement = "SELECT 1" }), StringComparison.Ordinal);
        Assert.NotEqual('p', await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [PostgresFact]
    public async Task Connect_ServerThatSaysNothing_IsGivenUpInTime()
    {
        using var never = new ManualResetEventSlim();
        using var server = new StandIn(_ => never.Wait(TimeSpan.FromSeconds(30)));
        await using var sql = new SqlCalls(("db", Address("localhost", server.Port, "sslmode=require")));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT 1", timeout_seconds = 0.3 });

        Assert.Contains("did not end within 0.3 seconds", error, StringComparison.Ordinal);
        never.Set();
    }

    [PostgresTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_SomebodyInTheMiddle_IsFoundOutByTheBinding(bool hidesTheOffer)
    {
        // Their certificate is taken, since sslmode=require asks nobody who they are; the sign-in that they pass on is not.
        using var middle = new StandIn(stream => PassOn(stream, hidesTheOffer));
        await using var sql = new SqlCalls(("db", Address("localhost", middle.Port, "sslmode=require")));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT 1" });

        Assert.Contains("channel binding", error, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Connect_SomebodyInTheMiddleWithoutBinding_WouldPass()
    {
        using var middle = new StandIn(stream => PassOn(stream, hidesTheOffer: false));
        await using var sql = new SqlCalls(("db", Address("localhost", middle.Port, "sslmode=require&channel_binding=disable")));

        Assert.Equal(1, (await sql.CallAsync("query", new { statement = "SELECT 1" })).GetProperty("rows")[0][0].GetInt32());
    }

    private string Address(string host, int port, string options) =>
        $"postgres://postgres:{PostgresCluster.Password}@{host}:{port}/chinook?{options}"
            .Replace("=ROOT", "=" + cluster.Certificates?.RootFile, StringComparison.Ordinal)
            .Replace("=OTHER", "=" + cluster.Certificates?.OtherRootFile, StringComparison.Ordinal);

    private static SslStream Speak(NetworkStream stream, X509Certificate2 certificate)
    {
        ReadSslRequest(stream);
        stream.WriteByte((byte)'S');
        var encrypted = new SslStream(stream);
        encrypted.AuthenticateAsServer(new SslServerAuthenticationOptions { ServerCertificate = certificate });
        return encrypted;
    }

    private void PassOn(NetworkStream stream, bool hidesTheOffer)
    {
        using var front = Speak(stream, Theirs);
        using var client = new TcpClient("127.0.0.1", cluster.Port);
        var plain = client.GetStream();
        plain.Write([0, 0, 0, 8, 4, 210, 22, 47]);
        _ = plain.ReadByte();
#pragma warning disable CA5359 // A man in the middle takes whatever certificate the server has.
        using var back = new SslStream(plain, false, (_, _, _, _) => true);
#pragma warning restore CA5359
        back.AuthenticateAsClient("localhost");
        var up = Task.Run(() => Copy(front, back, static bytes => bytes));
        Copy(back, front, hidesTheOffer ? HideOffer : static bytes => bytes);
        up.Wait(TimeSpan.FromSeconds(20));
    }

    private static void Copy(Stream from, Stream to, Func<byte[], byte[]> change)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = from.Read(buffer)) > 0)
            {
                to.Write(change(buffer[..read]));
                to.Flush();
            }

            to.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private static byte[] HideOffer(byte[] bytes)
    {
        var offer = "SCRAM-SHA-256-PLUS\0"u8;
        var at = bytes.AsSpan().IndexOf(offer);
        if (at < 0)
        {
            return bytes;
        }

        byte[] rest = [.. bytes[..at], .. bytes[(at + offer.Length)..]];
        BinaryPrimitives.WriteInt32BigEndian(rest.AsSpan(1), rest.Length - 1);
        return rest;
    }

    private static void ReadSslRequest(NetworkStream stream) => stream.ReadExactly(new byte[8]);

    private static void ReadStartUp(NetworkStream stream)
    {
        var length = new byte[4];
        stream.ReadExactly(length);
        stream.ReadExactly(new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4]);
    }

    /// <summary>Something that listens on a port of its own and answers each who comes.</summary>
    private sealed class StandIn : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public StandIn(Action<NetworkStream> answer)
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        var client = listener.AcceptTcpClient();
                        new Thread(() => Answer(client, answer)) { IsBackground = true }.Start();
                    }
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    // The end.
                }
            }) { IsBackground = true }.Start();
        }

        public int Port { get; }

        public void Dispose() => listener.Dispose();

        private static void Answer(TcpClient client, Action<NetworkStream> answer)
        {
            using (client)
            {
                try
                {
                    answer(client.GetStream());
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
                {
                    // The client has seen enough.
                }
            }
        }
    }
}
