using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>The main job on a machine without a model: questions answered from real files, a real database and a real API.</summary>
public class OfflineAnswersTests
{
    [Fact]
    public async Task Ask_WhichFilesMentionAWord_NamesThemWithPathAndLine()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("notes/first.md", "nothing here\nthe ToolPipeline is here\n");
        workspace.Write("src/second.cs", "class ToolPipeline { }\n");
        workspace.Write("third.txt", "nothing\n");

        var exit = await workspace.RunAsync("ask", "which files mention ToolPipeline?", "--format", "json");

        Assert.True(exit.Code == 0, exit.ToString());
        using var json = JsonDocument.Parse(exit.Out);
        var answer = json.RootElement.GetProperty("answer").GetString()!;
        Assert.Contains("notes/first.md", answer, StringComparison.Ordinal);
        Assert.Contains("src/second.cs", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("third.txt", answer, StringComparison.Ordinal);
        var sources = json.RootElement.GetProperty("citations").EnumerateArray().Select(static citation => citation.GetProperty("source").GetString()).ToArray();
        Assert.Contains("notes/first.md:2", sources);
        Assert.Contains("src/second.cs:1", sources);
        Assert.Equal("answered", json.RootElement.GetProperty("stopped").GetString());
    }

    [ChinookFact]
    public async Task Ask_TracksPerGenre_CountsThemAndShowsTheStatement()
    {
        using var workspace = new AgentWorkspace();
        var exit = await workspace.RunAsync("ask", "how many tracks are there per genre, top 5?", "--database", "chinook=sqlite:" + Repository.Chinook);
        Assert.True(exit.Code == 0, exit.ToString());
        foreach (var (genre, count) in new[] { ("Rock", "1297"), ("Latin", "579"), ("Metal", "374"), ("Alternative & Punk", "332"), ("Jazz", "130") })
        {
            Assert.Matches($@"{genre}\W+{count}", exit.Out.Replace(",", string.Empty, StringComparison.Ordinal));
        }

        Assert.Contains("SELECT", exit.Out, StringComparison.OrdinalIgnoreCase);
    }

    [ChinookFact]
    public async Task Ask_WhatTablesAreThere_NamesEveryTable()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync("ask", "what tables are there?", "--database", "chinook=sqlite:" + Repository.Chinook);
        Assert.True(exit.Code == 0, exit.ToString());
        Assert.All(
            (string[])["Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType", "Playlist", "PlaylistTrack", "Track"],
            table => Assert.Contains(table, exit.Out, StringComparison.Ordinal));
    }

    [ChinookFact]
    public async Task Ask_TotalOfInvoicesByBillingCountry_BeginsWithTheLargest()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync("ask", "total of invoices by billing country", "--database", "chinook=sqlite:" + Repository.Chinook);
        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Matches(@"USA\W+523\.06", exit.Out);
        Assert.True(exit.Out.IndexOf("USA", StringComparison.Ordinal) < exit.Out.IndexOf("Canada", StringComparison.Ordinal), exit.ToString());
    }

    [Fact]
    public async Task Ask_BeyondThePlanner_SaysSoAndHowToConfigureAModel()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync("ask", "write me a poem about the sea");
        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Contains("--model", exit.Out, StringComparison.Ordinal);
    }
}
