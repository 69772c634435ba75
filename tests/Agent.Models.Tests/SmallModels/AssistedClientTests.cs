using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Models.Offline.Sql;
using Agent.Models.Profiles;
using Agent.Models.SmallModels;
using Agent.Models.SmallModels.Drafting;
using Agent.Models.Tests.Offline.Bench;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.SmallModels;

/// <summary>A scripted small model over a real database: what is done on its behalf, and what is left to it.</summary>
public sealed class AssistedClientTests
{
    private const string Script = """
        CREATE TABLE city (city_id INTEGER PRIMARY KEY, name TEXT, land TEXT);
        CREATE TABLE person (person_id INTEGER PRIMARY KEY, name TEXT, city_id INTEGER REFERENCES city(city_id), wage REAL);
        INSERT INTO city VALUES (1,'Oslo','Norway'),(2,'Turku','Finland');
        INSERT INTO person VALUES (1,'Ann',1,30),(2,'Bo',1,20),(3,'Cy',2,50);
        """;

    private const string Staff = """
        CREATE TABLE employee (employee_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, birth_date TEXT, hire_date TEXT, company TEXT);
        INSERT INTO employee VALUES (1,'Ann','Lee','1990-01-01','2001-05-01','Acme'),(2,'Bo','Ray','1960-01-01','2015-05-01',NULL);
        """;

    private const string Zoo = """
        CREATE TABLE keeper (keeper_id INTEGER PRIMARY KEY, name TEXT, city TEXT, email TEXT, address TEXT);
        CREATE TABLE animal (tag_no INTEGER PRIMARY KEY, call_name TEXT, weight_kg REAL, walk_ms INTEGER, keeper_id INTEGER REFERENCES keeper(keeper_id));
        INSERT INTO keeper VALUES (1,'Ann','Oslo','a@b.c','Road 1'),(2,'Bo','Turku','b@b.c','Road 2');
        INSERT INTO animal VALUES (7,'Bruno',80,60000,1),(8,'Lotta',20,30000,1),(9,'Max',50,90000,2);
        """;

    private const string Hard = "What wage is usual in Oslo?";

    [Fact]
    public async Task Question_ThatThePlannerReads_IsAnsweredWithoutTheModel()
    {
        var run = await AskAsync("How many persons are there?", [], static p => p);

        Assert.Contains("**3**", run.Text, StringComparison.Ordinal);
        Assert.Equal(0, run.Asked);
        Assert.All(run.Calls, static c => Assert.NotNull(ModelKeys.PurposeOf(c)));
    }

    [Fact]
    public async Task Drafts_ThatAgree_AreTheAnswer_WithTheirNumber()
    {
        const string Right = "SELECT AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'";
        var run = await AskAsync(Hard, [Right, "SELECT MAX(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'", Right, "SELECT person.wage, person.nonsense FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'"], static p => p with { Planner = false, Drafts = 4 });

        Assert.Contains("**25**", run.Text, StringComparison.Ordinal);
        Assert.Contains("2 of 4 drafts", run.Text, StringComparison.Ordinal);
        Assert.Contains(Right, run.Text, StringComparison.Ordinal);
        Assert.Equal((4, 2), (run.Help!.Drafts, run.Help.Agreed));

        // Equal statements are run once and counted.
        var drafts = run.Calls.Where(static c => ModelKeys.PurposeOf(c) == CallPurpose.Draft).ToList();
        Assert.Equal(3, drafts.Count);
        Assert.Equal(2, ModelKeys.VotesOf(drafts[0]));
        Assert.Equal(run.Help.Call, drafts[0].CallId);
    }

