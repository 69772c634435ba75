using System.Collections.Concurrent;
using Agent.Tools.Hosting;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Web.Apis;

/// <summary>
/// The configured APIs and their tools. One whose document cannot be had does not take the others down: it is asked for again,
/// with growing pauses, and its tools appear when it answers.
/// </summary>
internal sealed partial class ApiRegistry : IAsyncDisposable
{
    // How long a client waits for its list of tools; what takes longer is added later.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<NamedSource> _sources;
    private readonly ApiLoader _loader;
    private readonly ToolRegistry _tools;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Api> _loaded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase) { "fetch", "http_request", "list_apis", "download", SearchTools.SearchName, SearchTools.CallName };
    private readonly ConcurrentDictionary<string, ApiEntry> _operations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _adding = new();
    private Task[] _loads = [];
    private bool _searching;

    /// <summary>A registry.</summary>
    public ApiRegistry(IReadOnlyList<NamedSource> sources, ApiLoader loader, ToolRegistry tools, TimeProvider time, ILogger logger)
    {
        _sources = sources;
        _loader = loader;
        _tools = tools;
        _time = time;
        _logger = logger;
    }

    /// <summary>Loads the APIs; returns when all are loaded, have failed once, or take too long.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_sources.Count == 0)
        {
            return;
        }

        _tools.Add(new ListApisTool(_sources, _loaded.GetValueOrDefault, _failures.GetValueOrDefault).Tool);
        var first = _sources.Select(source => LoadAsync(source, _stop.Token)).ToArray();
        var settled = Task.WhenAll(first);
        await Task.WhenAny(settled, Task.Delay(StartLimit, _time, cancellationToken));
        // Tools appear in the order of the configuration, whoever was first.
        foreach (var load in first.Where(load => load.IsCompletedSuccessfully))
        {
            if (await load is { } api)
            {
                Add(api);
            }
        }

        var late = first.Where(load => !load.IsCompletedSuccessfully).ToArray();
        _loads = [.. late.Select(AddLateAsync), .. _sources.Where(s => _failures.ContainsKey(s.Name)).Select(RetryAsync)];
    }

    /// <summary>The operation that is offered under a name, as a tool of its own or through <c>call_operation</c>; null where there is none.</summary>
    public ApiEntry? Find(string name) => _operations.TryGetValue(name, out var entry) ? entry : null;

    /// <summary>The names of operations that are nearest to one that is none.</summary>
    public IReadOnlyList<string> Nearest(string name) => NearestNames.Find(name, _operations.Keys);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var api in _loaded.Values)
        {
            api.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AddLateAsync(Task<Api?> load)
    {
        if (await load is { } api)
        {
            Add(api);
        }
    }

    private async Task RetryAsync(NamedSource source)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, _time, _stop.Token);
            if (await LoadAsync(source, _stop.Token) is { } api)
            {
                Add(api);
                return;
            }
        }
    }

    private async Task<Api?> LoadAsync(NamedSource source, CancellationToken cancellationToken)
    {
        try
        {
            // Parsing is work: several documents are read side by side.
            var api = await Task.Run(() => _loader.LoadAsync(source, cancellationToken), cancellationToken);
            _loaded[source.Name] = api;
            _failures.TryRemove(source.Name, out _);
            return api;
        }
        catch (Exception e) when (e is ToolException || (e is not OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var problem = e is ToolException ? e.Message : $"The API {source.Name} cannot be loaded ({e.GetType().Name}).";
            if (!_failures.TryGetValue(source.Name, out var told) || told != problem)
            {
                LogMissing(_logger, problem);
            }

            _failures[source.Name] = problem;
            return null;
        }
    }

    private void Add(Api api)
    {
        lock (_adding)
        {
            if (api.OffersTools)
            {
                var tools = OperationTools.Of(api, _sources.Count > 1, _taken).ToList();
                foreach (var (tool, operation) in tools.Zip(api.Operations))
                {
                    _operations.TryAdd(tool.Name, new ApiEntry(api, operation, tool.Name));
                }

                _tools.Add(tools);
                return;
            }

            if (_searching)
            {
                _tools.Remove(SearchTools.SearchName);
                _tools.Remove(SearchTools.CallName);
            }

            _searching = true;
            var search = new SearchTools([.. _sources.Select(s => _loaded.GetValueOrDefault(s.Name)).OfType<Api>().Where(a => !a.OffersTools)], _sources.Count > 1);
            foreach (var entry in search.Entries)
            {
                _operations.TryAdd(entry.Name, entry);
            }

            _tools.Add(search.Tools.ToList());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogMissing(ILogger logger, string problem);
}
