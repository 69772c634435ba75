using System.Text;
using Agent.Cli.Terminal;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Cli.Tests;

public class KeyDecoderTests
{
    private static List<Key> Decode(string input) => new KeyDecoder().Feed(Encoding.UTF8.GetBytes(input));

    [Fact]
    public void Feed_PlainText_GivesItsCharacters() =>
        Assert.Equal([Key.Character("a"), Key.Character("é"), Key.Character("😀")], Decode("aé😀"));

    [Theory]
    [InlineData("\r", "Enter")]
    [InlineData("\t", "Tab")]
    [InlineData("\x7f", "Backspace")]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOB", "Down")]
    [InlineData("\e[H", "Home")]
    [InlineData("\e[4~", "End")]
    [InlineData("\e[3~", "Delete")]
    [InlineData("\e[Z", "BackTab")]
    [InlineData("\e[5~", "PageUp")]
    [InlineData("\e[99~", "Unknown")]
    public void Feed_Sequence_GivesTheKey(string input, string kind) =>
        Assert.Equal(Enum.Parse<KeyKind>(kind), Assert.Single(Decode(input)).Kind);

    [Fact]
    public void Feed_ControlAndAlt_AreTold()
    {
        Assert.True(Assert.Single(Decode("\x03")).IsControl('c'));
        Assert.True(Assert.Single(Decode("\eb")).IsAlt('b'));
        Assert.Equal(new Key(KeyKind.Right, Ctrl: true), Assert.Single(Decode("\e[1;5C")));
        Assert.Equal(new Key(KeyKind.Enter, Alt: true), Assert.Single(Decode("\e\r")));
        Assert.Equal(new Key(KeyKind.Enter, Shift: true), Assert.Single(Decode("\e[13;2u")));
    }

    [Fact]
    public void Feed_BracketedPaste_IsOneKeyWithItsLines() =>
        Assert.Equal([new Key(KeyKind.Paste, "one\ntwo\e[A"), Key.Character("x")], Decode("\e[200~one\r\ntwo\e[A\e[201~x"));

    [Fact]
    public void Flush_LoneEscape_IsTheKey()
    {
        var decoder = new KeyDecoder();
        Assert.Empty(decoder.Feed("\e"u8));
        Assert.True(decoder.IsWaiting);
        Assert.Equal([new Key(KeyKind.Escape)], decoder.Flush());
        Assert.False(decoder.IsWaiting);
    }

    [Property(MaxTest = 500)]
    public Property Feed_AnyBytesInAnyPortions_GivesTheSameKeys() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        ArbMap.Default.ArbFor<PositiveInt>(),
        (bytes, portion) =>
        {
            var whole = new KeyDecoder();
            var expected = whole.Feed(bytes);
            expected.AddRange(whole.Flush());
            var pieces = new KeyDecoder();
            var actual = new List<Key>();
            foreach (var piece in bytes.Chunk(portion.Get))
            {
                actual.AddRange(pieces.Feed(piece));
            }

            actual.AddRange(pieces.Flush());
            return expected.SequenceEqual(actual) && !whole.IsWaiting;
        });
}
