using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;
using Agent.Json;

namespace Agent.Governance.Approvals;

/// <summary>
/// What a grant covers, in one byte form: what the call may do, its method, and every critical argument with its value, switches and
/// empty lists included, so that a grant for one call never covers another that means more.
/// </summary>
internal static class GrantScope
{
    public static string Of(CallFacts call)
    {
        var scope = Audit.AuditData.Object(w =>
        {
            w.WriteString("effects", call.Effects.ToString().ToLowerInvariant());
            if (call.Method is { } method)
            {
                w.WriteString("method", method);
            }

            w.WriteStartArray("critical");
            foreach (var (place, value) in FieldPath.Leaves(call.Arguments, withEmpty: true).Where(l => call.Declaration.IsCritical(l.Place)))
            {
                // The place step by step: joined by dots, a member called "a.b" would stand for the b of an a.
                w.WriteStartArray();
                foreach (var step in place)
                {
                    w.WriteStringValue(step);
                }

                value.WriteTo(w);
                w.WriteEndArray();
            }

            w.WriteEndArray();
        });
        return System.Text.Encoding.UTF8.GetString(CanonicalJson.GetBytes(scope));
    }

    /// <summary>The critical arguments of a stored scope, as a person reads them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Arguments(string scope)
    {
        try
        {
            using var document = JsonDocument.Parse(scope);
            return [.. document.RootElement.GetProperty("critical").EnumerateArray().Select(entry =>
            {
                var parts = entry.EnumerateArray().ToList();
                var place = parts[..^1].ConvertAll(p => p.GetString()!);
                return KeyValuePair.Create(FieldPath.Format(place), Provenance.Scalar(parts[^1]) ?? parts[^1].GetRawText());
            })];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            return [];
        }
    }
}
