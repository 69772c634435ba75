using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>
/// The screens that docs/console.md shows are those of a real chat. With AGENT_WRITE_DOCS=1 they are written anew instead of compared.
/// </summary>
public sealed class DocumentationTests(FilesChat shared) : IClassFixture<FilesChat>
{
    [Fact]
    public async Task Chat_AsShownInTheDocumentation_IsWhatTheTerminalShows()
    {
        Prepare();
        var chat = await shared.BeginAsync(
            ScriptedServer.Call("files__search_text", new { pattern = "Sencha" }),
            ScriptedServer.Say("**Sencha** is a green tea:\n\n| What | Value |\n| --- | --- |\n| a cup | 3 g |\n| water | 70 °C |\n\nIt is kept below 15 °C (`handbook.md:2`).\n\n```sql\nSELECT grams FROM brewing WHERE tea = 'Sencha'\n```\n"));
        chat.Send("how do I brew Sencha?");
        await chat.WaitForAsync("Sources: ");
        await chat.WaitAsync(static screen => screen.Visible.Contains("/help", StringComparison.Ordinal));
        Compare("chat", chat.Screen.All);
    }

    [Fact]
    public async Task Card_AsShownInTheDocumentation_IsWhatTheTerminalShows()
    {
        Prepare();
        var chat = await shared.BeginAsync(ScriptedServer.Call("files__edit_file", new { path = "guide.md", edits = new[] { new { old_text = "70 °C", new_text = "75 °C" } } }), ScriptedServer.Say("Done."));
        chat.Send("brew it at 75 °C in guide.md");
        await chat.WaitForAsync("Allow this call? [y]es");
        Compare("card", chat.Screen.All);
        chat.Type(Keys.Escape);
        await chat.WaitForAsync("Done.");
    }

    [Fact]
    public async Task Plan_AsShownInTheDocumentation_IsWhatTheTerminalShows()
    {
        Prepare();
        static object Plan(params string[] states) => new { steps = new[] { "Read the guide", "Compare it with the handbook", "Say what differs" }.Zip(states, static (step, status) => new { step, status }) };
        var chat = await shared.BeginAsync(
            ScriptedServer.Call("agent__update_plan", Plan("in_progress", "pending", "pending")),
            ScriptedServer.Call("files__read_file", new { path = "guide.md" }),
            ScriptedServer.Call("agent__update_plan", Plan("completed", "in_progress", "pending")),
            [new Piece.Hold(), .. ScriptedServer.Say("Nothing differs.")]);
        chat.Send("do guide and handbook agree?");
        await chat.WaitAsync(static screen => screen.All.Contains(" working", StringComparison.Ordinal) && screen.All.Contains("▶ Compare it with the handbook", StringComparison.Ordinal));
        Compare("plan", chat.Screen.All);
        shared.Server.Release();
        await chat.WaitForAsync("Nothing differs.");
    }

    private void Prepare()
    {
        shared.Workspace.Environment["AGENT__MODELS__CONTEXTWINDOW"] = "400000";
        shared.Workspace.Write("guide.md", "# Brewing\n| Sencha | 3 g a cup | 70 °C |\n");
        shared.Workspace.Write("handbook.md", "# Storage\nGreen tea such as Sencha is kept below 15 °C.\n");
    }

    private static void Compare(string name, string screen)
    {
        var file = Path.Combine(Repository.Root, "docs", "console.md");
        var shown = Steady(screen) + "\n";
        var text = File.ReadAllText(file);
        var block = new Regex($@"(<!-- screen: {name} -->\n```text\n)([\s\S]*?)(```)");
        var match = block.Match(text);
        Assert.True(match.Success, $"docs/console.md has no screen \"{name}\"");
        if (Environment.GetEnvironmentVariable("AGENT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, string.Concat(text.AsSpan(0, match.Groups[2].Index), shown, text.AsSpan(match.Groups[2].Index + match.Groups[2].Length)));
            return;
        }

        Assert.Equal(match.Groups[2].Value, shown);
    }

    /// <summary>What differs from run to run, made the same.</summary>
    private static string Steady(string screen)
    {
        var text = Regex.Replace(screen, @"id [a-z0-9]{4,}", "id k3f9x2");
        text = Regex.Replace(text, @"(?m)^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]( working)?( \d+ s)?", "⠋$1");
        text = Regex.Replace(text, @"\d+(\.\d)? (m?s)\b(?= ·|$)", "12 ms", RegexOptions.Multiline);
        text = Regex.Replace(text, @"context \d+ %", "context 1 %");
        text = Regex.Replace(text, @"\d+(\.\d)?k tokens", "3.3k tokens");
        text = Regex.Replace(text, @"\$0\.\d+", "$0.0011");
        text = Regex.Replace(text, @"in \d+ minutes", "in 59 minutes");
        return Regex.Replace(text, @" waits for you( \d+ s)?", " waits for you");
    }
}
