using System.Text.Json.Nodes;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Web;

/// <summary>How well an operation answers a request, and with which arguments.</summary>
internal sealed record OperationMatch(OfferedTool Tool, JsonObject Arguments, IReadOnlyList<string> Missing, double Score)
{
    /// <summary>The words of the request that arguments or the operation's own words account for.</summary>
    public required IReadOnlySet<int> Accounted { get; init; }

    /// <summary>What the rows that come back must hold.</summary>
    public IReadOnlyList<string> RowWords { get; init; } = [];

    private const int MostValues = 3;

    /// <summary>Reads the request against one operation; null where some of its words are none of the operation's.</summary>
    public static OperationMatch? Read(OfferedTool tool, OperationRequest request)
    {
        var filler = new ArgumentFiller(tool, request);
        var (arguments, missing) = filler.Fill();
        var own = Identifier.Split(tool.LocalName).Where(static w => w.Length > 1).ToList();
        var described = Words(tool.Description).Concat(tool.Parameters.SelectMany(static p => Identifier.Split(p.Name).Concat(Words(p.Description)))).Concat(filler.BodyWords).ToHashSet(StringComparer.Ordinal);
        var accounted = new HashSet<int>(filler.Used);
        var named = new HashSet<string>(StringComparer.Ordinal);
        var matters = 0;
        var matched = 0.0;
        for (var i = 0; i < request.Tokens.Count; i++)
        {
            var token = request.Tokens[i];
            foreach (var word in own)
            {
                if (token.Kind == TokenKind.Word && WordMatch.Score(token.Lower, word) >= WordMatch.Abbreviation)
                {
                    named.Add(word);
                }
            }

            if (!request.Matters(i))
            {
                continue;
            }

            matters++;
            if (accounted.Contains(i))
            {
                matched += 1;
            }
            else if (token.Kind == TokenKind.Word && (Best(token.Lower, own) is >= WordMatch.Abbreviation || Best(token.Lower, described) is >= WordMatch.Abbreviation || filler.ResultWords.Any(w => WordMatch.Score(token.Lower, w) >= WordMatch.Abbreviation)))
            {
                matched += Best(token.Lower, own) >= WordMatch.Abbreviation ? 1 : 0.85;
                accounted.Add(i);
            }
        }

        var byChoice = tool.Parameters.Any(static p => p.Required) && missing.Count == 0 && tool.Parameters.Where(static p => p.Required).All(static p => p.Values.Count > 0);
        var byCode = filler.UsedCodes > 0 && matters > 0;
        // "with Northline": what no argument takes may be a value of the rows that come back.
        var values = tool.IsReadOnly && matters - accounted.Count(request.Matters) <= MostValues
            ? Enumerable.Range(1, Math.Max(0, request.Tokens.Count - 1)).Where(i => request.Matters(i) && !accounted.Contains(i) && request.Tokens[i] is { IsCapitalised: true, Kind: TokenKind.Word } word && !Calendar.IsMonth(word) || request.Matters(i) && !accounted.Contains(i) && request.Tokens[i] is { Kind: TokenKind.Quoted }).ToList() : [];
        if ((named.Count == 0 && !byCode && !byChoice) || (matters == 0 && filler.UsedCodes == 0) || accounted.Count(request.Matters) + values.Count < matters)
        {
            return null;
        }

        // Of two that account for all, the one whose own name and arguments are the more of it.
        var score = (matters == 0 ? 1 : matched / matters) + (0.5 * named.Count / own.Count) + (0.25 * arguments.Count) - (0.4 * missing.Count) - (request.Codes.Count > filler.UsedCodes ? 1 : 0) - (0.5 * values.Count);
        return new OperationMatch(tool, arguments, missing, score) { Accounted = accounted, RowWords = [.. values.Select(i => request.Tokens[i].Text)] };
    }

    private static double Best(string word, IEnumerable<string> words) => words.Select(w => WordMatch.Score(word, w)).DefaultIfEmpty().Max();

    private static IEnumerable<string> Words(string text) => Tokenizer.Read(text).Where(static t => t.Kind == TokenKind.Word && t.Lower.Length > 1).SelectMany(static t => Identifier.Split(t.Text));
}
