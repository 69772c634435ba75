using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>The questions that a new user asks first, over the real Chinook database.</summary>
public sealed class FirstQuestionsTests
{
    [ChinookFact]
    public async Task TracksPerGenre_Top5_CountsJoinedGenresAndShowsTheStatement()
    {
        using var database = Chinook.Open();
        var reply = await new Conversation(database.Tools).AskAsync("how many tracks are there per genre, top 5?");

        Assert.Contains("| Rock | 1297 |\n| Latin | 579 |\n| Metal | 374 |\n| Alternative & Punk | 332 |\n| Jazz | 130 |", reply.Text, StringComparison.Ordinal);
        Assert.Contains("GROUP BY", reply.Text, StringComparison.Ordinal);
        Assert.Contains("`chinook`", reply.Text, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task WhatTablesAreThere_NamesEachTable()
    {
        using var database = Chinook.Open();
        var reply = await new Conversation(database.Tools).AskAsync("what tables are there?");

        Assert.All(["Album", "InvoiceLine", "PlaylistTrack"], name => Assert.Contains($"**{name}**", reply.Text, StringComparison.Ordinal));
    }

    [ChinookFact]
    public async Task TotalOfInvoices_ByBillingCountry_BeginsWithTheUnitedStates()
    {
        using var database = Chinook.Open();
        var reply = await new Conversation(database.Tools).AskAsync("total of invoices by billing country");

        Assert.Contains("| --- | --- |\n| USA | 523.06 |", reply.Text, StringComparison.Ordinal);
    }
}
