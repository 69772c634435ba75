using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Sql;

/// <summary>Answers requests about databases: what there is in them, statements as written, and questions over a schema.</summary>
internal sealed class DatabaseDesk(OfferedTools tools, Replay replay, DateOnly today)
{
    public bool IsOpen => tools.Has(Role.Query) && tools.Has(Role.DescribeSchema);

    /// <summary>The schema of every database that is connected.</summary>
    public async Task<IReadOnlyList<Schema>> SchemasAsync()
    {
        var names = new List<(string Name, string Dialect)>();
        if (tools.Find(Role.ListDatabases) is { } list)
        {
            var output = await replay.RecallAsync(list, []);
            if (ResultTable.Read(output) is { } table)
            {
                var name = Math.Max(0, table.Columns.ToList().FindIndex(static c => c is "name" or "database"));
                var dialect = table.Columns.ToList().FindIndex(static c => c is "dialect" or "engine" or "kind" or "type" or "provider");
                names.AddRange(table.Rows.Where(r => r.Count > name && r[name] is not null).Select(r => (r[name]!, dialect >= 0 ? r[dialect] ?? string.Empty : string.Empty)));
            }
        }

        var describe = tools.Find(Role.DescribeSchema)!;
        if (names.Count == 0)
        {
            names.Add((string.Empty, string.Empty));
        }

        var outputs = await Task.WhenAll(names.Select(n => replay.RecallAsync(describe, Arguments(describe, n.Name))));
        return [.. outputs.Zip(names, static (o, n) => SchemaReader.Read(o, n.Name, n.Dialect)).OfType<Schema>()];
    }

    public async Task<Answer?> AnswerAsync(string text, Answer? last, bool isLater = false)
    {
        var schemas = await SchemasAsync();
        if (schemas.Count == 0)
        {
            return null;
        }

        if (Statement.Read(text) is { } written)
        {
            return await RunWrittenAsync(written, Choose(schemas, text));
        }

        // A database that is named is the one that is meant; its name is then no word of the question.
        if (schemas.Count > 1 && DatabaseName.Find(schemas, text) is { } named)
        {
            (schemas, text) = ([named.Schema], named.Question);
        }

        if (last is { Question: { } before, Query: { } query })
        {
            text = FollowUp.AsksForCount(text) ? text : FollowUp.OfThem(text);
            if (FollowUp.AsksForCount(text))
            {
                var schema = schemas.FirstOrDefault(s => s.Find(query.Root.Name) is not null) ?? schemas[0];
                var (reading, graph) = await ReadAsync(before, schema);
                return reading.Spec is { Measure: null } listed ? await RunAsync(before, FollowUp.Counted(listed), graph, 1) : null;
            }

            if (FollowUp.AsksForOthers(text))
            {
                foreach (var schema in schemas)
                {
                    var (reading, graph) = await ReadAsync(before, schema);
                    if (reading.Spec is { } listed && FollowUp.Others((await ReadItemsAsync(text, schema)).Items, listed, graph) is { } others)
                    {
                        return await RunAsync(before, others, graph, 0.9);
                    }
                }
            }

            if (FollowUp.IsOne(text))
            {
                foreach (var schema in schemas)
                {
                    var (old, oldTokens) = await ReadItemsAsync(before, schema);
                    var (fresh, freshTokens) = await ReadItemsAsync(FollowUp.Strip(text), schema, isFragment: true);
                    foreach (var attempt in FollowUp.Rewrite(before, old, oldTokens, FollowUp.Strip(text), fresh, freshTokens))
                    {
                        var (reading, graph) = await ReadAsync(attempt, schema);
                        if (reading.Spec is { } spec)
                        {
                            var asked = FollowUp.Turn(spec, old, fresh);
                            return await RunAsync(attempt, asked, graph, reading.Confidence * 0.95, ReferenceEquals(asked, spec) ? reading.Others : null);
                        }
                    }
                }

                if (FollowUp.NeedsBefore(text) && query.Where.Count > 0)
                {
                    // Read alone it would forget what was asked before.
                    return Answer.Unable($"I could not tell how “{text.Trim()}” goes on from “{before}”. Ask it as a whole question.");
                }
            }
        }

        if (last is null && isLater && FollowUp.NeedsBefore(text))
        {
            return Answer.Unable("I could not answer the question before, so I cannot go on from it. Ask it as a whole question.");
        }

        Reading? best = null;
        foreach (var schema in schemas)
        {
            if (SchemaQuestions.Answer(text, schema, schemas.Count > 1) is { } about)
            {
                return about;
            }

            var (reading, graph) = await ReadAsync(text, schema);
            if (reading.Spec is { } spec)
            {
                return await RunAsync(text, spec, graph, reading.Confidence, reading.Others);
            }

            best ??= reading;
        }

        return best is { Unknown.Count: > 0 }
            ? Answer.Unable($"I found nothing in the database for “{string.Join("”, “", best.Unknown)}”.")
            : Answer.Unable(best?.Problem is { } problem ? $"{char.ToUpperInvariant(problem[0])}{problem[1..]}." : "I could not turn this into a query.");
    }

