using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>Questions of servers go to whoever asked for the run, and the time that takes is not the run's.</summary>
internal sealed record TimedQuestions(IServerQuestions Asked, RunClock Clock) : IServerQuestions
{
    public JsonElement Capabilities => Asked.Capabilities;

    public string? LogLevel => Asked.LogLevel;

    public void Log(string server, JsonElement message) => Asked.Log(server, message);

    public async ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        Clock.BeginWait();
        try
        {
            return await Asked.AskAsync(server, questions, cancellationToken);
        }
        finally
        {
            Clock.EndWait();
        }
    }
}
