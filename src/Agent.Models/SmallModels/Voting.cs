using System.Globalization;
using Agent.Models.Offline.Answers;

namespace Agent.Models.SmallModels;

/// <summary>Counts the drafts that agree on a result, and says what came of it.</summary>
internal static class Voting
{
    /// <summary>A result that one draft of several gives is a guess, and is not passed off as an answer.</summary>
    private const int Least = 2;

    /// <summary>The answer that most drafts agree on; null where too few do.</summary>
    /// <param name="drafts">The drafts, the one without chance first.</param>
    public static (string Text, HelpGiven Help)? Count(IReadOnlyList<RunDraft> drafts)
    {
        var all = Written(drafts);
        var tables = drafts.Select(static draft => (Draft: draft, Table: draft.Output.IsError ? null : ResultTable.Read(draft.Output))).Where(static d => d.Table is not null && !IsEmpty(d.Table)).ToList();

        // Drafts agree where one shows all that the other shows. Of those the one that was written most often is shown.
        var agreed = tables.Select(d => tables.Where(o => Shows(o.Table!, d.Table!)).ToList()).OrderByDescending(Votes).FirstOrDefault() ?? [];
        if (Votes(agreed) < Math.Min(Least, all) || agreed.MaxBy(static d => d.Draft.Votes) is not { Draft: { } winner, Table: { } table })
        {
            return null;
        }

        var value = table.Rows is [{ Count: 1 } only] ? $"**{only[0] ?? "none"}**\n"
            : Markdown.Table(table);
        var votes = Votes(agreed);
        var note = all == 1 ? "Written by the model." : string.Create(CultureInfo.InvariantCulture, $"{votes} of {all} drafts of the model agree on this result.");
        return ($"{value}\n{Markdown.Source(winner.Database, winner.Statement)}\n\n{note}", new HelpGiven("the model's drafts", winner.CallId, all, votes));

        static int Votes(List<(RunDraft Draft, ResultTable? Table)> some) => some.Sum(static d => d.Draft.Votes);
    }

    /// <summary>Why there is no answer although drafts were run.</summary>
    public static string Failed(IReadOnlyList<RunDraft> drafts)
    {
        if (drafts.All(static d => d.Output.IsRefused))
        {
            return $"The database was not queried: {drafts[0].Output.Text.Trim()}";
        }

        var all = Written(drafts);
        var outcome = drafts.All(static d => d.Output.IsError) ? "and none of them ran"
            : drafts.All(static d => d.Output.IsError || ResultTable.Read(d.Output) is { } table && IsEmpty(table)) ? "and none of them finds a row"
            : "and no two that answer it agree";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"I could not find this out: the model wrote {all} drafts of a statement, {outcome}. Ask in other words, write the SELECT yourself, or choose a larger model with --model.");
    }

    /// <summary>Why there is no answer where the model wrote nothing that could be run.</summary>
    /// <param name="database">The database's name; empty where there is one only.</param>
    /// <param name="fault">Why what it wrote was discarded; null where that is not why.</param>
    public static string Nothing(string database, string? fault) => fault is not null
        ? $"I could not find this out: what the model wrote answers another question ({fault}). Ask in other words, write the SELECT yourself, or choose a larger model with --model."
        : $"I could not find this out: the model wrote no statement that the database{(database.Length > 0 ? $" {database}" : string.Empty)} could run. Ask in other words, or choose a larger model with --model.";

    /// <summary>How many drafts there were, those too that were not run.</summary>
    private static int Written(IReadOnlyList<RunDraft> drafts) => drafts.Sum(static d => d.Votes) + drafts.Max(static d => d.Discarded);

    /// <summary>No rows is what a wrong condition gives, in every draft the same.</summary>
    private static bool IsEmpty(ResultTable table) => table.Rows.All(static r => r.All(static c => c is null));

    /// <summary>Whether a result shows all that another does: as many rows, in whatever order, and each column of the other among its own.</summary>
    private static bool Shows(ResultTable table, ResultTable other)
    {
        if (table.Rows.Count != other.Rows.Count)
        {
            return false;
        }

        var columns = Enumerable.Range(0, table.Columns.Count).Select(i => Values(table, i)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, other.Columns.Count).All(i => columns.Contains(Values(other, i)));
    }

    private static string Values(ResultTable table, int column) =>
        string.Join('\n', table.Rows.Select(r => column < r.Count ? r[column] ?? "\0" : "\0").Order(StringComparer.Ordinal));
}
