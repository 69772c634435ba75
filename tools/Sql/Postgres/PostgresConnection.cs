using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// One connection in PostgreSQL's protocol 3.0 (https://www.postgresql.org/docs/15/protocol.html), used by one call at a time and
/// blocking: a call waits for the server on its own thread, which costs fewer switches than a loop of events does. Values travel
/// as text, so that every type, also of extensions, arrives as the server writes it, exact and without a catalogue of types.
/// </summary>
internal sealed class PostgresConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    // A value larger than this ends the connection rather than the server.
    private const int MaxMessageBytes = 64 * 1024 * 1024;
    private const int ProtocolVersion = 196608;
    private const int SslRequest = 80877103;
    private const int CancelRequest = 80877102;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly PostgresConnectionString target;
    private readonly Stream stream;
    private readonly Socket socket;
    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);
    private byte[] output = new byte[2048];
    private int outputEnd;
    private int messageStart;
    private byte[] input = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int inputStart;
    private int inputEnd;
    private int processId;
    private int secret;

    private PostgresConnection(PostgresConnectionString target, Socket socket, Stream stream)
    {
        this.target = target;
        this.socket = socket;
        this.stream = stream;
    }

    /// <summary>What the server says beside answers: name of the message's field and text. Null drops it.</summary>
    public Action<IReadOnlyDictionary<char, string>>? OnNotice { get; set; }

    /// <summary>The transaction's state after the last round: I none, T open, E failed.</summary>
    public char TransactionState { get; private set; } = 'I';

    /// <summary>Nothing more can be said over it.</summary>
    public bool Broken { get; private set; }

    /// <summary>For example 150014.</summary>
    public int ServerVersion { get; private set; }

    public string ServerVersionText => parameters.GetValueOrDefault("server_version", string.Empty);

    public bool IsSuperuser => parameters.GetValueOrDefault("is_superuser") == "on";

    /// <summary>Connects and signs in.</summary>
    /// <param name="target">Where and who.</param>
    /// <param name="settings">Settings of the session, for example <c>default_transaction_read_only</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static PostgresConnection Open(
        PostgresConnectionString target, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        PostgresConnection? connection = null;
        try
        {
            connection = Connect(target, cancellationToken);
            using var _ = cancellationToken.UnsafeRegister(static state => ((PostgresConnection)state!).Abort(), connection);
            connection.SignIn(settings);
            return connection;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
        {
            connection?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new EngineException("08001", $"the server cannot be reached ({Reason(e)}); see that it runs and that host, port and encryption are right", inner: e) { ConnectionLost = true };
        }
        catch
        {
            connection?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    // ── Sending: messages gather in a buffer until Flush. ──

    public void Parse(string name, string sql, int parameterCount)
    {
        Begin('P');
        WriteText(name);
        WriteText(sql);
        WriteShort((short)parameterCount);
        for (var i = 0; i < parameterCount; i++)
        {
            WriteInt(0);
        }

        End();
    }

    public void DescribeStatement(string name)
    {
        Begin('D');
        WriteByte((byte)'S');
        WriteText(name);
        End();
    }

    /// <summary>Binds the values, as text, to the unnamed portal.</summary>
    public void Bind(string statement, IReadOnlyList<string?> values)
    {
        Begin('B');
        WriteByte(0);
        WriteText(statement);
        WriteShort(0);
        WriteShort((short)values.Count);
        foreach (var value in values)
        {
            if (value is null)
            {
                WriteInt(-1);
                continue;
            }

            var length = Encoding.UTF8.GetByteCount(value);
            WriteInt(length);
            Reserve(length);
            outputEnd += Encoding.UTF8.GetBytes(value, output.AsSpan(outputEnd));
        }

        WriteShort(0);
        End();
    }

    public void Execute(int maxRows)
    {
        Begin('E');
        WriteByte(0);
        WriteInt(maxRows);
        End();
    }

    public void CloseStatement(string name)
    {
        Begin('C');
        WriteByte((byte)'S');
        WriteText(name);
        End();
    }

    /// <summary>A script of ours in the simple protocol. Never for text from outside.</summary>
    public void Query(string sql)
    {
        Begin('Q');
        WriteText(sql);
        End();
    }

    public void Sync()
    {
        Begin('S');
        End();
    }

    public void Flush()
    {
        try
        {
            stream.Write(output, 0, outputEnd);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            throw Lost(e);
        }
        finally
        {
            outputEnd = 0;
            if (output.Length > BufferBytes)
            {
                output = new byte[2048];
            }
        }
    }

    // ── Receiving. ──

    /// <summary>The next message of an answer. Its body is good until the next call.</summary>
    public char Read(out ReadOnlySpan<byte> body)
    {
        while (true)
        {
            var type = ReadMessage(out body);
            switch (type)
            {
                case 'N':
                    OnNotice?.Invoke(ReadFields(body));
                    break;
                case 'S':
                    var fields = new PostgresBody(body);
                    parameters[fields.Text()] = fields.Text();
                    break;
                case 'A':
                    break;
                case 'Z':
                    TransactionState = (char)body[0];
                    return type;
                default:
                    return type;
            }
        }
    }

    /// <summary>Reads to the end of the answer, and tells the first error in it.</summary>
    public EngineException? ReadToEnd()
    {
        EngineException? error = null;
        while (true)
        {
            switch (Read(out var body))
            {
                case 'E':
                    error ??= ReadError(body);
                    break;
                case 'Z':
                    return error;
            }
        }
    }

    public static EngineException ReadError(ReadOnlySpan<byte> body)
    {
        var fields = ReadFields(body);
        return new EngineException(
            fields.GetValueOrDefault('C', "XX000"),
            fields.GetValueOrDefault('M', "the server gave no reason"),
            int.TryParse(fields.GetValueOrDefault('P'), out var position) ? position : null)
        {
            Detail = fields.GetValueOrDefault('D'),
            Hint = fields.GetValueOrDefault('H'),
        };
    }

    /// <summary>Asks the server, over another connection, to end what this one is doing. Never throws.</summary>
    public void Cancel()
    {
        try
        {
            using var other = Connect(target, CancellationToken.None);
            other.Reserve(16);
            other.WriteInt(16);
            other.WriteInt(CancelRequest);
            other.WriteInt(processId);
            other.WriteInt(secret);
            other.Flush();

            // The server closes when it has acted on it.
            _ = other.stream.Read(other.input, 0, 1);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or EngineException or ObjectDisposedException or OperationCanceledException)
        {
            // It cannot be asked: then the connection itself is ended.
            Abort();
        }
    }

    /// <summary>Ends the connection from another thread; whoever reads from it gets an error.</summary>
    public void Abort()
    {
        Broken = true;
        socket.Dispose();
    }

    public void Dispose()
    {
        if (!Broken)
        {
            Broken = true;
            try
            {
                Begin('X');
                End();
                stream.Write(output, 0, outputEnd);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
            {
                // Gone already.
            }
        }

        stream.Dispose();
        socket.Dispose();
        var buffer = Interlocked.Exchange(ref input, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PostgresConnection Connect(PostgresConnectionString target, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = Dial(target, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: false);
            return target.IsSocket || target.Ssl == SslMode.Disable
                ? new PostgresConnection(target, socket, stream)
                : new PostgresConnection(target, socket, Encrypt(target, stream));
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
            local.Connect(new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}"));
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

    private void SignIn(IReadOnlyDictionary<string, string> settings)
    {
        Reserve(8);
        WriteInt(0);
        WriteInt(ProtocolVersion);
        WriteText("user");
        WriteText(target.User);
        WriteText("database");
        WriteText(target.Database);
        if (target.Options is { } options)
        {
            WriteText("options");
            WriteText(options);
        }

        foreach (var (name, value) in settings)
        {
            WriteText(name);
            WriteText(value);
        }

        WriteByte(0);
        BinaryPrimitives.WriteInt32BigEndian(output, outputEnd);
        Flush();

        ScramSha256? scram = null;
        while (true)
        {
            switch (Read(out var body))
            {
                case 'R':
                    scram = Authenticate(body, scram);
                    break;
                case 'K':
                    processId = BinaryPrimitives.ReadInt32BigEndian(body);
                    secret = BinaryPrimitives.ReadInt32BigEndian(body[4..]);
                    break;
                case 'E':
                    throw ReadError(body);
                case 'Z':
                    ServerVersion = ReadVersion(ServerVersionText);
                    return;
            }
        }
    }

    private ScramSha256? Authenticate(ReadOnlySpan<byte> body, ScramSha256? scram)
    {
        var data = new PostgresBody(body[4..]);
        switch (BinaryPrimitives.ReadInt32BigEndian(body))
        {
            case 0:
                return scram is { Proven: false } ? throw new EngineException("08P01", "the server did not prove that it knows the password") : null;
            case 3:
                Send('p', Encoding.UTF8.GetBytes(Password() + '\0'));
                return null;
            case 5:
                Send('p', Encoding.ASCII.GetBytes(ScramSha256.Md5(target.User, Password(), body[4..8]) + '\0'));
                return null;
            case 10:
                var offered = new List<string>();
                while (data.Text() is { Length: > 0 } name)
                {
                    offered.Add(name);
                }

                if (!offered.Contains(ScramSha256.Name))
                {
                    throw new EngineException("08001", $"the server wants {string.Join(" or ", offered)}, and this client signs in with {ScramSha256.Name}");
                }

                scram = new ScramSha256(Password());
                var first = Encoding.UTF8.GetBytes(scram.First);
                Begin('p');
                WriteText(ScramSha256.Name);
                WriteInt(first.Length);
                WriteBytes(first);
                End();
                Flush();
                return scram;
            case 11 when scram is not null:
                Send('p', Encoding.UTF8.GetBytes(scram.Answer(Encoding.UTF8.GetString(body[4..]))));
                return scram;
            case 12 when scram is not null:
                scram.Verify(Encoding.UTF8.GetString(body[4..]));
                return scram;
            default:
                throw new EngineException("08001", "the server wants a way of signing in that this client does not have; it has password, md5 and SCRAM-SHA-256");
        }
    }

    private string Password() =>
        target.Password ?? throw new EngineException("28P01", "the server wants a password and none is configured");

    private void Send(char type, ReadOnlySpan<byte> body)
    {
        Begin(type);
        WriteBytes(body);
        End();
        Flush();
    }

    private char ReadMessage(out ReadOnlySpan<byte> body)
    {
        Fill(5);
        var type = (char)input[inputStart];
        var length = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(inputStart + 1)) - 4;
        if (length is < 0 or > MaxMessageBytes)
        {
            Abort();
            throw new EngineException("54000", $"a row of {length / (1024 * 1024)} MB is larger than this server takes; select fewer or shorter values") { ConnectionLost = true };
        }

        inputStart += 5;
        Fill(length);
        body = input.AsSpan(inputStart, length);
        inputStart += length;
        return type;
    }

    private void Fill(int wanted)
    {
        if (inputEnd - inputStart >= wanted)
        {
            return;
        }

        MakeRoom(wanted);
        try
        {
            while (inputEnd - inputStart < wanted)
            {
                var read = stream.Read(input, inputEnd, input.Length - inputEnd);
                if (read == 0)
                {
                    throw Lost(null);
                }

                inputEnd += read;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            throw Lost(e);
        }
    }

    private void MakeRoom(int wanted)
    {
        var have = inputEnd - inputStart;
        var size = Math.Max(wanted, BufferBytes);
        if (input.Length < size || (input.Length > 4 * BufferBytes && size <= BufferBytes && have <= BufferBytes))
        {
            var other = ArrayPool<byte>.Shared.Rent(size);
            input.AsSpan(inputStart, have).CopyTo(other);
            ArrayPool<byte>.Shared.Return(input);
            input = other;
        }
        else
        {
            input.AsSpan(inputStart, have).CopyTo(input);
        }

        inputStart = 0;
        inputEnd = have;
    }

    private EngineException Lost(Exception? reason)
    {
        Broken = true;
        return new EngineException("08006", "the connection to the server was lost", inner: reason) { ConnectionLost = true };
    }

    private static Dictionary<char, string> ReadFields(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<char, string>();
        var data = new PostgresBody(body);
        while (data.Byte() is var code and not 0)
        {
            fields[(char)code] = data.Text();
        }

        return fields;
    }

    private static int ReadVersion(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').ToArray();
        var parts = new string(digits).Split('.');
        _ = int.TryParse(parts[0], out var major);
        return (major * 10000) + (parts.Length > 1 && int.TryParse(parts[1], out var minor) ? minor : 0);
    }

    private static string Reason(Exception e) => e switch
    {
        SocketException socket => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "it did not answer in time",
        _ => e.Message.TrimEnd('.'),
    };

    private void Begin(char type)
    {
        Reserve(5);
        output[outputEnd] = (byte)type;
        messageStart = outputEnd + 1;
        outputEnd += 5;
    }

    private void End() => BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(messageStart), outputEnd - messageStart);

    private void WriteByte(byte value)
    {
        Reserve(1);
        output[outputEnd++] = value;
    }

    private void WriteShort(short value)
    {
        Reserve(2);
        BinaryPrimitives.WriteInt16BigEndian(output.AsSpan(outputEnd), value);
        outputEnd += 2;
    }

    private void WriteInt(int value)
    {
        Reserve(4);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(outputEnd), value);
        outputEnd += 4;
    }

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(output.AsSpan(outputEnd));
        outputEnd += value.Length;
    }

    // A NUL would end the text early and begin something else.
    private void WriteText(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new EngineException("22021", "text with a NUL character cannot be sent");
        }

        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length) + 1);
        outputEnd += Encoding.UTF8.GetBytes(value, output.AsSpan(outputEnd));
        output[outputEnd++] = 0;
    }

    private void Reserve(int more)
    {
        if (output.Length - outputEnd < more)
        {
            Array.Resize(ref output, Math.Max(output.Length * 2, outputEnd + more));
        }
    }
}

/// <summary>Reads the parts of a message's body.</summary>
internal ref struct PostgresBody(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public byte Byte()
    {
        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    public short Short()
    {
        var value = BinaryPrimitives.ReadInt16BigEndian(rest);
        rest = rest[2..];
        return value;
    }

    public int Int()
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[4..];
        return value;
    }

    public string Text()
    {
        var end = rest.IndexOf((byte)0);
        var value = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return value;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        var value = rest[..length];
        rest = rest[length..];
        return value;
    }
}