    /// <summary>Reads a question over a schema, asking the data for the words that may be values of it.</summary>
    public async Task<(Reading Reading, JoinGraph Graph)> ReadAsync(string text, Schema schema)
    {
        var (items, _) = await ReadItemsAsync(text, schema);
        var graph = new JoinGraph(schema, items.Where(static i => i.Kind == ItemKind.Mention).SelectMany(static i => i.Candidates).Where(static c => c is { Column: null, Score: >= WordMatch.Synonym }).Select(static c => c.Table).ToHashSet());
        var (first, others) = Readings.Of(graph, items, today);
        return (first with { Others = others }, graph);
    }

    /// <summary>Cuts a question into what it names of the schema and of the data.</summary>
    public async Task<(List<Item> Items, IReadOnlyList<Token> Tokens)> ReadItemsAsync(string text, Schema schema, bool isFragment = false)
    {
        var tokens = Tokenizer.Read(text);
        var reader = new QuestionReader(new Linker(schema), tokens, isFragment);
        var plain = reader.Read(static _ => []);
        if (plain.Exists(static i => i.Kind == ItemKind.Share))
        {
            return (plain, tokens);
        }

        if (FlagProfile.Statement(schema, plain) is { } flags)
        {
            FlagProfile.Learn(schema, await QueryAsync(schema, flags, recall: true));
        }

        var spans = reader.ValueSpans();
        var found = new Dictionary<string, List<ValueHit>>(StringComparer.OrdinalIgnoreCase);
        if (ValueSearch.WholeValues(schema, spans) is { } search)
        {
            ValueSearch.Collect(schema, await QueryAsync(schema, search, recall: true), spans, found, whole: true);
        }

        var items = reader.Read(span => found.GetValueOrDefault(span) ?? []);
        var missing = UnknownRuns(items);
        if (missing.Count is > 0 and <= 6 && ValueSearch.PartsOfValues(schema, missing) is { } parts)
        {
            ValueSearch.Collect(schema, await QueryAsync(schema, parts, recall: true), [.. missing, .. spans], found, whole: false);
            items = reader.Read(span => found.GetValueOrDefault(span) ?? []);
        }

        if (Misspelt.Mend(tokens, items) is { } mended)
        {
            items = new QuestionReader(new Linker(schema), mended, isFragment).Read(span => found.GetValueOrDefault(span) ?? []);
        }

        return (items, tokens);
    }

    private static Schema Choose(IReadOnlyList<Schema> schemas, string statement) =>
        schemas.OrderByDescending(s => s.Tables.Count(t => statement.Contains(t.Name, StringComparison.OrdinalIgnoreCase)) + (statement.Contains(s.Database, StringComparison.OrdinalIgnoreCase) ? 1 : 0)).First();

    /// <summary>Runs a statement exactly as the person wrote it.</summary>
    private async Task<Answer> RunWrittenAsync(Statement statement, Schema schema)
    {
        var role = statement.Kind switch { StatementKind.Explain => Role.Explain, StatementKind.Change => Role.Execute, _ => Role.Query };
        if (tools.Find(role) is not { } tool)
        {
            return Answer.Unable($"No tool is offered that could {(role == Role.Execute ? "change the database" : "explain a statement")}.");
        }

        var arguments = Arguments(tool, schema.Database);
        arguments[tool.Parameter("statement", "sql", "query")?.Name ?? "statement"] = statement.Sql;
        var output = await replay.CallAsync(tool, arguments, confidence: 1);
        if (output.IsError)
        {
            return Refusals.Explain(output, "run the statement");
        }

        var source = Markdown.Source(schema.Database, statement.Sql);
        if (role != Role.Query || ResultTable.Read(output) is not { } table)
        {
            return new Answer($"{output.Text.Trim()}\n\n{source}") { Plain = output.Text };
        }

        var shown = table.Rows is [{ Count: 1 } only] ? $"{table.Columns[0]}: **{only[0] ?? "none"}**\n" : Markdown.Table(table);
        return new Answer($"{shown}\n{source}") { Rows = table, Plain = Markdown.Plain(table) };
    }

