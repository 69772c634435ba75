using System.Diagnostics;
using System.Globalization;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;
using Agent.Tools.Web.Security;
using Agent.Tools.Web.Tests.OpenApi;

namespace Agent.Benchmarks.Web;

/// <summary>
/// Reads every OpenAPI document below a folder as the server would, makes all of its tools, checks each as a client would, and says
/// how well operations are found by words that are not theirs.
/// </summary>
internal static class WebBenchmark
{
    private const double MostSeconds = 2;

    private static readonly WebClient Unused = new(
        new WebOptions(), new UrlRules([], [], [443], []), new GuardedConnector(GuardedConnector.SystemResolver, []).CreateHandler(), new HostPace(1, 1, TimeProvider.System), TimeProvider.System);

    public static async Task<int> RunAsync(string folder, TextWriter output)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".json" or ".yaml" or ".yml")
            .Order(StringComparer.Ordinal)
            .ToList();
        var times = new List<(double Milliseconds, string File)>();
        var (operations, empty) = (0, 0);
        var faults = new List<string>();
        foreach (var file in files)
        {
            var start = Stopwatch.GetTimestamp();
            var name = Path.GetRelativePath(folder, file);
            try
            {
                var location = new Uri(Path.GetFullPath(file));
                var description = await SpecLoader.LoadAsync(location, new SpecFolder(location).ReadAsync, default);
                // What the server does before it is ready: each operation's tool, or the two that stand in for many.
                using var api = new Api("api", new ApiOptions(), description, Unused, new CredentialStore(description.SecuritySchemes, new Dictionary<string, SecretOptions>(), Unused.SendAsync, TimeProvider.System));
                var tools = api.OffersTools ? OperationTools.Of(api, prefixed: false, new HashSet<string>()) : new SearchTools([api], prefixed: false).Tools;
                _ = tools.Sum(t => t.InputSchema.Length);

                times.Add((Stopwatch.GetElapsedTime(start).TotalMilliseconds, name));
                operations += description.Operations.Count;
                empty += description.Operations.Count == 0 ? 1 : 0;
                if (ValidTools.Fault(description) is { } fault)
                {
                    faults.Add($"{name}: {fault}");
                }
            }
            catch (SpecFormatException e)
            {
                faults.Add($"{name}: {e.Message}");
            }
        }

        times.Sort();
        await output.WriteLineAsync($"{files.Count} documents, {operations} operations, {empty} without any");
        await output.WriteLineAsync($"valid tools from {Share(files.Count - faults.Count, files.Count)}; more than {MostSeconds} s: {times.Count(t => t.Milliseconds > MostSeconds * 1000)}");
        if (times.Count > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"ready with its tools: median {times[times.Count / 2].Milliseconds:0} ms, p99 {times[(int)(times.Count * 0.99)].Milliseconds:0} ms, slowest {times[^1].Milliseconds:0} ms ({times[^1].File})"));
        }

        foreach (var fault in faults)
        {
            await output.WriteLineAsync($"  {fault}");
        }

        await RankAsync(folder, output);
        return 0;
    }

    private static async Task RankAsync(string folder, TextWriter output)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Web", "queries.tsv"));
        foreach (var document in lines.Where(l => l.Length > 0).Select(l => l.Split('\t')).GroupBy(l => l[0]))
        {
            var file = Path.Combine(folder, document.Key + ".json");
            if (!File.Exists(file))
            {
                continue;
            }

            using var api = await new ApiLoader(new WebOptions(), GuardedConnector.SystemResolver, new HostPace(1, 1, TimeProvider.System), TimeProvider.System)
                .LoadAsync(new NamedSource("api", file), default);
            var search = new OperationSearch([.. api.Operations.Select(o => new ApiEntry(api, o, o.Name))]);
            var (first, eight, missed) = (0, 0, new List<string>());
            foreach (var query in document)
            {
                var found = search.Find(query[1], _ => true);
                var rank = found.ToList().FindIndex(e => $"{e.Operation.Method} {e.Operation.Path}" == query[2]);
                first += rank == 0 ? 1 : 0;
                eight += rank is >= 0 and < 8 ? 1 : 0;
                if (rank is < 0 or >= 8)
                {
                    missed.Add($"  \"{query[1]}\": {query[2]} is {(rank < 0 ? "not found" : $"number {rank + 1}")}; first {(found.Count == 0 ? "nothing" : $"{found[0].Operation.Method} {found[0].Operation.Path}")}");
                }
            }

            await output.WriteLineAsync($"{document.Key}, {api.Operations.Count} operations: {document.Count()} queries, first {Share(first, document.Count())}, among eight {Share(eight, document.Count())}");
            missed.ForEach(output.WriteLine);
        }
    }

    private static string Share(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} ({(whole == 0 ? 0 : 100.0 * part / whole):0.0} %)");
}
