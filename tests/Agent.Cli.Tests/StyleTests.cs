using Agent.Cli.Rendering;
using FsCheck.Xunit;

namespace Agent.Cli.Tests;

public class StyleTests
{
    private static readonly TerminalStyle Ascii = new(Color: false, Unicode: false);

    [Fact]
    public void Fit_WithoutUnicode_DrawsInAsciiAndKeepsLetters()
    {
        Assert.Equal("v [1] x | 2 - \"caf\u00e9\"~", Ascii.Fit("✓ [1] x · 2 — “café”…"));
        Assert.Equal("✓", new TerminalStyle(Color: false, Unicode: true).Fit("✓"));
    }

    [Property]
    public void Fit_AnyText_KeepsItsWidth(string? text)
    {
        var given = (text ?? string.Empty) + "…│─✓";
        Assert.Equal(TextWidth.Of(given), TextWidth.Of(Ascii.Fit(given)));
    }
}
