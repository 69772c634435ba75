using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;
using Agent.Models.Offline.Tools;
using Microsoft.Extensions.AI;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>Prepares the drafting of a statement: decides whether a question is about a database, and looks up what it names there.</summary>
/// <param name="tools">The tools of the run.</param>
/// <param name="replay">The history of the request, which holds what was looked up before.</param>
/// <param name="info">The model.</param>
/// <param name="today">The date.</param>
internal sealed partial class DraftDesk(OfferedTools tools, Replay replay, ModelInfo info, DateOnly today)
{
    /// <summary>Columns whose values are looked up, and the most values of one that is shown with all of them.</summary>
    private const int MostValueColumns = 7;
    private const int MostValues = 12;

    /// <summary>From here on a stretch of a question means the name it is like.</summary>
    private const double Names = 0.75;

    private readonly ModelProfile profile = info.Profile;

    /// <summary>Prepares the draft for the last request; stands still where something must be looked up first.</summary>
    /// <param name="turns">The conversation.</param>
    /// <returns>The draft; null where the question is not about a database.</returns>
    public async Task<Draft?> PrepareAsync(IReadOnlyList<Turn> turns)
    {
        var desk = new DatabaseDesk(tools, replay, today);
        var text = turns[^1].Text;
        if (!desk.IsOpen || text.Length > DraftPrompt.MostQuestion || Statement.Read(text) is not null || MakingPattern().IsMatch(text))
        {
            return null;
        }

        var schemas = await desk.SchemasAsync();
        if (schemas.Count > 1 && DatabaseName.Find(schemas, text) is { } named)
        {
            (schemas, text) = ([named.Schema], named.Question);
        }

        (Schema Schema, List<Item> Items, double Score)? best = null;
        foreach (var schema in schemas)
        {
            var (items, _) = await desk.ReadItemsAsync(text, schema);
            if (Score(items, text) is var score && score > (best?.Score ?? 0))
            {
                best = (schema, items, score);
            }
        }

        if (best is not { } about)
        {
            return null;
        }

        var linked = LinkedSchema.Whole(about.Schema);
        if (profile.LinkedSchema)
        {
            linked = SchemaLinking.Link(about.Schema, about.Items);
            linked = linked with { Values = Merge(linked.Values, await ValuesAsync(desk, linked)), Dates = await DatesAsync(desk, linked) };
        }

        var names = new SqlText(about.Schema.IsPostgres, new DateFormats());
        var question = Question(turns, text);
        var conditions = new DraftConditions(question, about.Items, about.Schema);
        var form = new QuestionForm(text, profile.QuestionForm && question == text ? about.Items : []) { Measures = [.. linked.Measures.SelectMany(static m => new[] { m.Column, m.Times }).OfType<Column>()] };
        var grammar = profile.Constrained && info.Capabilities.HasFlag(ModelCapabilities.Grammar) ? SelectGrammar.Write(linked, names, form, conditions) : null;
        var shape = profile.Constrained && grammar is null && info.Capabilities.HasFlag(ModelCapabilities.JsonSchema) ? new SelectShape(linked, names) : null;
        return new Draft
        {
            Tool = tools.Find(Role.Query)!,
            Database = about.Schema.Database,
            Prompt = DraftPrompt.Write(linked, names, question, profile.WorkedExamples, shape is not null, info.ContextWindow),
            Grammar = grammar,
            Shape = shape,
            Repair = new StatementRepair(about.Schema, names, form),
            Conditions = conditions,
            Form = new DraftForm(form, about.Schema, names),
        };
    }

    /// <summary>A follow-up says little without the request before it.</summary>
    private static string Question(IReadOnlyList<Turn> turns, string text) =>
        turns.Count > 1 && FollowUpPattern().IsMatch(text) ? $"{turns[^2].Text} {text}" : text;

    /// <summary>How much of a question names something of a database; 0 where it is about something else.</summary>
    private double Score(List<Item> items, string text)
    {
        var linked = items.Count(static i => (i.Kind == ItemKind.Mention && i.Candidates[0].Score >= Names) || (i.Kind == ItemKind.Value && i.Hits.Count > 0));
        var unknown = items.Count(static i => i.Kind == ItemKind.Unknown);
        var aboutFiles = tools.Has(Role.SearchText) && FilePattern().Match(text) is { Success: true } match
            && !items.Exists(i => i.Kind == ItemKind.Mention && match.Value.Contains(i.Text, StringComparison.OrdinalIgnoreCase));
        return linked == 0 || 2 * linked < unknown || aboutFiles ? 0 : linked;
    }

