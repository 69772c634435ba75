using Agent.Cli.Approvals;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;
using System.Text.Json;

namespace Agent.Cli.Tests;

public class RenderingTests
{
    private static readonly MarkdownView Plain = new(new TerminalStyle(Color: false, Unicode: false));

    [Fact]
    public void Render_MarkdownOfAllKinds_IsPlainLinesWithoutColour()
    {
        var lines = Plain.Render("# Title\n\nSome *words* and `code`.\n\n- one\n- two\n  - deeper\n\n1. first\n2. second\n\n> quoted\n\n```sql\nSELECT 1\n```\n\n| A | B |\n| --- | ---: |\n| x | 12 |\n", 40);
        var text = string.Join('\n', lines);
        Assert.DoesNotContain('\e', text);
        Assert.Contains("# Title", lines);
        Assert.Contains("Some words and code.", lines);
        Assert.Contains("- one", lines);
        Assert.Contains("  - deeper", lines);
        Assert.Contains("2. second", lines);
        Assert.Contains("| quoted", lines);
        Assert.Contains("  SELECT 1", lines);
        Assert.Contains(lines, static line => line.Contains("| x | 12 |", StringComparison.Ordinal));
    }

    [Fact]
    public void Render_ControlCodesInAnAnswer_AreShownNotSent()
    {
        var text = string.Join('\n', Plain.Render("before \e]0;title\a after \u202e reversed", 80));
        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain('\a', text);
        Assert.Contains("\\u{1b}", text, StringComparison.Ordinal);
        Assert.Contains("\\u{202e}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    public void Render_AtAnyWidth_IsNoWiderThanTheScreen(int width)
    {
        var lines = Plain.Render("A paragraph that is long enough to be wrapped at every width that people use in a terminal.\n\n    code that is also quite long and has no place to break, reallyLongIdentifierWithoutAnySpaces\n\n| name | value |\n| --- | --- |\n| something | something else that is long |", width);
        Assert.All(lines, line => Assert.True(TextWidth.Of(line) <= width, line));
    }

    [Fact]
    public void RenderOpen_AnswerThatGrows_EndsWithTheSameLinesAsTheWhole()
    {
        const string Answer = "# Title\n\nFirst paragraph.\n\n- one\n- two\n\n```text\ncode\n\nmore\n```\n\nLast *words*.";
        for (var size = 1; size <= 7; size++)
        {
            var printed = new List<string>();
            var open = string.Empty;
            foreach (var piece in Answer.Chunk(size))
            {
                open += new string(piece);
                var (settled, done, _) = Plain.RenderOpen(open, 60);
                printed.AddRange(done);
                open = open[settled..];
            }

            printed.AddRange(Plain.Render(open, 60));
            Assert.Equal(Plain.Render(Answer, 60), printed);
        }
    }

    [Fact]
    public void Show_LinesThatChange_AreOneFrameEach()
    {
        var frames = new List<string>();
        var region = new LiveRegion(frames.Add, static () => (20, 10));
        region.Show(["one", "> x"], 1, 3);
        region.Show(["one", "> x"], 1, 3);
        Assert.Single(frames);
        region.Print(["printed"]);
        Assert.Equal(2, frames.Count);
        Assert.StartsWith("\e[?2026h", frames[1], StringComparison.Ordinal);
        Assert.EndsWith("\e[?2026l", frames[1], StringComparison.Ordinal);
        Assert.Contains("\e[1A", frames[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Card_WithHiddenCharacters_SpellsThemOut()
    {
        using var arguments = JsonDocument.Parse("""{"path":"a\u200b\u001b[2Kb.md","lines":"one\ntwo"}""");
        var card = ApprovalCard.Render(
            new ApprovalRequest
            {
                Id = "abc",
                SessionId = "s",
                RunId = "r",
                Client = "chat",
                CallId = "c",
                Tool = new ToolId("files", "write_file"),
                Arguments = arguments.RootElement,
                Effects = ToolEffects.Write,
                Reasons = ["it writes"],
                Origins = [new ArgumentOrigin("path", "a.md", "web.fetch", false)],
                Preview = new ApprovalPreview("diff", "-old\n+new\n"),
                Binding = "sha256:x",
                CreatedAt = DateTimeOffset.UnixEpoch,
                ExpiresAt = DateTimeOffset.UnixEpoch.AddMinutes(10),
            },
            new At(DateTimeOffset.UnixEpoch));
        Assert.Contains("a\\u{200b}\\u{1b}[2Kb.md", card, StringComparison.Ordinal);
        Assert.Contains("+new", card, StringComparison.Ordinal);
        Assert.Contains("Why: it writes", card, StringComparison.Ordinal);
        Assert.Contains("From (not trusted): path = a.md", card, StringComparison.Ordinal);
        Assert.Contains("10 minutes", card, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', card);
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
