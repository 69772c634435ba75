using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Governance.Guardrails;
using Agent.Governance.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Governance.Tests.Guardrails;

/// <summary>Measures the detectors. The detector of injections is telemetry: its floor only guards against breaking it.</summary>
public sealed class MeasurementTests(ITestOutputHelper output)
{
    [SharedDataFact("attacks")]
    public void InjectionDetector_OnCollectedTexts_KeepsItsRecallAndFalseAlarms()
    {
        var folder = SharedData.Find("attacks") ?? throw new InvalidOperationException("CI needs ../shared/data/attacks.");
        var recall = Rates(Path.Combine(folder, "attacks.jsonl"), "recall");
        var alarms = Rates(Path.Combine(folder, "benign.jsonl"), "false alarms");

        Assert.InRange(recall, 0.85, 1);
        Assert.InRange(alarms, 0, 0.15);
    }

    [SharedDataFact("pii")]
    public void SensitiveData_OnGeneratedSentences_KeepsItsF1()
    {
        var path = Path.Combine(SharedData.Find("pii") ?? throw new InvalidOperationException("CI needs ../shared/data/pii."), "generated_small.json");
        var rows = JsonNode.Parse(File.ReadAllText(path))!.AsArray();
        var names = new Dictionary<string, string>
        {
            ["CREDIT_CARD"] = "credit_card", ["IBAN_CODE"] = "iban", ["US_SSN"] = "us_ssn", ["EMAIL_ADDRESS"] = "email", ["PHONE_NUMBER"] = "phone", ["IP_ADDRESS"] = "ip_address",
        };
        foreach (var (type, kind) in names)
        {
            var (hit, missed, wrong) = (0, 0, 0);
            foreach (var row in rows)
            {
                var text = row!["full_text"]!.ToString();
                var expected = row["spans"]!.AsArray().Where(s => s!["entity_type"]!.ToString() == type)
                    .Select(s => (Start: (int)s!["start_position"]!, End: (int)s["end_position"]!)).ToList();
                var found = SensitiveData.Find(text).Where(f => f.Kind == kind).Select(f => (Start: f.Start, End: f.Start + f.Length)).ToList();
                var matched = expected.Count(e => found.Exists(f => f.Start < e.End && e.Start < f.End));
                hit += matched;
                missed += expected.Count - matched;
                foreach (var f in found.Where(f => !expected.Exists(e => f.Start < e.End && e.Start < f.End)))
                {
                    wrong++;
                    output.WriteLine($"  wrong {kind}: {text[f.Start..f.End]} in {text}");
                }

                foreach (var e in expected.Where(e => !found.Exists(f => f.Start < e.End && e.Start < f.End)))
                {
                    output.WriteLine($"  missed {kind}: {text[e.Start..e.End]}");
                }
            }

            var f1 = hit + missed + wrong == 0 ? 1 : 2.0 * hit / ((2 * hit) + missed + wrong);
            output.WriteLine($"{type}: F1 {f1:F2} ({hit} found, {missed} missed, {wrong} wrong)");
            Assert.InRange(f1, 0.9, 1);
        }
    }

    private double Rates(string path, string what)
    {
        var rows = File.ReadLines(path).Select(l => JsonNode.Parse(l)!).Select(r => (Source: r["source"]!.ToString(), Hit: InjectionDetector.Find(r["text"]!.ToString()).Count > 0)).ToList();
        foreach (var group in rows.GroupBy(r => r.Source))
        {
            output.WriteLine($"{what} {group.Key}: {group.Count(r => r.Hit)} of {group.Count()} ({100.0 * group.Count(r => r.Hit) / group.Count():F1} %)");
        }

        var rate = (double)rows.Count(r => r.Hit) / rows.Count;
        output.WriteLine($"{what} in all: {100 * rate:F1} %");
        return rate;
    }
}
