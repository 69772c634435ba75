using System.Globalization;
using System.Text;
using Agent.Models.Tests.Offline.Bench;

namespace Agent.Models.Tests.Offline;

/// <summary>A file of questions with what their answers must hold, asked one after another and scored.</summary>
internal sealed class QuestionSet(string name, IReadOnlyList<BenchTool> tools, Func<string, string>? compute = null)
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
        var values = wanted switch
        {
            "REFUSE" => null,
            ['R', 'E', 'F', 'U', 'S', 'E', '|', .. var rest] => rest,
            ['s', 'q', 'l', ':', .. var statement] => compute!(statement),
            _ => wanted,
        };
        if (reply.IsRefusal)
        {
            _ = mayRefuse ? Right++ : Refused++;
        }
        else if (values is not null && values.Split(" ;; ").All(v => reply.Text.Contains(v.Trim(), StringComparison.Ordinal)))
        {
            Right++;
        }
        else
        {
            Wrong++;
        }

        if (reply.IsRefusal != mayRefuse || (!reply.IsRefusal && values?.Split(" ;; ").All(v => reply.Text.Contains(v.Trim(), StringComparison.Ordinal)) != true))
        {
            _notes.Append(CultureInfo.InvariantCulture, $"- {question}\n    wanted {values ?? "a refusal"}\n    answer {reply.Text.ReplaceLineEndings(" ")}\n");
        }
    }
}
