using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Context;

/// <summary>
/// What goes to the model: the system's words, then turns that every provider takes. The only ways in are a request, a model's
/// message, and the results of all its calls at once; so a call never stands without its result. Each message carries its label.
/// </summary>
internal sealed class Conversation
{
    private readonly List<ChatMessage> _messages = [];
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);
    private long _measured;
    private bool _leavesOutHelp;

    /// <summary>The messages, the system's first.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>The size of all messages in <see cref="TokenEstimator"/>'s units.</summary>
    public long Measured => _measured;

    /// <summary>
    /// Whether calls made on the model's behalf are left out of what it is sent. They then take no room: it must not be made for
    /// what the model never sees, least of all by dropping what was just looked up for it.
    /// </summary>
    public bool LeavesOutHelp
    {
        get => _leavesOutHelp;
        set
        {
            if (_leavesOutHelp == value)
            {
                return;
            }

            _leavesOutHelp = value;
            _measured = 0;
            for (var i = 0; i < _messages.Count; i++)
            {
                _entries[i] = _entries[i] with { Measured = Measure(_messages[i]) };
                _measured += _entries[i].Measured;
            }
        }
    }

    /// <summary>Whether the last message is the model's, so that a request may follow.</summary>
    public bool EndsWithAssistant => _messages.Count > 0 && _messages[^1].Role == ChatRole.Assistant;

    /// <summary>The join of every label in it.</summary>
    public Label Label { get; private set; } = Label.Bottom;

    public Label LabelAt(int index) => _entries[index].Label;

    public int MeasureAt(int index) => _entries[index].Measured;

    /// <summary>Whether the model is not sent the result of a call.</summary>
    public bool IsLeftOut(string callId) => _leavesOutHelp && _helped.Contains(callId);

    public void SetSystem(string text)
    {
        var message = new ChatMessage(ChatRole.System, text);
        if (_messages.Count == 0)
        {
            Append(message, Label.Bottom);
            return;
        }

        if (_messages[0].Text != text)
        {
            Replace(0, message, Label.Bottom);
        }
    }

    public void AddUser(ChatMessage message, Label label)
    {
        // Two turns of one side in a row are refused by some providers: what follows a turn of ours is part of it.
        if (_messages.Count > 0 && _messages[^1].Role == ChatRole.User)
        {
            var last = _messages[^1];
            Replace(_messages.Count - 1, new ChatMessage(ChatRole.User, [.. last.Contents, .. message.Contents]), _entries[^1].Label.Join(label));
            return;
        }

        Append(message, label);
    }

    public void AddAssistant(ChatMessage message, Label label) => Append(message, label);

    /// <summary>The results of every call of the message before, in its order. What is shown is sent; the whole is there for a model in this process.</summary>
    public void AddResults(IReadOnlyList<(string CallId, string Shown, JsonElement Raw, Label Label)> results)
    {
        var contents = new List<AIContent>(results.Count);
        var label = Label.Bottom;
        foreach (var (id, shown, raw, resultLabel) in results)
        {
            contents.Add(new FunctionResultContent(id, shown) { RawRepresentation = new ToolResult { Raw = raw, Label = resultLabel } });
            label = label.Join(resultLabel);
        }

        Append(new ChatMessage(ChatRole.Tool, contents), label);
    }

    /// <summary>Puts other words in the place of some results; ids that are not there are ignored.</summary>
    public void ReplaceResults(IReadOnlyDictionary<string, string> shown)
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            if (_messages[i].Role != ChatRole.Tool || !_messages[i].Contents.Any(c => c is FunctionResultContent r && shown.ContainsKey(r.CallId)))
            {
                continue;
            }

            // The label stays: what is left of a bad text is no better than the text.
            Replace(
                i,
                new ChatMessage(ChatRole.Tool, [.. _messages[i].Contents.Select(c =>
                    c is FunctionResultContent r && shown.TryGetValue(r.CallId, out var text) ? new FunctionResultContent(r.CallId, text) : c)]),
                _entries[i].Label);
        }
    }

    /// <summary>Puts a summary in the place of the messages from 1 to before <paramref name="end"/>, under the join of their labels.</summary>
    public void Compact(int end, ChatMessage summary)
    {
        var label = Label.Bottom;
        for (var i = 1; i < end; i++)
        {
            label = label.Join(_entries[i].Label);
            _measured -= _entries[i].Measured;
        }

        _messages.RemoveRange(1, end - 1);
        _entries.RemoveRange(1, end - 1);
        var measured = TokenEstimator.Measure(summary);
        if (_messages.Count > 1 && _messages[1].Role == ChatRole.User)
        {
            var next = _messages[1];
            Replace(1, new ChatMessage(ChatRole.User, [.. summary.Contents, .. next.Contents]), label.Join(_entries[1].Label));
            return;
        }

        _messages.Insert(1, summary);
        _entries.Insert(1, new Entry(measured, label));
        _measured += measured;
    }

    private void Append(ChatMessage message, Label label)
    {
        foreach (var call in message.Contents.OfType<FunctionCallContent>().Where(static c => ModelKeys.PurposeOf(c) is not null))
        {
            _helped.Add(call.CallId);
        }

        var measured = Measure(message);
        _messages.Add(message);
        _entries.Add(new Entry(measured, label));
        _measured += measured;
        Label = Label.Join(label);
    }

    private void Replace(int index, ChatMessage message, Label label)
    {
        var measured = Measure(message);
        _measured += measured - _entries[index].Measured;
        _messages[index] = message;
        _entries[index] = new Entry(measured, label);
        Label = Label.Join(label);
    }

    private int Measure(ChatMessage message)
    {
        if (!_leavesOutHelp || !message.Contents.Any(IsHelp))
        {
            return TokenEstimator.Measure(message);
        }

        var left = message.Contents.Where(c => !IsHelp(c)).ToList();
        return left.Count == 0 ? 0 : TokenEstimator.Measure(new ChatMessage(message.Role, left));
    }

    private bool IsHelp(AIContent content) =>
        content is FunctionCallContent call ? _helped.Contains(call.CallId) : content is FunctionResultContent result && _helped.Contains(result.CallId);

    private readonly record struct Entry(int Measured, Label Label);
}
