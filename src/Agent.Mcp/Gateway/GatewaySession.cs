using System.Collections.Concurrent;
using System.Security.Cryptography;
using Agent.Json;

namespace Agent.Mcp.Gateway;

/// <summary>One client's session: what its context holds by what it was given, and what it waits for.</summary>
internal sealed class GatewaySession(string? user, string client, IProvenance provenance, int maxConcurrentCalls, TimeProvider time) : IDisposable
{
    private const int MaxClientName = 48;
    private const int MaxWaiting = 64;
    private readonly ConcurrentDictionary<string, (string ApprovalId, string RunId)> waiting = new(StringComparer.Ordinal);
    private long lastUse = time.GetTimestamp();

    public string Id { get; } = $"mcp-{NewId()}";

    /// <summary>Who authenticated; null on stdio and where nobody had to.</summary>
    public string? User => user;

    /// <summary><c>mcp:</c> and the client's name, as rules name it.</summary>
    public string Client { get; private set; } = client;

    public IProvenance Provenance => provenance;

    public SemaphoreSlim Room { get; } = new(maxConcurrentCalls);

    /// <summary>The least level of a server's log messages that the client wants (older protocol); null wants none.</summary>
    public string? LogLevel { get; set; }

    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref lastUse));

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>A client's own word for itself, made fit for rules, logs and screens. It is a name, never a proof.</summary>
    public static string NameOf(string? claimed)
    {
        var name = string.Concat((claimed ?? string.Empty).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ' ' or '/' or '@').Take(MaxClientName)).Trim();
        return $"mcp:{(name.Length == 0 ? "unknown" : name)}";
    }

    public void Use(string client)
    {
        Client = client;
        Volatile.Write(ref lastUse, time.GetTimestamp());
    }

    public CallContext Context(
        string runId,
        IProgress<ToolProgress>? progress = null,
        IServerQuestions? questions = null) => new()
    {
        SessionId = Id,
        RunId = runId,
        Client = Client,
        Provenance = provenance,
        Progress = progress,
        Questions = questions,
    };

    /// <summary>Remembers a call whose question nobody answered in time, so that the same call asked again goes on with it.</summary>
    public void Remember(ToolCall call, string approvalId, string runId)
    {
        if (waiting.Count < MaxWaiting)
        {
            waiting[Key(call)] = (approvalId, runId);
        }
    }

    public (string ApprovalId, string RunId)? Recall(ToolCall call) =>
        !waiting.IsEmpty && waiting.TryRemove(Key(call), out var found) ? found : null;

    public void Dispose() => Room.Dispose();

    private static string Key(ToolCall call) => $"{call.Name}\n{CanonicalJson.Digest(call.Arguments)}";
}