    /// <summary>The words that are not known, alone and as the names that they may form together.</summary>
    private static List<string> UnknownRuns(List<Item> items)
    {
        var runs = new List<string>();
        var run = new List<string>();
        foreach (var item in items.Append(new Item(ItemKind.Filler, 0, 0)))
        {
            if (item.Kind == ItemKind.Unknown)
            {
                run.Add(item.Text);
                continue;
            }

            if (run.Count > 1)
            {
                runs.Add(string.Join(' ', run));
            }

            runs.AddRange(run.Where(static w => w.Length > 2));
            run.Clear();
        }

        return [.. runs.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<Answer> RunAsync(string question, QuerySpec spec, JoinGraph graph, double confidence, IReadOnlyList<OtherReading>? others = null)
    {
        var dates = await LearnDatesAsync(spec, graph.Schema);
        if (dates is null)
        {
            return Answer.Unable("The dates of this database are written in a form that I cannot compute with.");
        }

        var statement = new SqlWriter(graph, dates).Write(spec);
        if (others?.FirstOrDefault(static o => o.IsElse) is { } instead)
        {
            others = [.. others.Where(static o => !o.IsElse)];
            if (await RowsAsync(spec, statement, graph) is { } found && IsNothing(found))
            {
                return await RunAsync(question, instead.Spec, graph, confidence, others);
            }
        }

        var (doubt, isProven) = await FindDoubtAsync(spec, statement, graph, others ?? []);
        if (doubt is not null)
        {
            return Answer.Unable(doubt);
        }

        // What was asked to compare it with other readings is not asked again.
        var output = isProven ? await QueryAsync(graph.Schema, statement, recall: true) : await QueryAsync(graph.Schema, statement, confidence: confidence);
        if (output.IsError)
        {
            return Refusals.Explain(output, "query the database") with { IsAnswered = false };
        }

        if (ResultTable.Read(output) is not { } table)
        {
            return new Answer($"{output.Text}\n\n{Markdown.Source(graph.Schema.Database, statement)}") { Query = spec, Question = question };
        }

        if (IsNothing(table) && !MayBeNothing(spec, table))
        {
            return Answer.Unable($"Read as the statement below, nothing fulfils this, and I am not sure that it was meant so: ask it in other words.\n\n{Markdown.Source(graph.Schema.Database, statement)}\n");
        }

        table = WithoutOthers(spec, table, out var note);
        return new Answer(note + Present(spec, table) + "\n" + Markdown.Source(graph.Schema.Database, statement)) { Query = spec, Question = question, Rows = table, Confidence = confidence, Plain = Markdown.Plain(table) };
    }

    /// <summary>Which other reading comes to another answer, in words; null where all come to the same. Whether the question's own statement was run to tell.</summary>
    private async Task<(string? Doubt, bool IsProven)> FindDoubtAsync(QuerySpec spec, string statement, JoinGraph graph, IReadOnlyList<OtherReading> others)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { statement };
        ResultTable? first = null;
        foreach (var other in others)
        {
            if (await LearnDatesAsync(other.Spec, graph.Schema) is not { } dates || new SqlWriter(other.Graph ?? graph, dates).Write(other.Spec) is var written && !seen.Add(written))
            {
                continue;
            }

            first ??= await RowsAsync(spec, statement, graph);
            if (await RowsAsync(other.Spec, written, graph) is { } rows && first is not null && !first.HasSameRows(rows))
            {
                return ($"The question may be about {other.Took} or about {other.Instead}, and the answers differ: say which is meant.", true);
            }
        }

        return (null, first is not null);
    }

    private async Task<ResultTable?> RowsAsync(QuerySpec spec, string statement, JoinGraph graph) =>
        await QueryAsync(graph.Schema, statement, recall: true) is { IsError: false } output && ResultTable.Read(output) is { } table ? WithoutOthers(spec, table, out _) : null;

    /// <summary>Of the rows that were read to see who shares the first rank, those that do.</summary>
    private static ResultTable WithoutOthers(QuerySpec spec, ResultTable table, out string note)
    {
        note = string.Empty;
        if (!spec.WithTies || table.Rows.Count <= 1)
        {
            return table;
        }

        // Columns that are listed twice are selected once.
        var listed = spec.Columns.Distinct().ToList();
        var key = spec.Measure is null && spec.Order?.By is { } by ? listed.FindIndex(c => c.Column == by.Column && c.Part == by.Part) : table.Columns.Count - 1;
        key = key < 0 || key >= table.Columns.Count ? table.Columns.Count - 1 : key;
        var tied = table.Rows.TakeWhile(r => r[key] == table.Rows[0][key]).ToList();
        if (tied.Count > 1 && spec.AsksValue)
        {
            return new ResultTable([table.Columns[key]], [[tied[0][key]]]);
        }

        if (tied.Count > 1)
        {
            note = string.Create(CultureInfo.InvariantCulture, $"{(tied.Count == table.Rows.Count && tied.Count >= 20 ? "At least " : string.Empty)}{tied.Count} share the same rank:\n\n");
        }

        return table with { Rows = tied, IsCut = false, Total = null };
    }

    private static bool IsNothing(ResultTable table) => table.Rows is [] or [[null or "0"]];

    /// <summary>
    /// Whether nothing is an answer that a person may have asked for: to a question by yes and no, to one about what is not there, with a single
    /// condition, or for what a row does not have. Anything else that comes to nothing mostly was read wrongly.
    /// </summary>
    private static bool MayBeNothing(QuerySpec spec, ResultTable table) =>
        spec.IsYesNo || (spec.Measure is null && table.Rows.Count > 0) || spec.Where.Count + (spec.Having is null ? 0 : 1) <= 1 && !spec.Where.Any(static c => c is Condition.Exists { Negated: false } or Condition.Compare { Operator: "=" })
        || spec.Where.Any(static c => c is Condition.Exists { Negated: true } or Condition.Missing { Negated: false });

    private static string Present(QuerySpec spec, ResultTable table)
    {
        if (spec.IsYesNo && spec.Measure is null && table.Rows.Count > 0)
        {
            return "Yes:\n\n" + Present(spec with { IsYesNo = false }, table);
        }

        if (table.Rows.Count == 0)
        {
            return spec.IsYesNo ? "No: no row fulfils this.\n" : "No row fulfils this.\n";
        }

        if (table.Rows is [{ Count: 1 } only])
        {
            return $"{Sentence(table.Columns[0])}: **{only[0] ?? "none"}**\n";
        }

        if (table.Rows.Count == 1)
        {
            var text = new StringBuilder();
            for (var i = 0; i < table.Columns.Count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Sentence(table.Columns[i])}: **{table.Rows[0][i] ?? "none"}**\n");
            }

            return text.ToString();
        }

        return Markdown.Table(table);
    }

