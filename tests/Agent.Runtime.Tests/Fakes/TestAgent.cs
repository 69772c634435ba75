using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agent.Runtime.Tests.Fakes;

/// <summary>The loop over fakes of its contracts, with a state folder of its own.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly bool _ownsFolder;

    public TestAgent(
        ScriptedModel model, StateFolder? folder = null, FakeApprovals? approvals = null, Dictionary<string, string?>? settings = null, IGuardrails? guardrails = null,
        TimeProvider? time = null)
    {
        Model = model;
        Time = time ?? TimeProvider.System;
        _ownsFolder = folder is null;
        Folder = folder ?? new StateFolder(Directory.CreateTempSubdirectory("agent-runtime-").FullName);
        Approvals = approvals ?? new FakeApprovals();
        Pipeline = new FakePipeline(Host, Approvals);
        var services = new ServiceCollection();
        services.AddLogging(b => b.AddProvider(Log));
        services.AddSingleton<IChatClient>(model);
        services.AddSingleton<IToolPipeline>(Pipeline);
        services.AddSingleton<IToolHost>(Host);
        services.AddSingleton<IApprovals>(Approvals);
        services.AddSingleton<IProvenanceFactory>(new FakeProvenance());
        services.AddSingleton(Folder);
        services.AddSingleton(Time);
        if (guardrails is not null)
        {
            services.AddSingleton(guardrails);
        }

        services.AddAgentRuntime(new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build());
        _provider = services.BuildServiceProvider();
        Pipeline.LocalTools = [.. _provider.GetServices<ILocalTool>()];
    }

    public ScriptedModel Model { get; }

    public StateFolder Folder { get; }

    public ErrorLog Log { get; } = new();

    /// <summary>Whether an error of the program is what the test is about.</summary>
    public bool ExpectsErrors { get; init; }

    public FakeHost Host { get; } = new();

    public FakeApprovals Approvals { get; }

    public FakePipeline Pipeline { get; }

    public TimeProvider Time { get; }

    public IAgentRunner Runner => _provider.GetRequiredService<IAgentRunner>();

    public ISessionStore Store => _provider.GetRequiredService<ISessionStore>();

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public async Task<(RunResult Result, List<RunEvent> Events)> RunAsync(
        string prompt, string? session = null, ApprovalHandling approvals = ApprovalHandling.Deny, Budget? budget = null, CancellationToken cancellationToken = default)
    {
        var request = new RunRequest { Prompt = prompt, SessionId = session, Client = "test", Approvals = approvals, Budget = budget };
        return await CollectAsync(Runner.RunAsync(request, cancellationToken));
    }

    public Task<(RunResult Result, List<RunEvent> Events)> ResumeAsync(string session, ApprovalHandling approvals = ApprovalHandling.Wait) =>
        CollectAsync(Runner.ResumeAsync(session, "test", approvals, null, CancellationToken.None));

    public Task<(RunResult Result, List<RunEvent> Events)> CompactAsync(string session) =>
        CollectAsync(Runner.CompactAsync(session, "test", null, CancellationToken.None));

    private async Task<(RunResult Result, List<RunEvent> Events)> CollectAsync(IAsyncEnumerable<RunEvent> stream)
    {
        List<RunEvent> events = [];
        await foreach (var item in stream)
        {
            events.Add(item);
        }

        if (!ExpectsErrors && Log.Errors.TryPeek(out var error))
        {
            throw new InvalidOperationException("The program failed: " + error.Message, error);
        }

        return (Assert.IsType<RunEvent.Completed>(events[^1]).Result, events);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder)
        {
            Directory.Delete(Folder.Path, recursive: true);
        }
    }
}