    [Fact]
    public async Task Drafts_ThatDoNotAgree_AreNoAnswer()
    {
        var run = await AskAsync(
            Hard, ["SELECT MAX(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'", "SELECT MIN(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'", "SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'"], static p => p with { Planner = false, Drafts = 3 });

        Assert.Contains("could not", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("50", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Which persons live in the capital?", "SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE city.land = 'Finland'", "it compares with 'Finland', of which the question says nothing")]
    [InlineData(Hard, "SELECT AVG(person.wage) FROM person", "it leaves out 'Oslo'")]
    public async Task Drafts_WhoseConditionsAreNotTheQuestions_AreNoAnswer_HoweverManyAgree(string question, string statement, string fault)
    {
        var run = await AskAsync(question, [statement], static p => p with { Planner = false, Drafts = 4 });

        Assert.StartsWith("I could not find this out", run.Text, StringComparison.Ordinal);
        Assert.Contains(fault, run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, static c => ModelKeys.PurposeOf(c) == CallPurpose.Draft);
    }

    [Fact]
    public async Task Drafts_OfWhichOneIsLeft_AreNoAnswer_AndTheDiscardedCount()
    {
        const string Made = "SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo' AND city.land = 'Finland'";
        const string Right = "SELECT person.wage FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'";
        var one = await AskAsync(Hard, [Made, Right, Made, Made], static p => p with { Planner = false, Drafts = 4 });
        var two = await AskAsync(Hard, [Made, Right, Right, Made], static p => p with { Planner = false, Drafts = 4 });

        Assert.StartsWith("I could not find this out: the model wrote 4 drafts of a statement, and no two that answer it agree.", one.Text, StringComparison.Ordinal);
        Assert.Contains("2 of 4 drafts of the model agree on this result.", two.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("List the endangered species", "SELECT name FROM species WHERE red_list = 'EN'", true)]
    [InlineData("List the endangered species", "SELECT name FROM species WHERE diet = 'herbivore'", false)]
    [InlineData("How many German customers are there?", "SELECT COUNT(*) FROM customer WHERE country = 'Germany'", true)]
    [InlineData("How many female animals are there?", "SELECT COUNT(*) FROM animal WHERE sex = 'F'", true)]
    [InlineData("How many invoices are from 2010?", "SELECT COUNT(*) FROM invoice WHERE strftime('%Y', day) = '2010'", true)]
    [InlineData("How many orders came this year?", "SELECT COUNT(*) FROM orders WHERE day >= '2026-01-01'", true)]
    [InlineData("Which tracks mention love?", "SELECT name FROM track WHERE name LIKE '%love%'", true)]
    [InlineData("How many French customers are there?", "SELECT COUNT(*) FROM customer WHERE address LIKE '%F%'", false)]
    [InlineData("Which cats are old?", "SELECT name FROM animal WHERE kind = 'house cat'", true)]
    [InlineData("Which customers are unhappy?", "SELECT name FROM customer WHERE city IN ('Oslo', 'Bergen')", false)]
    [InlineData("Which customers are unhappy?", "SELECT name || ' ' || city FROM customer", true)]
    public void Conditions_OfADraft_MustBeTheQuestions(string question, string statement, bool founded) =>
        Assert.Equal(founded, new DraftConditions(question, [], new Schema("town", false, [], [])).Fault(statement) is null);

    [Theory]
    [InlineData("Which persons live in Oslo?", "SELECT COUNT(*) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'", "it counts what should be listed")]
    [InlineData("How many persons live in Oslo?", "SELECT COUNT(*) FROM city WHERE city.name = 'Oslo'", "it leaves out 'persons'")]
    [InlineData("Which person has the highest wage?", "SELECT person.name FROM person ORDER BY person.wage ASC LIMIT 1", "it takes the other end of 'the highest'")]
    [InlineData("Which person has the highest wage?", "SELECT person.name FROM person WHERE person.wage > 0", "it leaves out 'the highest'")]
    [InlineData("Which cities have no person?", "SELECT city.name FROM city JOIN person ON person.city_id = city.city_id", "it leaves out 'have no'")]
    [InlineData("Which persons have a wage over 25?", "SELECT person.name FROM person WHERE person.wage > 40", "it compares with 40, of which the question says nothing")]
    [InlineData("Which persons have a wage over 25?", "SELECT person.name FROM person WHERE person.wage > 0", "it compares with 0, of which the question says nothing")]
    [InlineData("What is the average wage per city?", "SELECT AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id", "it leaves out that each is asked for")]
    [InlineData("What is the land of Ann?", "SELECT person.name FROM person WHERE person.name = 'Ann'", "it leaves out 'land'")]
    [InlineData("Who lives in Oslo?", "SELECT city.name FROM city WHERE city.name = 'Oslo'", "it gives back what the question says")]
    [InlineData("List the persons of Oslo", "SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo' LIMIT 1", "it gives some rows where all are asked for")]
    public async Task Drafts_OfAnotherFormThanTheQuestion_AreNoAnswer_HoweverManyAgree(string question, string statement, string fault)
    {
        var run = await AskAsync(question, [statement], static p => p with { Planner = false, Drafts = 4 });

        Assert.StartsWith("I could not find this out", run.Text, StringComparison.Ordinal);
        Assert.Contains(fault, run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Which city is Ann from?", "SELECT person.name FROM person WHERE person.name = 'Ann'", "SELECT DISTINCT city.name FROM person JOIN city ON city.city_id = person.city_id WHERE person.name = 'Ann'")]
    [InlineData("Which persons live in Oslo?", "SELECT person.person_id FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'", "SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'")]
    [InlineData("Which persons have a wage over 25?", "SELECT person.city_id FROM person WHERE person.wage > 25", "SELECT person.name, person.wage FROM person WHERE person.wage > 25")]
    [InlineData("What is the average wage per city?", "SELECT city.land, AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id GROUP BY city.land", "SELECT city.name, AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id GROUP BY city.name")]
    [InlineData("Which cities have persons?", "SELECT city.name FROM city JOIN person ON person.city_id = city.city_id", "SELECT DISTINCT city.name FROM city JOIN person ON person.city_id = city.city_id")]
    [InlineData("Which land has the most cities?", "SELECT city.land FROM city GROUP BY city.land ORDER BY COUNT(*) DESC LIMIT 1", "SELECT city.land FROM city WHERE city.land IS NOT NULL GROUP BY city.land ORDER BY COUNT(*) DESC LIMIT 1")]
    [InlineData("How many persons have a wage over 25?", "SELECT COUNT(*) FROM person JOIN city ON person.city_id = city.city_id WHERE person.wage > 25", "SELECT COUNT(*) FROM person WHERE person.wage > 25")]
    public async Task Draft_IsRunInTheWordsOfTheQuestion(string question, string written, string run)
    {
        var asked = await AskAsync(question, [written], static p => p with { Planner = false, Drafts = 2 });

        Assert.Contains(run, asked.Calls.Where(static c => ModelKeys.PurposeOf(c) == CallPurpose.Draft).Select(static c => c.Arguments!["statement"]!.ToString()!.ReplaceLineEndings(" ")));
    }

    [Fact]
    public async Task Drafts_OfTheOldestPerson_GoByBirth()
    {
        var hired = await AskAsync("Who is the oldest employee?", ["SELECT employee.last_name FROM employee ORDER BY employee.hire_date ASC LIMIT 1"], static p => p with { Planner = false, Drafts = 2 }, script: Staff);
        var born = await AskAsync("Who is the oldest employee?", ["SELECT employee.last_name FROM employee ORDER BY employee.birth_date ASC LIMIT 1"], static p => p with { Planner = false, Drafts = 2 }, script: Staff);

        Assert.Contains("it takes something else for", hired.Text, StringComparison.Ordinal);
        Assert.Contains("Bo", born.Text, StringComparison.Ordinal);
        var order = Assert.Single(Assert.IsType<string>(born.Options[0]!.AdditionalProperties![ModelKeys.Grammar]).Split('\n'), static r => r.StartsWith("order ::= ", StringComparison.Ordinal));
        Assert.DoesNotContain("hire_date", order, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What is the heaviest animal?", "SELECT animal.tag_no FROM animal ORDER BY animal.weight_kg DESC LIMIT 1", "SELECT animal.tag_no, animal.call_name, animal.weight_kg FROM animal ORDER BY animal.weight_kg DESC LIMIT 1")]
    [InlineData("Give me the email addresses of keepers from Oslo", "SELECT keeper.email FROM keeper WHERE keeper.city = 'Oslo'", "keeper.email FROM keeper WHERE keeper.city = 'Oslo'")]
    [InlineData("Which keeper has the most animals?", "SELECT keeper.city FROM keeper JOIN animal ON animal.keeper_id = keeper.keeper_id GROUP BY keeper.keeper_id ORDER BY COUNT(*) DESC LIMIT 1", "SELECT keeper.name FROM keeper JOIN animal ON animal.keeper_id = keeper.keeper_id GROUP BY keeper.keeper_id ORDER BY COUNT(*) DESC LIMIT 1")]
    [InlineData("Which keeper has the most animals?", "SELECT keeper.city FROM keeper JOIN animal ON animal.keeper_id = keeper.keeper_id GROUP BY keeper.city ORDER BY COUNT(*) DESC LIMIT 1", "GROUP BY keeper.name ORDER BY COUNT(*) DESC LIMIT 1")]
    public async Task Draft_OverAKeeper_IsRunInTheWordsOfTheQuestion(string question, string written, string run)
    {
        var asked = await AskAsync(question, [written], static p => p with { Planner = false, Drafts = 2 }, script: Zoo);

        Assert.Contains(asked.Calls.Where(static c => ModelKeys.PurposeOf(c) == CallPurpose.Draft), c => c.Arguments!["statement"]!.ToString()!.ReplaceLineEndings(" ").Contains(run, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Which keeper has the most animals?", "SELECT animal.call_name FROM animal JOIN keeper ON animal.keeper_id = keeper.keeper_id GROUP BY animal.call_name ORDER BY COUNT(*) DESC LIMIT 1", "it does not count for 'the most'")]
    [InlineData("What is the average walk of an animal in seconds?", "SELECT AVG(animal.walk_ms) FROM animal", "it gives something else than seconds")]
    public async Task Drafts_OverAKeeper_OfAnotherForm_AreNoAnswer(string question, string statement, string fault)
    {
        var run = await AskAsync(question, [statement], static p => p with { Planner = false, Drafts = 2 }, script: Zoo);

        Assert.Contains(fault, run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grammar_OverSeveralDates_KeepsThemInTheirFunction()
    {
        var run = await AskAsync("What is the latest day of hire?", ["SELECT MAX(employee.hire_date) FROM employee"], static p => p with { Planner = false, Drafts = 1 }, script: Staff);

        var aggregate = Assert.Single(Assert.IsType<string>(run.Options[0]!.AdditionalProperties![ModelKeys.Grammar]).Split('\n'), static r => r.StartsWith("aggregate ::= ", StringComparison.Ordinal));
        Assert.Contains("\"(\" (\"employee.birth_date\" | \"employee.hire_date\") \")\"", aggregate, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_ThatShowNames_NeedNoColumnOfThatName()
    {
        var run = await AskAsync(
            "Give me the names of employees with a company", ["SELECT employee.first_name, employee.last_name FROM employee WHERE employee.company IS NOT NULL"], static p => p with { Planner = false, Drafts = 2 },
            script: Staff + "CREATE TABLE branch (branch_id INTEGER PRIMARY KEY, name TEXT);");

        Assert.Contains("Lee", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_OfWhichOneShowsMore_Agree()
    {
        var run = await AskAsync(
            "Which persons have a wage over 25?", ["SELECT person.name FROM person WHERE person.wage > 25", "SELECT person.name, city.land FROM person JOIN city ON person.city_id = city.city_id WHERE person.wage > 25"], static p => p with { Planner = false, Drafts = 2 });

        Assert.Contains("2 of 2 drafts", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_ThatFindNoRow_AreNoAnswer()
    {
        var run = await AskAsync("Which persons have an odd wage in Turku?", ["SELECT person.name FROM person JOIN city ON person.city_id = city.city_id WHERE person.wage IS NULL AND city.name = 'Turku'"], static p => p with { Planner = false, Drafts = 2 });

        Assert.Contains("none of them finds a row", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Which persons live in Oslo?", "root", "\"city.name\" \" = \" \"'Oslo'\"", "LIMIT")]
    [InlineData("Which persons live in Oslo?", "plain", "column", "aggregate")]
    [InlineData("Which person has the highest wage?", "order", "(\"DESC\" | \"desc\")", "ASC")]
    [InlineData("Which person has the highest wage?", "ranked", "\"person.wage\"", "person_id")]
    [InlineData("What is the average wage per city?", "group", "\"city.name\"", "land")]
    [InlineData("How many persons have a wage over 25?", "number0", "\"25\"", "[0-9]")]
    public async Task Grammar_OfADraft_HasTheFormOfTheQuestion(string question, string rule, string has, string hasNot)
    {
        var run = await AskAsync(question, ["SELECT person.name FROM person"], static p => p with { Planner = false, Drafts = 1 });

        var grammar = Assert.IsType<string>(run.Options[0]!.AdditionalProperties![ModelKeys.Grammar]);
        var body = Assert.Single(grammar.Split('\n'), r => r.StartsWith(rule + " ::= ", StringComparison.Ordinal));
        Assert.Contains(has, body, StringComparison.Ordinal);
        Assert.DoesNotContain(hasNot, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_WhoseMajorityIsCertain_AreNotWrittenOn()
    {
        var run = await AskAsync(Hard, ["SELECT AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'"], static p => p with { Planner = false, Drafts = 6 });

        Assert.Equal(4, run.Asked);
    }

    [Fact]
    public async Task Draft_IsAskedUnderAGrammarOfTheSchema_AndAfterTheSamePrefix()
    {
        var run = await AskAsync(Hard, ["SELECT AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'"], static p => p with { Planner = false, Drafts = 2 });

        var grammar = Assert.IsType<string>(run.Options[0]!.AdditionalProperties![ModelKeys.Grammar]);
        Assert.Contains("\"person.wage\"", grammar, StringComparison.Ordinal);
        Assert.Contains("'Oslo'", grammar, StringComparison.Ordinal);
        Assert.Contains("(\"SELECT\" | \"select\")", grammar, StringComparison.Ordinal);
        Assert.Equal(0, run.Options[0]!.Temperature);
        Assert.True(run.Options[1]!.Temperature > 0);
        Assert.Null(run.Options[0]!.Tools);
        Assert.Equal(run.Prompts[0].SkipLast(1).Select(static m => m.Text), run.Prompts[1].SkipLast(1).Select(static m => m.Text));
        Assert.Contains(Hard, run.Prompts[0][^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4_096)]
    [InlineData(2_048)]
    public async Task Draft_OverAWideSchema_FitsTheWindow(int window)
    {
        var wide = Script + string.Concat(Enumerable.Range(1, 5).Select(static t =>
            $"CREATE TABLE person_record_{t} (record_id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(person_id), wage REAL, "
            + string.Join(", ", Enumerable.Range(1, 40).Select(static c => $"wage_of_person_in_city_number_{c} TEXT")) + ");"
            + string.Concat(Enumerable.Range(1, 9).Select(r => $"INSERT INTO person_record_{t}(record_id, person_id, wage, wage_of_person_in_city_number_1, wage_of_person_in_city_number_2) VALUES ({r}, 1, {r}, 'a value of some length, number {r}', 'another value of length, number {r}');"))));

        var run = await AskAsync(Hard, ["SELECT AVG(person.wage) FROM person JOIN city ON person.city_id = city.city_id WHERE city.name = 'Oslo'"], static p => p with { Planner = false, Drafts = 2, LinkedSchema = false }, script: wide, window: window);

        // As the server counts: about three characters a token, and the statement after them.
        Assert.NotEmpty(run.Prompts);
        Assert.All(run.Prompts, prompt => Assert.InRange((prompt.Sum(static m => m.Text.Length + 15) / 3) + 220, 200, window));
        Assert.Contains("person(person_id", run.Prompts[0][^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_WhereTheServerTakesNoGrammar_IsHeldToASchemaWhoseNamesExist()
    {
        const string Shape = """{"select":[{"function":"AVG","column":"person.wage"}],"from":"person","where":[{"column":"city.name","operator":"=","value":"Oslo"}],"group_by":[],"order_by":[],"limit":0}""";
        var run = await AskAsync(Hard, [Shape], static p => p with { Planner = false, Drafts = 2 }, ModelCapabilities.Tools | ModelCapabilities.JsonSchema);

        Assert.Contains("**25**", run.Text, StringComparison.Ordinal);
        var format = Assert.IsType<ChatResponseFormatJson>(run.Options[0]!.ResponseFormat);
        Assert.Contains("person.wage", format.Schema!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatIsAboutNothingThere_IsTheModels_WithoutWhatWasLookedUp()
    {
        var run = await AskAsync("Compose a haiku on rain", ["Rain falls."], static p => p);

        Assert.Equal("Rain falls.", run.Text);
        Assert.DoesNotContain(run.Prompts[^1].SelectMany(static m => m.Contents), static c => c is FunctionCallContent or FunctionResultContent);
    }

    [Fact]
    public async Task Request_WithoutEveryTool_GoesThroughAsItCame()
    {
        using var model = new Scripted(["hello"]);
        using var client = new AssistedClient(model, Info(ProfileTable.Small, ModelCapabilities.Tools), TimeProvider.System);

        var response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "How many persons are there?")], new ChatOptions());

        Assert.Equal("hello", response.Text);
    }

    private static ModelInfo Info(ModelProfile profile, ModelCapabilities capabilities) =>
        new() { Provider = "openai", Name = "m", Capabilities = capabilities, ContextWindow = 4_096, Profile = profile };

    /// <summary>Plays the loop's part, with the history going through JSON as a stored session does.</summary>
    private static async Task<Run> AskAsync(string question, string[] answers, Func<ModelProfile, ModelProfile> change, ModelCapabilities capabilities = ModelCapabilities.Tools | ModelCapabilities.Grammar, string script = Script, int window = 4_096)
    {
        using var database = new SqliteTools().AddScript("town", script);
        using var model = new Scripted(answers);
        using var client = new AssistedClient(model, Info(change(ProfileTable.Small), capabilities) with { ContextWindow = window }, TimeProvider.System);
        List<ChatMessage> history = [new(ChatRole.System, "You answer by calling tools."), new(ChatRole.User, question)];
        var options = new ChatOptions { AdditionalProperties = new() { [ModelKeys.EveryTool] = (IReadOnlyList<AITool>)[.. database.Tools] } };
        var calls = new List<FunctionCallContent>();
        for (var step = 0; step < 10; step++)
        {
            var updates = new List<ChatResponseUpdate>();
            await foreach (var update in client.GetStreamingResponseAsync(history, options))
            {
                updates.Add(update);
            }

            var message = updates.ToChatResponse().Messages.Last();
            history.Add(JsonSerializer.Deserialize<ChatMessage>(JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!);
            var asked = history[^1].Contents.OfType<FunctionCallContent>().ToList();
            if (asked.Count == 0)
            {
                return new Run(message.Text, calls, model.Options.Count, model.Options, model.Prompts, updates.Select(static u => u.AdditionalProperties?.GetValueOrDefault(ModelKeys.Help)).OfType<HelpGiven>().LastOrDefault());
            }

            calls.AddRange(asked);
            history.Add(new ChatMessage(ChatRole.Tool, [.. asked.Select(c =>
            {
                var result = database.Tools.Single(t => t.Name == c.Name).Run(JsonNode.Parse(JsonSerializer.Serialize(c.Arguments))!.AsObject());
                return new FunctionResultContent(c.CallId, result.Text) { RawRepresentation = result.ToToolResult() };
            })]));
        }

        throw new InvalidOperationException("No answer.");
    }

    private sealed record Run(
        string Text, List<FunctionCallContent> Calls, int Asked, List<ChatOptions?> Options, List<IReadOnlyList<ChatMessage>> Prompts, HelpGiven? Help);

    private sealed class Scripted(string[] answers) : IChatClient
    {
        public List<ChatOptions?> Options { get; } = [];

        public List<IReadOnlyList<ChatMessage>> Prompts { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Prompts.Add([.. messages]);
            Options.Add(options);
            var answer = answers[Math.Min(Options.Count, answers.Length) - 1];
            yield return new ChatResponseUpdate(ChatRole.Assistant, answer);
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