    private static string Sentence(string heading)
    {
        var words = string.Join(' ', Identifier.Split(heading));
        return words.Length == 0 ? "Value" : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>Looks how dates are written wherever the plan computes with a column that has no date type of the engine's own.</summary>
    private async Task<DateFormats?> LearnDatesAsync(QuerySpec spec, Schema schema)
    {
        var dates = new DateFormats();
        var used = spec.Groups.Select(static g => g.Value).Concat([spec.Order?.By, spec.Measure?.Value]).OfType<Term>().Select(static t => t.Column)
            .Concat(Conditions(spec.Where).OfType<Condition.Compare>().Select(static c => c.Left.Column)).Where(static c => c.Kind == ColumnKind.Date).Distinct();
        foreach (var column in used.ToList())
        {
            if (DateFormats.IsTyped(column, schema.IsPostgres))
            {
                continue;
            }

            var text = new SqlText(schema.IsPostgres, dates);
            var name = text.Name(column.Name);
            var output = await QueryAsync(schema, $"SELECT {name} FROM {text.Table(column.Table)} WHERE {name} IS NOT NULL LIMIT 1", recall: true);
            if (ResultTable.Read(output) is { Rows: [[{ } sample, ..], ..] })
            {
                dates.Learn(column, sample);
                if (dates.Of(column) == DateFormat.Unknown)
                {
                    return null;
                }
            }
        }

        return dates;
    }

    private static IEnumerable<Condition> Conditions(IEnumerable<Condition> conditions) =>
        conditions.SelectMany(static c => c switch
        {
            Condition.Exists exists => Conditions(exists.Where),
            Condition.Any any => Conditions(any.Of),
            _ => [c],
        });

    public async Task<ToolOutput> QueryAsync(Schema schema, string statement, bool recall = false, double? confidence = null)
    {
        var tool = tools.Find(Role.Query)!;
        var arguments = Arguments(tool, schema.Database);
        arguments[tool.Parameter("statement", "sql", "query")?.Name ?? "statement"] = statement;
        return await (recall ? replay.RecallAsync(tool, arguments) : replay.CallAsync(tool, arguments, confidence));
    }

    private static JsonObject Arguments(OfferedTool tool, string database)
    {
        var arguments = new JsonObject();
        if (database.Length > 0 && tool.Parameter("database", "db", "connection") is { } parameter)
        {
            arguments[parameter.Name] = database;
        }

        return arguments;
    }
}
