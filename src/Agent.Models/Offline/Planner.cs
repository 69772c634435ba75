using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Files;
using Agent.Models.Offline.Sql;
using Agent.Models.Offline.Tools;
using Agent.Models.Offline.Web;

namespace Agent.Models.Offline;

/// <summary>Decides which kind of request a turn is and has it answered.</summary>
internal sealed class Planner(OfferedTools tools, IReadOnlyList<Turn> turns, TimeProvider time)
{
    /// <summary>How many turns back a reference may lead.</summary>
    private const int MostTurnsBack = 6;

    /// <summary>Whether a request that is beyond it is answered with passages of documents that hold its words.</summary>
    public bool QuotesPassages { get; init; } = true;

    /// <summary>Runs the plan of one turn as far as the history goes.</summary>
    public (Task<Answer> Answer, Replay Replay) Run(Turn turn, int depth = 0)
    {
        var replay = new Replay(turn, turns);
        return (AnswerAsync(turn, replay, depth), replay);
    }

    private async Task<Answer> AnswerAsync(Turn turn, Replay replay, int depth)
    {
        if (tools.Tools.Count == 0 && turn.Calls.Count == 0)
        {
            return Answer.Unable(Refusals.Beyond("No tool is offered to look anything up with."));
        }

        var steps = Statement.Read(turn.Text) is null ? Chain.Split(turn.Text) : [turn.Text];
        var last = turn.Index > 0 && depth < MostTurnsBack ? Earlier(turns[turn.Index - 1], depth + 1) : null;
        if (steps.Count == 1)
        {
            return await StepAsync(turn.Text, last, replay, turn.Index > 0 && depth < MostTurnsBack);
        }

        var told = new List<string>();
        for (var i = 0; i < steps.Count; i++)
        {
            var answer = await StepAsync(steps[i], last, replay);
            told.Add($"**{i + 1}. {steps[i]}**\n\n{answer.Text.Trim()}");
            if (!answer.IsAnswered || answer.Failed)
            {
                if (i + 1 < steps.Count)
                {
                    told.Add($"So I did not go on to: {string.Join("; ", steps.Skip(i + 1))}.");
                }

                return answer with { Text = string.Join("\n\n", told) };
            }

            last = answer;
        }

        return last! with { Text = string.Join("\n\n", told) };
    }

    private async Task<Answer> StepAsync(string text, Answer? last, Replay replay, bool isLater = false)
    {
        var web = new WebDesk(tools, replay);
        if (await web.FetchAsync(text) is { } page)
        {
            return page;
        }

        var files = new FileDesk(tools, replay, time);
        if (Statement.Read(text) is null && await files.AnswerAsync(text, last) is { } fromFiles)
        {
            return fromFiles;
        }

        // What changes something is done only where the operation accounts for every word.
        if (web.Find(text, acting: true) is { } act && ActingWords.Has(text))
        {
            return await web.CallAsync(act, text);
        }

        var read = web.Find(text, acting: false);
        if (read is { Missing.Count: 0 } && text.Contains("api", StringComparison.OrdinalIgnoreCase))
        {
            return await web.CallAsync(read, text);
        }

        var database = new DatabaseDesk(tools, replay, DateOnly.FromDateTime(time.GetLocalNow().DateTime));
        string? why = null;
        if (database.IsOpen)
        {
            var answer = await database.AnswerAsync(text, last, isLater);
            if (answer is { IsAnswered: true })
            {
                return answer;
            }

            why = answer?.Text;
        }

        if (read is not null)
        {
            var answer = await web.CallAsync(read, text);
            if (answer.IsAnswered)
            {
                return answer;
            }

            why = answer.Text;
        }

        if (await web.LookUpAsync(text) is { } row)
        {
            return row;
        }

        return (QuotesPassages ? await files.PassagesAsync(text) : null) ?? Answer.Unable(Refusals.Beyond(why));
    }

    /// <summary>What an earlier turn came to, found by running its plan again over its recorded results.</summary>
    private Answer? Earlier(Turn turn, int depth)
    {
        var (answer, _) = Run(turn, depth);
        return answer.IsCompletedSuccessfully && answer.Result.IsAnswered ? answer.Result : null;
    }
}
