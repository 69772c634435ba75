using Agent.Models.Offline;
using Agent.Models.Tests.Offline.Bench;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Offline;

/// <summary>What a person reads when nothing happened, and why.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("insurance", "largest claim", "claim.amount_claimed", "claim.amount_paid")]
    [InlineData("recruiting", "candidates with Python and SQL", "both at once", "either of them")]
    [InlineData("charging", "how many plugs are direct current", "PlugTypes", "ChargerPlugs")]
    [InlineData("university", "modules without students", "tutors", "enrolments")]
    [InlineData("seaport", "voyages per port", "from_port", "to_port")]
    public async Task Question_WhoseReadingsDiffer_AsksWhichIsMeant(string over, string question, params string[] either)
    {
        using var database = new SqliteTools().AddScript(over, await File.ReadAllTextAsync(Path.Combine(QuestionSet.Folder, over + ".sql")));

        var reply = await new Conversation(database.Tools).AskAsync(question);

        Assert.True(reply.IsRefusal, reply.Text);
        Assert.Contains("say which", reply.Text, StringComparison.Ordinal);
        Assert.All(either, e => Assert.Contains(e, reply.Text, StringComparison.Ordinal));
    }

    [ChinookTheory]
    [InlineData("When was the invoice 5 paid?")]
    public async Task Question_ForATime_IsNeverAnsweredWithSomethingElse(string question)
    {
        using var database = Chinook.Open();

        var reply = await new Conversation(database.Tools).AskAsync(question);

        Assert.True(reply.IsRefusal, reply.Text);
    }

    [ChinookTheory]
    [InlineData("tracks by AC/DC in the genre Jazz")]
    [InlineData("how many customers in Berlin work for Google Inc.?")]
    public async Task Question_ThatComesToNothingByWhatItNames_IsDeclinedWithItsReading(string question)
    {
        using var database = Chinook.Open();

        var reply = await new Conversation(database.Tools).AskAsync(question);

        Assert.True(reply.IsRefusal, reply.Text);
        Assert.Contains("nothing fulfils this", reply.Text, StringComparison.Ordinal);
        Assert.Contains("SELECT", reply.Text, StringComparison.Ordinal);
    }

    [ChinookTheory]
    [InlineData("which customers have no invoices?", "No row")]
    [InlineData("which tracks are longer than 10 hours?", "No row")]
    [InlineData("are there customers in Berlin without invoices?", "No")]
    public async Task Question_AboutWhatMayNotBeThere_IsAnswered(string question, string answer)
    {
        using var database = Chinook.Open();

        var reply = await new Conversation(database.Tools).AskAsync(question);

        Assert.False(reply.IsRefusal, reply.Text);
        Assert.StartsWith(answer, reply.Text, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Question_WhoseReadingsAgree_IsAnsweredAndItsStatementRunOnce()
    {
        using var database = Chinook.Open();

        var reply = await new Conversation(database.Tools).AskAsync("how much did Frank Harris spend?");

        // What was charged and the sum of its lines are the same money.
        Assert.Contains("37.62", reply.Text, StringComparison.Ordinal);
        Assert.Equal(2, reply.Calls.Count(static c => c.Arguments["statement"]?.ToString().Contains("SUM(", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task Delete_NotApproved_SaysThatNothingHappenedAndWhy()
    {
        using var folder = new DocumentFolder();
        var conversation = new Conversation(new FileTools(folder.Path).Tools) { Refuse = static tool => tool.EndsWith("delete_file", StringComparison.Ordinal) ? "Denied: deleting needs a person's approval, and nobody could give it." : null };

        var reply = await conversation.AskAsync("delete docs/old.md");

        Assert.Contains("nothing happened", reply.Text, StringComparison.Ordinal);
        Assert.Contains("nobody could give it", reply.Text, StringComparison.Ordinal);
        Assert.Single(reply.Calls);
        Assert.True(File.Exists(Path.Combine(folder.Path, "docs/old.md")));
    }

    [Fact]
    public async Task Chain_FirstStepRefused_DoesNotGoOn()
    {
        using var folder = new DocumentFolder();
        var conversation = new Conversation(new FileTools(folder.Path).Tools) { Refuse = static tool => tool.EndsWith("move_file", StringComparison.Ordinal) ? "Denied by policy." : null };

        var reply = await conversation.AskAsync("rename data.csv to old.csv then delete README.md");

        Assert.Contains("So I did not go on to: delete README.md", reply.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "README.md")));
    }

    [Fact]
    public async Task Delete_ArgumentsChangedByThePerson_IsNotCalledAgain()
    {
        using var folder = new DocumentFolder();
        var tools = new FileTools(folder.Path).Tools;
        var history = new List<ChatMessage>
        {
            new(ChatRole.User, "delete docs/old.md"),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "files__delete_file", new Dictionary<string, object?> { ["path"] = "docs/other.md" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "deleted")]),
        };
        using var planner = new OfflinePlannerClient();

        var response = await planner.GetResponseAsync(history, new ChatOptions { Tools = [.. tools] });

        Assert.Empty(response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task BeyondIt_SaysSoAndHowToConfigureAModel()
    {
        using var folder = new DocumentFolder();
        var reply = await new Conversation(new FileTools(folder.Path).Tools).AskAsync("write a poem about the sea");

        Assert.Contains("beyond the offline planner", reply.Text, StringComparison.Ordinal);
        Assert.Contains("OPENAI_API_KEY", reply.Text, StringComparison.Ordinal);
        Assert.All(reply.Calls, static call => Assert.Equal("files__search_text", call.Tool));
    }

    [Fact]
    public async Task SameHistory_GivesTheSameStep()
    {
        using var folder = new DocumentFolder();
        using var planner = new OfflinePlannerClient();
        var options = new ChatOptions { Tools = [.. new FileTools(folder.Path).Tools] };
        ChatMessage[] history = [new(ChatRole.User, "which files mention ToolPipeline?")];

        var first = await planner.GetResponseAsync(history, options);
        var second = await planner.GetResponseAsync(history, options);

        static string Call(ChatResponse response) => response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.Name + string.Join(',', c.Arguments!.Select(static a => $"{a.Key}={a.Value}"))).Single();
        Assert.Equal(Call(first), Call(second));
    }
}
