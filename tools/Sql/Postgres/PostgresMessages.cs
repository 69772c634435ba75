using System.Buffers.Binary;
using System.Text;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Messages to the server, gathered until they are sent together.</summary>
internal sealed class PostgresMessages
{
    private const int CancelRequest = 80877102;
    private const int ProtocolVersion = 196608;
    private const int FirstBytes = 2048;
    private const int KeptBytes = 16 * 1024;

    private byte[] output = new byte[FirstBytes];
    private int outputEnd;
    private int messageStart;

    /// <summary>What is to be sent.</summary>
    public ReadOnlySpan<byte> Bytes => output.AsSpan(0, outputEnd);

    public void Clear()
    {
        outputEnd = 0;
        if (output.Length > KeptBytes)
        {
            output = new byte[FirstBytes];
        }
    }

    public void StartUp(IEnumerable<KeyValuePair<string, string>> settings)
    {
        WriteInt(0);
        WriteInt(ProtocolVersion);
        foreach (var (name, value) in settings)
        {
            WriteText(name);
            WriteText(value);
        }

        WriteByte(0);
        BinaryPrimitives.WriteInt32BigEndian(output, outputEnd);
    }

    public void Cancel(int processId, int secret)
    {
        WriteInt(16);
        WriteInt(CancelRequest);
        WriteInt(processId);
        WriteInt(secret);
    }

    public void Terminate()
    {
        Begin('X');
        End();
    }

    public void Password(ReadOnlySpan<byte> answer)
    {
        Begin('p');
        WriteBytes(answer);
        End();
    }

    public void SaslFirst(string mechanism, string first)
    {
        var bytes = Encoding.UTF8.GetBytes(first);
        Begin('p');
        WriteText(mechanism);
        WriteInt(bytes.Length);
        WriteBytes(bytes);
        End();
    }

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
