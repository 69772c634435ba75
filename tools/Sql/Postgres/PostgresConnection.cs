using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Authentication;
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

    private readonly PostgresConnectionString target;
    private readonly DialledLine line;
    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);
    private byte[] input = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int inputStart;
    private int inputEnd;
    private int processId;
    private int secret;

    private PostgresConnection(PostgresConnectionString target, DialledLine line)
    {
        this.target = target;
        this.line = line;
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
            connection = new PostgresConnection(target, PostgresDialer.Connect(target, cancellationToken));
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

    /// <summary>Messages to the server; they gather until <see cref="Flush"/>.</summary>
    public PostgresMessages Send { get; } = new();

    public void Flush()
    {
        try
        {
            line.Stream.Write(Send.Bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            throw Lost(e);
        }
        finally
        {
            Send.Clear();
        }
    }

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
            using var other = PostgresDialer.Connect(target, CancellationToken.None);
            var request = new PostgresMessages();
            request.Cancel(processId, secret);
            other.Stream.Write(request.Bytes);

            // The server closes when it has acted on it.
            other.Stream.ReadByte();
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
        line.Socket.Dispose();
    }

    public void Dispose()
    {
        if (!Broken)
        {
            Broken = true;
            try
            {
                Send.Clear();
                Send.Terminate();
                line.Stream.Write(Send.Bytes);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
            {
                // Gone already.
            }
        }

        line.Dispose();
        var buffer = Interlocked.Exchange(ref input, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void SignIn(IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> words = new(settings) { ["user"] = target.User, ["database"] = target.Database };
        if (target.Options is { } options)
        {
            words["options"] = options;
        }

        Send.StartUp(words);
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
                return scram is { Proven: false } ? throw new EngineException("08P01", "the server did not prove that it knows the password")
                    : target.Binding == ChannelBinding.Require && scram is not { IsBound: true } ? throw Unbound()
                    : null;
            case 3 or 5 when target.Binding == ChannelBinding.Require:
                throw Unbound();
            case 3 when !line.IsPrivate && target.Ssl != SslMode.Disable:
                throw new EngineException("08001", "the server asks for the password itself over a connection that is not encrypted; set sslmode=require, or sslmode=disable where the network is trusted");
            case 3:
                Answer(Encoding.UTF8.GetBytes(Password() + '\0'));
                return null;
            case 5:
                Answer(Encoding.ASCII.GetBytes(ScramSha256.Md5(target.User, Password(), body[4..8]) + '\0'));
                return null;
            case 10:
                var offered = new List<string>();
                while (data.Text() is { Length: > 0 } name)
                {
                    offered.Add(name);
                }

                scram = ScramSha256.Choose(offered, Password(), target.Binding == ChannelBinding.Disable ? null : line.Binding)
                    ?? throw new EngineException("08001", $"the server wants {string.Join(" or ", offered)}, and this client signs in with SCRAM-SHA-256");
                if (target.Binding == ChannelBinding.Require && !scram.IsBound)
                {
                    throw Unbound();
                }

                Send.SaslFirst(scram.Name, scram.First);
                Flush();
                return scram;
            case 11 when scram is not null:
                Answer(Encoding.UTF8.GetBytes(scram.Answer(Encoding.UTF8.GetString(body[4..]))));
                return scram;
            case 12 when scram is not null:
                scram.Verify(Encoding.UTF8.GetString(body[4..]));
                return scram;
            default:
                throw new EngineException("08001", "the server wants a way of signing in that this client does not have; it has password, md5 and SCRAM-SHA-256");
        }
    }

    private static EngineException Unbound() => new(
        "08001", "channel_binding=require is set, and the server does not sign in by SCRAM-SHA-256-PLUS over TLS; see that it does, or set channel_binding=prefer");

    private string Password() =>
        target.Password ?? throw new EngineException("28P01", "the server wants a password and none is configured");

    private void Answer(ReadOnlySpan<byte> answer)
    {
        Send.Password(answer);
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
                var read = line.Stream.Read(input, inputEnd, input.Length - inputEnd);
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
}
