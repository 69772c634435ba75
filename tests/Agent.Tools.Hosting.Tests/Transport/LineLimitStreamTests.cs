using System.Text;
using FsCheck.Xunit;

namespace Agent.Tools.Hosting.Tests.Transport;

public sealed class LineLimitStreamTests
{
    [Property(MaxTest = 300)]
    public bool Read_AnyChunks_CutsEachLineAtTheLimit(byte[][] parts, byte limitSeed, byte chunkSeed)
    {
        var limit = (limitSeed % 9) + 1;
        var lines = (parts ?? []).Select(part => Encoding.Latin1.GetString(part ?? []).Replace('\n', ' ')).ToArray();
        var expected = string.Concat(lines.Select(line => line[..Math.Min(line.Length, limit)] + "\n"));

        using var stream = new LineLimitStream(new MemoryStream(Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\n")))), limit);
        var result = new MemoryStream();
        var buffer = new byte[(chunkSeed % 13) + 1];
        for (int read; (read = stream.Read(buffer, 0, buffer.Length)) > 0;)
        {
            result.Write(buffer, 0, read);
        }

        return Encoding.Latin1.GetString(result.ToArray()) == expected;
    }
}
