using System.Globalization;
using System.Text;
using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>
/// A file of questions with what their answers must hold, asked one after another and scored. What is wanted is one of
/// <list type="bullet">
/// <item><c>rows:SELECT …</c>: exactly the rows of the statement, no more and no fewer, in any order;</item>
/// <item><c>sql:SELECT …</c>: every value of the statement somewhere in the answer;</item>
/// <item><c>REFUSE</c>: that it cannot; <c>REFUSE|…</c>: that or the rest; <c>YES</c> and <c>NO</c>;</item>
/// <item>else the texts that the answer holds, parted by <c>;;</c>.</item>
/// </list>
/// </summary>
internal sealed class QuestionSet(string name, IReadOnlyList<BenchTool> tools, SqliteTools? database = null)
{
    private readonly StringBuilder _notes = new();

    public int Right { get; private set; }

    public int Refused { get; private set; }

    public int Wrong { get; private set; }

    public int Count => Right + Refused + Wrong;

    /// <summary>The score, and every question that was not answered rightly.</summary>
    public string Report => string.Create(CultureInfo.InvariantCulture, $"{name}: {Right} right, {Refused} refused, {Wrong} wrong of {Count}\n{_notes}");

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Offline", "Questions");

    public async Task<QuestionSet> AskAsync(bool textOnly = false)
    {
        Conversation? conversation = null;
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Folder, name + ".txt")))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var goesOn = line.StartsWith("+ ", StringComparison.Ordinal);
            var parts = (goesOn ? line[2..] : line).Split(" => ", 2);
            conversation = goesOn ? conversation : new Conversation(tools) { TextOnly = textOnly };
            Score(parts[0], parts[1], await conversation!.AskAsync(parts[0]));
        }

        return this;
    }

    private void Score(string question, string wanted, Reply reply)
    {
        var mayRefuse = wanted.StartsWith("REFUSE", StringComparison.Ordinal);
        wanted = wanted.StartsWith("REFUSE|", StringComparison.Ordinal) ? wanted[7..] : wanted;
        var isRight = reply.IsRefusal ? mayRefuse : wanted != "REFUSE" && Holds(wanted, reply.Text);
        if (isRight)
        {
            Right++;
            return;
        }

        _ = reply.IsRefusal ? Refused++ : Wrong++;
        _notes.Append(CultureInfo.InvariantCulture, $"- {(reply.IsRefusal ? "REFUSED" : "WRONG")} {question}\n    wanted {wanted}\n    answer {(reply.IsRefusal ? reply.Text.Split("This is beyond")[0] : reply.Text).ReplaceLineEndings(" ")}\n");
    }

    private bool Holds(string wanted, string answer) => wanted switch
    {
        "YES" => answer.StartsWith("Yes", StringComparison.Ordinal),
        "NO" => answer.StartsWith("No", StringComparison.Ordinal),
        ['r', 'o', 'w', 's', ':', .. var statement] => AnswerRows.Match(AnswerRows.Read(answer), database!.Cells(statement)),
        ['s', 'q', 'l', ':', .. var statement] => HoldsAll(database!.Values(statement), answer),
        _ => HoldsAll(wanted, answer),
    };

    private static bool HoldsAll(string values, string answer) => values.Split(" ;; ").All(v => answer.Contains(v.Trim(), StringComparison.Ordinal));
}
