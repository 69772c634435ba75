using System.Text.Json;
using Agent.Json;
using Agent.Runtime.Answers;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The answer: held to a schema where one was asked for, completed from the results where a small model only describes them.</summary>
internal sealed partial class AgentRun
{
    /// <summary>A longer request holds the text that it is about, in characters.</summary>
    private const int LongestQuestion = 400;

    private const string CalledInVain = "I could not look this up: no call brought anything.";

    private JsonSchema? _schema;
    private bool _repaired;

    /// <summary>Whether the answer can rest on something: a call of the model's that succeeded, or help.</summary>
    private bool _rests;

    /// <summary>Whether the last turn was not the model's alone.</summary>
    private bool _wasHelped;

    /// <summary>Results that may hold the rows asked for, the last one last; read only where an answer lacks them.</summary>
    private readonly List<(string CallId, string Tool, ToolResult Result)> _data = [];

    private async Task<RunResult?> AnswerAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = ShownText;
        if (_schema is not null)
        {
            var problems = StructuredAnswer.Check(_texts[^1], _schema, out var value);
            if (problems.Count > 0)
            {
                return await RepairAsync(problems);
            }

            if (value != answer)
            {
                Emit(new RunEvent.TextReset());
                Emit(new RunEvent.TextDelta(value));
            }

            answer = value;
        }
        else if (IsUnfounded && _step == 1)
        {
            // Not every server holds its model to a call that is demanded.
            _texts.Clear();
            Emit(new RunEvent.TextReset());
            Note("You called nothing, so you know nothing yet. Call one of the tools.");
            return null;
        }
        else if (Doubt() is { } doubt)
        {
            answer = $"{doubt}\n\n{answer}";
            Emit(new RunEvent.TextReset());
            Emit(new RunEvent.TextDelta(answer));
        }
        else if (IsSmall && Completion(answer) is { } completion)
        {
            Emit(new RunEvent.TextDelta("\n\n" + completion));
            answer = $"{answer}\n\n{completion}";
        }

        var stop = _final?.Stop ?? RunStop.Answered;
        return await CloseAsync(stop == RunStop.Answered && _refused ? RunStop.ApprovalRefused : stop, answer, isModelText: true);
    }

    /// <summary>
    /// A model that must call something first, and none of whose calls came to anything, has nothing to answer from; unless the
    /// person gave it the text, or an earlier request brought some.
    /// </summary>
    private bool IsUnfounded =>
        _model.Profile.ForceFirstCall && !_rests && _runs == 1 && _offered.Declarations.Count > 0
        && _request.Prompt.Length <= LongestQuestion && _start.Request is { Attachments.Count: 0 };

    /// <summary>What stands before an answer that a small model may have made up; null where it has something to rest on.</summary>
    private string? Doubt() =>
        IsUnfounded ? $"{CalledInVain} What {_model} says without a source may be invented:"
        : IsSmall && !_wasHelped && _data.Count == 0 && _final?.Stop == RunStop.LimitReached ? $"{LimitSentence()} What {_model} says all the same rests on no result of this request and may be invented:"
        : null;

    /// <summary>What is said where a small model has nothing to say once tools are withheld.</summary>
    private string NothingFound() =>
        $"{(_rests ? "What was looked up does not answer this." : CalledInVain)} Ask in other words, or choose another model with --model.";

    /// <summary>An answer that breaks the schema is sent back once.</summary>
    private async Task<RunResult?> RepairAsync(IReadOnlyList<string> problems)
    {
        var what = string.Join(" ", problems.Take(5));
        if (_repaired || _final?.Stop == RunStop.LimitReached)
        {
            return await CloseAsync(
                RunStop.Failed, $"The model's answer does not satisfy the output schema: {what} Try again, a simpler schema, or another model with --model.");
        }

        _repaired = true;
        _texts.Clear();
        Emit(new RunEvent.TextReset());
        Withhold(RunStop.Answered, $"Your answer does not satisfy the schema: {what} Write the whole JSON value again, corrected, and nothing else.");
        return null;
    }

    /// <summary>What an answer rests on, where it does not give it itself: the words of a document, or the values of a result.</summary>
    private string? Completion(string answer)
    {
        var question = _request.Prompt;
        for (var i = _data.Count - 1; i >= 0; i--)
        {
            var (callId, tool, result) = _data[i];
            if (ResultPassage.Read(result.Structured, result.Text, tool, question) is { } passage)
            {
                return passage.IsGivenIn(answer) ? null : passage.ToMarkdown();
            }

            ResultTable?[] found = result.Structured is { } structured ? [ResultTable.ReadFields(structured), ResultTable.Read(structured)] : [];
            var tables = found.OfType<ResultTable>().ToList();
            if (tables.Count > 0)
            {
                var shown = string.Join("\n\n", tables.Select(static t => t.ToMarkdown()));
                return tables.Exists(t => t.IsGivenIn(answer, question)) ? null
                    : _sources.SourceOf(callId) is { } source ? $"{shown}\n\nSource: {source}"
                    : shown;
            }
        }

        return null;
    }

    /// <summary>Tells the person and the audit who wrote a turn where it was not the model alone, and how a vote went.</summary>
    private async ValueTask TakeHelpAsync(HelpGiven help)
    {
        if (help.Call is not { } call)
        {
            return;
        }

        Emit(new RunEvent.Notice($"{help.Agreed} of {help.Drafts} drafts agree on the result."));
        await RecordVoteAsync(help, call);
    }

    private bool IsSmall => _model.Profile.Compact || _model.Profile.WithholdToolsAfterData;

    private void ReadSchema()
    {
        if (_request.OutputSchema is not { } schema)
        {
            return;
        }

        _schema = JsonSchema.Parse(schema);
        if (!HoldsToSchema && _start.Request is not null)
        {
            Note(StructuredAnswer.Instruction(schema));
        }
    }

    private bool HoldsToSchema => _model.Capabilities.HasFlag(ModelCapabilities.JsonSchema);

    /// <summary>A small model's server holds every answer to the schema, calls too, so it is asked to only once tools are withheld.</summary>
    private ChatResponseFormat? ResponseFormat =>
        _request.OutputSchema is { } schema && HoldsToSchema && (!IsSmall || _final is not null || _offered.Declarations.Count == 0)
            ? ChatResponseFormat.ForJsonSchema(schema, "answer")
            : null;

    /// <summary>Remembers what came, for an answer that only describes it.</summary>
    private void KeepData(CallState call)
    {
        if (HoldsData(call) && call.Tool is { Hints.ReadOnly: true } && call.Result is { } result)
        {
            _data.Add((call.Call.Id, call.Tool!.Id.ToString(), result));
        }
    }
}
