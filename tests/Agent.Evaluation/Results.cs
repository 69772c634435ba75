using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Evaluation;

/// <summary>A question that was asked of an arm.</summary>
internal sealed record Result(
    string Arm, string Question, string Kind, string Text, Verdict Verdict, string End, string Answer, int Steps, long Input, long Output, double Seconds);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Result))]
internal sealed partial class ResultJson : JsonSerializerContext;

/// <summary>What was asked so far, a line each, in a file that is added to.</summary>
internal sealed class Results
{
    private readonly string file;
    private readonly List<Result> results = [];

    private Results(string file)
    {
        this.file = file;
    }

    public IReadOnlyList<Result> All => results;

    public static Results Open(string file)
    {
        var opened = new Results(file);
        if (File.Exists(file))
        {
            opened.results.AddRange(File.ReadLines(file).Where(static l => l.Length > 0).Select(static l => JsonSerializer.Deserialize(l, ResultJson.Default.Result)!));
        }

        return opened;
    }

    public bool Has(string arm, string question) => results.Exists(r => r.Arm == arm && r.Question == question);

    public void Add(Result result)
    {
        results.Add(result);
        File.AppendAllText(file, JsonSerializer.Serialize(result, ResultJson.Default.Result) + "\n");
    }
}

/// <summary>Prints the table of docs/benchmarks.md.</summary>
internal static class Report
{
    private static readonly string[] Kinds = ["chinook", "reserve", "documents", "api"];

    public static void Write(TextWriter writer, IReadOnlyList<Result> results)
    {
        writer.WriteLine("| | asked | chinook | reserve | documents | api | right | wrong | refused | calls a question | tokens in, out a question | median s |");
        writer.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var arm in Arms.Names.Where(a => results.Any(r => r.Arm == a)))
        {
            var own = results.Where(r => r.Arm == arm).ToList();
            var seconds = own.Select(static r => r.Seconds).Order().ElementAt(own.Count / 2);
            var kinds = string.Join(" | ", Kinds.Select(k => own.Where(r => r.Kind == k).ToList() is { Count: > 0 } some ? $"{some.Count(static r => r.Verdict == Verdict.Right)}/{some.Count}" : "–"));
            writer.WriteLine($"| {arm} | {own.Count} | {kinds} | {Count(own, Verdict.Right)} | {Count(own, Verdict.Wrong)} | {Count(own, Verdict.Refused)} | {own.Average(static r => r.Steps):0.0} | {own.Average(static r => r.Input):0}, {own.Average(static r => r.Output):0} | {seconds:0.0} |");
        }
    }

    private static int Count(List<Result> results, Verdict verdict) => results.Count(r => r.Verdict == verdict);
}
