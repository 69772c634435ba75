using System.Diagnostics;
using System.Text.Json;
using Agent.Evaluation;
using ModelContextProtocol;

if (Arguments.Read(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

SQLitePCL.Batteries_V2.Init();
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var results = Results.Open(arguments.Results);
if (!arguments.TableOnly)
{
    var watch = Stopwatch.StartNew();
    await using var sources = await Sources.OpenAsync(arguments, stop.Token);
    var questions = Questions.All(sources).Where(q => arguments.Kinds.Contains(q.Kind)).Where((_, i) => i % arguments.Every == 0).ToList();

    // Question by question over all arms, so that a run that is cut short has compared what it asked.
    foreach (var question in questions)
    {
        foreach (var name in arguments.Arms)
        {
            if (results.Has(name, question.Id))
            {
                continue;
            }

            if (stop.IsCancellationRequested || watch.Elapsed > arguments.Time)
            {
                Console.Error.WriteLine("Stopped; run it again to go on.");
                Report.Write(Console.Out, results.All);
                return 0;
            }

            var started = Stopwatch.GetTimestamp();
            Outcome outcome;
            try
            {
                outcome = await Arms.Create(name, sources).AskAsync(question, stop.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }
            catch (McpException e)
            {
                // No arm's fault: it is asked again by the next run.
                Console.Error.WriteLine($"{name,-26} {question.Id,-13} not asked: {e.Message}");
                continue;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or TaskCanceledException)
            {
                outcome = new Outcome(string.Empty, $"crashed: {e.Message}", 0, 0, 0);
            }

            var verdict = Scoring.Judge(question, outcome);
            results.Add(new Result(name, question.Id, question.Kind, question.Text, verdict, outcome.End, outcome.Answer, outcome.Steps, outcome.Input, outcome.Output, Stopwatch.GetElapsedTime(started).TotalSeconds));
            Console.Error.WriteLine($"{name,-26} {question.Id,-13} {verdict,-8} {Stopwatch.GetElapsedTime(started).TotalSeconds,5:0.0} s  {question.Text}");
            if (arguments.Show)
            {
                Console.Error.WriteLine($"    {outcome.End}: {outcome.Answer.ReplaceLineEndings("\n    ")}");
            }
        }
    }
}

Report.Write(Console.Out, results.All);
return 0;
