using Microsoft.Extensions.AI;

namespace Agent;

/// <summary>
/// What a chat client of ours says beside the exchange types, by the keys of their <c>AdditionalProperties</c>.
/// </summary>
public static class ModelKeys
{
    /// <summary>
    /// On a <see cref="ChatResponseUpdate"/>, <c>true</c>: every update before this one in the same stream is void, because the
    /// stream broke and is tried again. Such an update has no contents. <see cref="IsReset"/> reads it.
    /// </summary>
    public const string Reset = "agent.reset";

    /// <summary>
    /// On a <see cref="ChatResponseUpdate"/> without contents, a <see cref="ModelAttempt"/>: an attempt ended. The last update of a
    /// stream carries the one that answered. <see cref="Attempt"/> reads it.
    /// </summary>
    public const string AttemptEnded = "agent.attempt";

    /// <summary>On a <see cref="ChatResponse"/> got without streaming: every <see cref="ModelAttempt"/>, as an <see cref="IReadOnlyList{T}"/>.</summary>
    public const string Attempts = "agent.attempts";

    /// <summary>On a <see cref="FunctionCallContent"/>, <c>true</c>: the call was read out of text. <see cref="IsReadFromText"/> reads it.</summary>
    public const string ReadFromText = "agent.read_from_text";

    /// <summary>
    /// On a <see cref="FunctionCallContent"/>, a string: what arrived as arguments where it was not one JSON object (cut off, or no
    /// JSON); the call's <see cref="FunctionCallContent.Exception"/> says what is wrong.
    /// </summary>
    public const string RawArguments = "agent.raw_arguments";

    /// <summary>
    /// On a <see cref="ChatResponseUpdate"/>, a <see cref="DamagedCall"/>: the text is an attempted call that could not be read as
    /// one. The loop answers it with the problem instead of showing it as an answer.
    /// </summary>
    public const string Damaged = "agent.damaged_call";

    /// <summary>
    /// On <see cref="ChatOptions"/>, a string: a GBNF grammar the answer must follow, where the model has
    /// <see cref="ModelCapabilities.Grammar"/>; ignored elsewhere. Not together with tools.
    /// </summary>
    public const string Grammar = "agent.grammar";

    /// <summary>
    /// On <see cref="ChatOptions"/>, an <see cref="IReadOnlyList{T}"/> of <see cref="AITool"/>: every tool that the run may call, in full,
    /// where the model itself is offered some of them in short. Only for a client in this process that helps a small model
    /// (<see cref="ModelProfile.IsHelped"/>); a call of such a tool carries <see cref="Purpose"/>.
    /// </summary>
    public const string EveryTool = "agent.every_tool";

    /// <summary>
    /// On a <see cref="FunctionCallContent"/>, one of <see cref="CallPurpose"/>: the call was not written by the model but made in this
    /// process on its behalf. <see cref="PurposeOf"/> reads it.
    /// </summary>
    public const string Purpose = "agent.purpose";

    /// <summary>On a <see cref="FunctionCallContent"/> that is a draft, an <see cref="int"/>: how many votes it has. <see cref="VotesOf"/> reads it.</summary>
    public const string Votes = "agent.votes";

    /// <summary>
    /// On a <see cref="FunctionCallContent"/> that is a draft, an <see cref="int"/>: how many drafts beside it were written and not run.
    /// <see cref="DiscardedOf"/> reads it.
    /// </summary>
    public const string Discarded = "agent.discarded";

    /// <summary>On a <see cref="ChatResponseUpdate"/>, a <see cref="HelpGiven"/>: who wrote the turn, where it was not the model alone.</summary>
    public const string Help = "agent.help";

    /// <summary>Whether everything before this update is void.</summary>
    /// <param name="update">The update.</param>
    /// <returns>True for a reset.</returns>
    public static bool IsReset(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.AdditionalProperties is { } more && more.TryGetValue(Reset, out var value) && value is true;
    }

    /// <summary>The attempt that ended with this update.</summary>
    /// <param name="update">The update.</param>
    /// <returns>The attempt; null where none ended.</returns>
    public static ModelAttempt? Attempt(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.AdditionalProperties is { } more && more.TryGetValue(AttemptEnded, out var value) ? value as ModelAttempt : null;
    }

    /// <summary>What a call is for that was made on a small model's behalf, also after the content went through JSON.</summary>
    /// <param name="call">The call.</param>
    /// <returns>One of <see cref="CallPurpose"/>; null for a call of the model's own.</returns>
    public static string? PurposeOf(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.AdditionalProperties is { } more && more.TryGetValue(Purpose, out var value)
            ? value as string ?? (value is System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.String } text ? text.GetString() : null)
            : null;
    }

    /// <summary>How many votes a draft has, also after the content went through JSON.</summary>
    /// <param name="call">The call.</param>
    /// <returns>At least 1.</returns>
    public static int VotesOf(FunctionCallContent call) => NumberOf(call, Votes, 1);

    /// <summary>How many drafts beside one were written and not run, also after the content went through JSON.</summary>
    /// <param name="call">The call.</param>
    /// <returns>At least 0.</returns>
    public static int DiscardedOf(FunctionCallContent call) => NumberOf(call, Discarded, 0);

    private static int NumberOf(FunctionCallContent call, string key, int otherwise)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.AdditionalProperties is { } more && more.TryGetValue(key, out var value)
            ? value as int? ?? (value is System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Number } number ? number.GetInt32() : otherwise)
            : otherwise;
    }

    /// <summary>Whether a call was read out of text. True also after the content went through JSON.</summary>
    /// <param name="call">The call.</param>
    /// <returns>True where it was.</returns>
    public static bool IsReadFromText(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.AdditionalProperties is { } more && more.TryGetValue(ReadFromText, out var value)
            && value is true or System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.True };
    }
}

/// <summary>What a call is for that was made on a small model's behalf.</summary>
public static class CallPurpose
{
    /// <summary>It looks something up on the way: a schema, the values of a column.</summary>
    public const string Lookup = "lookup";

    /// <summary>It is one of several drafts of the same statement; the result that most of them agree on is kept.</summary>
    public const string Draft = "draft";

    /// <summary>It answers the request.</summary>
    public const string Answer = "answer";
}

/// <summary>Who wrote a turn of a small model, where it was not the model alone.</summary>
/// <param name="By">In words for the person: <c>the offline planner</c>, <c>the model's drafts</c>.</param>
/// <param name="Call">The id of the call that the answer rests on; null where there was no vote.</param>
/// <param name="Drafts">How many drafts were voted on; 0 where there was no vote.</param>
/// <param name="Agreed">How many of them agree on the result.</param>
public sealed record HelpGiven(string By, string? Call = null, int Drafts = 0, int Agreed = 0);

/// <summary>Text that is shaped like a call and cannot run as it stands.</summary>
/// <param name="Name">The name it gives; it may name no tool.</param>
/// <param name="Arguments">What it gives as arguments, as it stands.</param>
/// <param name="Problem">One sentence for the model: what is wrong.</param>
public sealed record DamagedCall(string Name, string Arguments, string Problem)
{
    /// <summary>Whether it names a tool that was offered and only its arguments are wrong, so that correct ones can be shown.</summary>
    public bool BreaksSchema { get; init; }
}
