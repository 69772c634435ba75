using Agent.Tools.Web.Pages;

namespace Agent.Tools.Web.Tests.Pages;

public sealed class HtmlPageTests
{
    private static string Markdown(string html) => HtmlPage.Read(html, new Uri("https://site.test/docs/page.html")).Markdown;

    [Theory]
    [InlineData("<h1>A  <b>title</b></h1><p>One\n two</p>", "# A **title**\n\nOne two")]
    [InlineData("<p>See <a href='../x y?a=(1)'>the [page]</a>.</p>", "See [the \\[page\\]](https://site.test/x%20y?a=%281%29).")]
    [InlineData("<p><a href='javascript:alert(1)'>click</a> <a href='#top'>up</a></p>", "click up")]
    [InlineData("<ul><li>one<ul><li>inner</li></ul></li><li>two<p>more</p></li></ul>", "- one\n  - inner\n- two\n\n  more")]
    [InlineData("<ol start=3><li>c<li>d</ol>", "3. c\n4. d")]
    [InlineData("<pre class='language-csharp'><code>var x = 1;\n  if (a &lt; b) {}\n</code></pre>", "```csharp\nvar x = 1;\n  if (a < b) {}\n```")]
    [InlineData("<pre>a ``` b</pre>", "````\na ``` b\n````")]
    [InlineData("<p>Use <code>a`b</code></p>", "Use ``a`b``")]
    [InlineData("<blockquote><p>one<p>two</blockquote>", "> one\n>\n> two")]
    [InlineData("<table><tr><th>A<th>B<tr><td>1<td>x|y</table>", "| A | B |\n| --- | --- |\n| 1 | x\\|y |")]
    [InlineData("<table><tr><td><p>layout</p></td></tr></table>", "layout")]
    [InlineData("<dl><dt>Term<dd>Meaning</dl>", "**Term**\n\n: Meaning")]
    [InlineData("<p>a<br>b</p><hr><img src=x.png alt='A picture'><img src=y.png>", "a\nb\n\n---\n\n![A picture](https://site.test/docs/x.png)")]
    [InlineData("<p>shown<span style='display:none'>hidden</span><span hidden>too</span><script>x()</script>\u200B</p>", "shown")]
    [InlineData("<div><div>a</div>b<div>c</div></div>", "a\n\nb\n\nc")]
    [InlineData("", "")]
    public void Read_Html_BecomesMarkdown(string html, string expected) => Assert.Equal(expected, Markdown(html));

    [Fact]
    public void Read_PageWithNavigation_GivesItsMainContent()
    {
        var (title, markdown) = HtmlPage.Read(
            """
            <!doctype html><title>T</title><body><header><a href=/>Logo</a></header><nav><a href=/a>A</a></nav>
            <div class="cookie-banner">We use cookies</div>
            <main><article><h1>Heading</h1><p>The text that people come for, long enough to be worth reading.</p></article></main>
            <aside>Related</aside><footer>Imprint</footer>
            """,
            new Uri("https://site.test/"));
        Assert.Equal("T", title);
        Assert.Equal("# Heading\n\nThe text that people come for, long enough to be worth reading.", markdown);
    }

    [Fact]
    public void Read_PageThatDoesNotSayWhatIsMain_IsScored()
    {
        var text = string.Join("</p><p>", Enumerable.Repeat("A paragraph of the story, which goes on for a good while and has commas, too.", 6));
        var markdown = Markdown($"<body><div class=menu>{string.Concat(Enumerable.Repeat("<a href=/x>link</a> ", 40))}</div><div class=story><p>{text}</p></div>");
        Assert.StartsWith("A paragraph", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("link", markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("<ul><li>")]
    [InlineData("<b>")]
    [InlineData("<span>")]
    [InlineData("<blockquote>")]
    public async Task Read_HostileNesting_EndsAndKeepsTheText(string tag)
    {
        // A guard against work without end, not a measure: a quadratic reader takes hours.
        var markdown = await Task.Run(() => Markdown(string.Concat(Enumerable.Repeat(tag, 5_000)) + "bottom")).WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Contains("bottom", markdown, StringComparison.Ordinal);
    }
}