    /// <summary>The values of the columns that have few.</summary>
    private static async Task<Dictionary<Column, LinkedValues>> ValuesAsync(DatabaseDesk desk, LinkedSchema linked)
    {
        var names = new SqlText(linked.Schema.IsPostgres, new DateFormats());
        var columns = linked.Columns.Where(static c => c is { Kind: ColumnKind.Text, IsIdentifier: false } && !c.Table.Label.Contains(c)).Take(MostValueColumns).ToList();
        var parts = columns.Select(c =>
        {
            var name = names.Name(c.Name);
            return $"SELECT * FROM (SELECT DISTINCT {SqlText.Literal(c.Table.Name)} AS tbl, {SqlText.Literal(c.Name)} AS col, {(linked.Schema.IsPostgres ? $"CAST({name} AS text)" : name)} AS val FROM {names.Table(c.Table)} WHERE {name} IS NOT NULL LIMIT {MostValues + 1}) AS part";
        }).ToList();
        var found = new Dictionary<Column, LinkedValues>();
        if (parts.Count == 0)
        {
            return found;
        }

        var output = await desk.QueryAsync(linked.Schema, string.Join("\nUNION ALL ", parts), recall: true);
        if (output.IsError || ResultTable.Read(output) is not { } table)
        {
            return found;
        }

        foreach (var group in table.Rows.Where(static r => r is [not null, not null, not null, ..]).GroupBy(static r => (r[0], r[1])))
        {
            var values = group.Select(static r => r[2]!).Where(static v => v.Length is > 0 and <= 40).ToList();
            if (group.Count() <= MostValues && values.Count == group.Count() && columns.Find(c => c.Table.Name == group.Key.Item1 && c.Name == group.Key.Item2) is { } column)
            {
                found[column] = new LinkedValues(values, IsComplete: true);
            }
        }

        return found;
    }

    /// <summary>How the dates of columns without a date type are written.</summary>
    private static async Task<DateFormats> DatesAsync(DatabaseDesk desk, LinkedSchema linked)
    {
        var formats = new DateFormats();
        var names = new SqlText(linked.Schema.IsPostgres, formats);
        var columns = linked.Columns.Where(c => c.Kind == ColumnKind.Date && !DateFormats.IsTyped(c, linked.Schema.IsPostgres)).Take(MostValueColumns).ToList();
        if (columns.Count == 0)
        {
            return formats;
        }

        var parts = columns.Select((c, i) => $"SELECT {i} AS col, CAST((SELECT MIN({names.Name(c.Name)}) FROM {names.Table(c.Table)}) AS text) AS val");
        var output = await desk.QueryAsync(linked.Schema, string.Join("\nUNION ALL ", parts), recall: true);
        if (!output.IsError && ResultTable.Read(output) is { } table)
        {
            foreach (var row in table.Rows)
            {
                if (row is [{ } index, { Length: > 0 } sample, ..] && int.TryParse(index, CultureInfo.InvariantCulture, out var at) && at < columns.Count)
                {
                    formats.Learn(columns[at], sample);
                }
            }
        }

        return formats;
    }

    private static Dictionary<Column, LinkedValues> Merge(IReadOnlyDictionary<Column, LinkedValues> named, Dictionary<Column, LinkedValues> few)
    {
        var all = new Dictionary<Column, LinkedValues>(few);
        foreach (var (column, values) in named)
        {
            all[column] = few.TryGetValue(column, out var whole) ? whole with { Named = values.Named } : values;
        }

        return all;
    }

    [GeneratedRegex(@"\b(?:files?|documents?|folders?|director(?:y|ies)|readme|handbook|guide|api|endpoint|\w[\w-]*\.(?:md|txt|pdf|docx?|csv|json|html?))\b", RegexOptions.IgnoreCase)]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"^\s*(?:please\s+)?(?:write|compose|draft|translate|invent|imagine|insert|delete|update|drop|create|add|remove|rename|set|change)\b", RegexOptions.IgnoreCase)]
    private static partial Regex MakingPattern();

    [GeneratedRegex(@"^\s*(?:and\b|what about|how about|only\b|the same\b|of (?:those|these|them)\b)|\b(?:those|these|them)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FollowUpPattern();
}
