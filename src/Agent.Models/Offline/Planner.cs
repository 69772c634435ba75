using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Files;
using Agent.Models.Offline.Sql;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline;

/// <summary>Decides which kind of request a turn is and has it answered.</summary>
internal sealed class Planner(OfferedTools tools, IReadOnlyList<Turn> turns, TimeProvider time)
{
    /// <summary>Runs the plan of one turn as far as the history goes.</summary>
    public (Task<Answer> Answer, Replay Replay) Run(Turn turn)
    {
        var replay = new Replay(turn, turns);
        return (AnswerAsync(turn, replay), replay);
    }

    private async Task<Answer> AnswerAsync(Turn turn, Replay replay)
    {
        var last = turn.Index > 0 ? Earlier(turns[turn.Index - 1]) : null;
        var today = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
        var files = new FileDesk(tools, replay, time);
        if (await files.AnswerAsync(turn.Text, last) is { } fromFiles)
        {
            return fromFiles;
        }

        var database = new DatabaseDesk(tools, replay, today);
        string? why = null;
        if (database.IsOpen)
        {
            var answer = await database.AnswerAsync(turn.Text, last);
            if (answer is { IsAnswered: true })
            {
                return answer;
            }

            why = answer?.Text;
        }

        return Answer.Unable(Refusals.Beyond(why));
    }

    /// <summary>What an earlier turn came to, found by running its plan again over its recorded results.</summary>
    private Answer? Earlier(Turn turn)
    {
        var (answer, _) = Run(turn);
        return answer.IsCompletedSuccessfully ? answer.Result : null;
    }
}
