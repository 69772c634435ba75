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
        var groups = drafts
            .Select(static draft => (Draft: draft, Table: draft.Output.IsError ? null : ResultTable.Read(draft.Output)))
            .Where(static d => d.Table is not null)
            .GroupBy(static d => Signature(d.Table!))
            .Select(static g => (Votes: g.Sum(static d => d.Draft.Votes), IsEmpty: g.Key.Length == 0, First: g.First()))
            .ToList();

        // No rows is what a wrong condition gives; it counts only where nothing else came.
        var chosen = groups.Where(static g => !g.IsEmpty).DefaultIfEmpty(groups.FirstOrDefault()).MaxBy(static g => g.Votes);
        if (chosen.First.Draft is not { } winner || chosen.Votes < Math.Min(Least, all))
        {
            return null;
        }

        var table = chosen.First.Table!;
        var value = chosen.IsEmpty ? "No row fulfils this.\n"
            : table.Rows is [{ Count: 1 } only] ? $"**{only[0] ?? "none"}**\n"
            : Markdown.Table(table);
        var agreed = all == 1 ? "Written by the model." : string.Create(CultureInfo.InvariantCulture, $"{chosen.Votes} of {all} drafts of the model agree on this result.");
        return ($"{value}\n{Markdown.Source(winner.Database, winner.Statement)}\n\n{agreed}", new HelpGiven("the model's drafts", winner.CallId, all, chosen.Votes));
    }

    /// <summary>Why there is no answer although drafts were run.</summary>
    public static string Failed(IReadOnlyList<RunDraft> drafts)
    {
        if (drafts.All(static d => d.Output.IsRefused))
        {
            return $"The database was not queried: {drafts[0].Output.Text.Trim()}";
        }

        var all = Written(drafts);
        var failed = drafts.Where(static d => d.Output.IsError).Sum(static d => d.Votes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"I could not find this out: the model wrote {all} drafts of a statement, {(failed == all ? "and none of them ran" : "and no two that answer it agree")}. Ask in other words, write the SELECT yourself, or choose a larger model with --model.");
    }

    /// <summary>Why there is no answer where the model wrote nothing that could be run.</summary>
    /// <param name="database">The database's name; empty where there is one only.</param>
    /// <param name="fault">Why what it wrote was discarded; null where that is not why.</param>
    public static string Nothing(string database, string? fault) => fault is not null
        ? $"I could not find this out: what the model wrote answers another question ({fault}). Ask in other words, write the SELECT yourself, or choose a larger model with --model."
        : $"I could not find this out: the model wrote no statement that the database{(database.Length > 0 ? $" {database}" : string.Empty)} could run. Ask in other words, or choose a larger model with --model.";

    /// <summary>How many drafts there were, those too that were not run.</summary>
    private static int Written(IReadOnlyList<RunDraft> drafts) => drafts.Sum(static d => d.Votes) + drafts.Max(static d => d.Discarded);

    /// <summary>Equal for results with the same rows in whatever order; empty where there is nothing in them.</summary>
    private static string Signature(ResultTable table)
    {
        if (table.Rows.Count == 0 || table.Rows.All(static r => r.All(static c => c is null)))
        {
            return string.Empty;
        }

        return string.Join('\n', table.Rows.Select(static r => string.Join('\t', r.Select(static c => c ?? "\0"))).Order(StringComparer.Ordinal));
    }
}
