using System.Collections.Concurrent;
using System.Text.Json;
using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agent.Governance.Tests.Support;

/// <summary>A whole governance in a folder of its own, over tools that count their calls.</summary>
internal sealed class Harness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _ownsFolder;

    public Harness(string? configuration = null, string? folder = null, Action<IServiceCollection>? configure = null, ManualTime? time = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("governance-").FullName;
        Time = time ?? new ManualTime();
        Configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(configuration ?? "{}"))).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new StateFolder(Folder));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IToolHost>(Host);
        services.AddAgentGovernance(Configuration);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public string Folder { get; }

    public ManualTime Time { get; }

    public IConfigurationRoot Configuration { get; }

    public FakeHost Host { get; } = new();

    public IToolPipeline Pipeline => _services.GetRequiredService<IToolPipeline>();

    public IApprovals Approvals => _services.GetRequiredService<IApprovals>();

    public IGrants Grants => _services.GetRequiredService<IGrants>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public string AuditFolder => Path.Combine(Folder, "audit");

    public IProvenance NewProvenance(string? userTurn = "do it")
    {
        var provenance = Get<IProvenanceFactory>().Create();
        if (userTurn is not null)
        {
            provenance.AddUserTurn(userTurn);
        }

        return provenance;
    }

    public CallContext Context(IProvenance? provenance = null, PolicyMode mode = PolicyMode.Ask, string session = "s1", string run = "r1", int step = 1) => new()
    {
        SessionId = session, RunId = run, Step = step, Client = "chat", Mode = mode, Provenance = provenance ?? NewProvenance(),
    };

    public static ToolCall Call(string name, string arguments = "{}", string id = "c1") => new() { Id = id, Name = name, Arguments = Json(arguments) };

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public async Task<ToolOutcome> InvokeAsync(string name, string arguments = "{}", CallContext? context = null, string id = "c1") =>
        await Pipeline.InvokeAsync(Call(name, arguments, id), context ?? Context(), CancellationToken.None);

    public async Task<ApprovalAnswerResult> AnswerAsync(ApprovalRequest request, ApprovalVerdict verdict = ApprovalVerdict.AllowOnce, string? comment = null, string? edited = null) =>
        await Approvals.AnswerAsync(
            request.Id,
            new ApprovalAnswer { Verdict = verdict, Comment = comment, EditedArguments = edited is null ? null : Json(edited), Binding = request.Binding, AnsweredBy = "console" },
            CancellationToken.None);

    public IReadOnlyList<AuditRecord> Records() =>
        [.. LogReader.Lines(new AuditFolder(AuditFolder)).Where(l => l.Ended).Select(l => AuditRecord.Parse(l.Line))];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsFolder)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }
    }
}

/// <summary>A clock that stands still until it is moved; its timers fire when it passes them.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_gate)
        {
            _now += by;
            due = [.. _timers.Where(t => t.Due <= _now)];
            _timers.RemoveAll(due.Contains);
        }

        due.ForEach(t => t.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Tools in memory.</summary>
internal sealed class FakeHost : IToolHost
{
    private readonly ConcurrentDictionary<string, (ToolDefinition Definition, Func<JsonElement, ToolCallOptions, CancellationToken, ValueTask<ToolResult>> Run)> _tools = new();
    private int _calls;

    public event EventHandler? Changed;

    public int Calls => _calls;

    public ConcurrentQueue<(ToolId Tool, JsonElement Arguments)> Ran { get; } = new();

    public IReadOnlyList<ToolDefinition> Tools => [.. _tools.Values.Select(t => t.Definition)];

    public IReadOnlyList<ServerStatus> Servers => [];

    public FakeHost Add(string server, string name, Func<JsonElement, ToolResult>? run = null, string schema = """{"type":"object"}""", string description = "does it", ToolHints? hints = null) =>
        AddAsync(server, name, (a, _, _) => ValueTask.FromResult(run?.Invoke(a) ?? ToolResult.FromText("done")), schema, description, hints);

    public FakeHost AddAsync(
        string server, string name, Func<JsonElement, ToolCallOptions, CancellationToken, ValueTask<ToolResult>> run, string schema = """{"type":"object"}""",
        string description = "does it", ToolHints? hints = null, string? meta = null)
    {
        var id = new ToolId(server, name);
        _tools[id.ToString()] = (new ToolDefinition
        {
            Id = id, Description = description, InputSchema = Harness.Json(schema), Hints = hints ?? new ToolHints(), Meta = meta is null ? null : Harness.Json(meta),
            Hash = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id + description + schema + hints))),
        }, run);
        Changed?.Invoke(this, EventArgs.Empty);
        return this;
    }

    public ToolDefinition? Find(string name) =>
        _tools.TryGetValue(name, out var tool) ? tool.Definition : _tools.Values.Select(t => t.Definition).FirstOrDefault(t => t.Id.ModelName == name);

    public ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken)
    {
        if (!options.Preview)
        {
            Interlocked.Increment(ref _calls);
            Ran.Enqueue((tool, arguments));
        }

        return _tools[tool.ToString()].Run(arguments, options, cancellationToken);
    }
}
