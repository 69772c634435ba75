using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>
/// Says whether a text reads like instructions to the agent. It is telemetry: it worsens a label and warns on a card, and nothing is
/// ever allowed because it stayed silent.
/// </summary>
internal static partial class InjectionDetector
{
    private const int Threshold = 4;
    private const int Limit = 100_000;

    private static readonly IReadOnlyList<(Regex Pattern, int Weight, string Words)> Signs =
    [
        (Override(), 4, "tells to drop earlier instructions"),
        (Reveal(), 4, "asks for the hidden prompt or for secrets"),
        (Persona(), 4, "gives the model another role or lifts its limits"),
        (Markup(), 4, "imitates the markup of a conversation"),
        (NewTask(), 3, "announces a task of its own"),
        (Heed(), 3, "demands attention before going on"),
        (Addressed(), 2, "speaks to the model"),
        (SendOut(), 4, "asks to send something out"),
        (Conceal(), 3, "asks to keep it from the person"),
        (Urgent(), 1, "is pressing"),
        (Trivia(), 1, "ends in a question of its own"),
    ];

    /// <summary>What an instruction boils down to when letters, spacing and case are no help.</summary>
    private static readonly IReadOnlyList<string> Squeezed =
    [
        .. new[]
        {
            "ignoreallprevious", "ignorepreviousinstructions", "disregardprevious", "forgetpreviousrules", "forgetprevious", "revealthesystemprompt", "revealthehidden",
            "revealsystemprompt", "systempromptand", "secretlookingvalues", "bypassapproval", "sendcustomer", "sendthesecrets", "exfiltrate", "overridethesystem",
            "disablesafety", "isanadministrator", "fetchtenant", "approvethenexttool", "customertoattacker", "toattacker",
        }.Select(TextNormalizer.Squeeze),
    ];

    /// <summary>What speaks for it; empty where it reads like any text.</summary>
    public static IReadOnlyList<string> Find(string text)
    {
        var plain = TextNormalizer.Normalize(text.Length > Limit ? text[..Limit] : text);
        IReadOnlyList<string> best = [];
        var most = 0;
        foreach (var window in Windows(WithoutQuotes(plain.Text)))
        {
            var weight = plain.Tricks.Count > 0 ? 1 : 0;
            List<string>? found = null;
            foreach (var (pattern, value, words) in Signs)
            {
                if (pattern.IsMatch(window))
                {
                    weight += value;
                    (found ??= []).Add(words);
                }
            }

            if (found is not null && weight > most)
            {
                (most, best) = (weight, found);
            }
        }

        if (most < Threshold && Disguised(plain.Text) && !Discusses(plain.Text))
        {
            (most, best) = (Threshold, ["spells an instruction in disguise"]);
        }

        return most >= Threshold ? [.. best, .. plain.Tricks.Select(t => $"hides behind {t}")] : [];
    }

    private static bool Disguised(string text)
    {
        var squeezed = TextNormalizer.Squeeze(text);
        return Squeezed.Any(s => squeezed.Contains(s, StringComparison.Ordinal));
    }

    /// <summary>A text that speaks about attacks quotes them; what stands in quotes there is not said to the model.</summary>
    private static string WithoutQuotes(string text) => Discusses(text) ? Quoted().Replace(text, "…") : text;

    private static bool Discusses(string text) => Discussion().IsMatch(text) && Quoted().IsMatch(text);

    /// <summary>Signs count together only where they stand together: a long document holds every word somewhere.</summary>
    private static IEnumerable<string> Windows(string text)
    {
        const int size = 600;
        for (var start = 0; start < Math.Max(1, text.Length); start += size / 2)
        {
            yield return text.Substring(start, Math.Min(size, text.Length - start));
            if (start + size >= text.Length)
            {
                yield break;
            }
        }
    }

    [GeneratedRegex(@"\b(examples?|phrases?|patterns?|detect(or|ion|s)?|attacks?|quotes?|quoted|literal|prompt[- ]injection|samples?|documentation|analysts?|fixture|lesson|module|regression|threat|guidance|trainer)\b", Options)]
    private static partial Regex Discussion();

    [GeneratedRegex(@"(?<!\w)'[^'\n]{4,120}'(?!\w)|""[^""\n]{4,120}""|`[^`\n]{4,120}`|“[^”\n]{4,120}”", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    [GeneratedRegex(@"\b(ignor(e|ing)|disregard|forget|override|bypass|do not follow|don't follow|stop following|skip|drop|cancel)\b[^.\n]{0,40}\b(previous|prior|above|earlier|preceding|all|any|your|the|system|initial|original|safety)\b[^.\n]{0,30}\b(instructions?|iunstructions|prompts?|rules?|directions?|guidelines?|commands?|directives?|context|constraints?|polic(y|ies)|filters?|everything)\b", Options)]
    private static partial Regex Override();

    [GeneratedRegex(@"\b(reveal|print|show|repeat|output|display|leak|expose|disclose|tell me|give me|return|dump|what (is|are)|include)\b[^.\n]{0,50}\b((system|hidden|initial|secret|developer|original|internal) (prompt|message|instructions?|rules|polic(y|ies))|secret[- ]looking|credentials|api keys?|passwords?|secret key|not to reveal)", Options)]
    private static partial Regex Reveal();

    [GeneratedRegex(@"\b(do anything now|DAN mode|developer mode|jailbr(eak|oken)|you are now|from now on,? you|act as (an? )?(unrestricted|evil|uncensored|different)|pretend (to be|you are|that you)|no (longer )?(restrictions|limits|filters|rules|limitations)|without (any )?(restrictions|limits|filters|limitations)|unfiltered|uncensored|stay in character|content policy|you will (simulate|play|act)|roleplay|opposite mode|\bAIM\b)", Options)]
    private static partial Regex Persona();

    [GeneratedRegex(@"<\|?(im_start|im_end|system|endoftext|eot_id|start_header_id)|\[/?INST\]|<</?SYS>>|###\s*\(?(system|instruction|human|assistant|user)|<(/)?(information|instructions?|important|system|admin|tool_call|function_call|assistant)>|\b(BEGIN|START|END) (OF )?(SYSTEM|INSTRUCTIONS?|PROMPT)|\{\{#?(system|user|assistant)|\n(system|assistant|human|user):\s", Options)]
    private static partial Regex Markup();

    [GeneratedRegex(@"\b(new|additional|next|following|upcoming|urgent|important|critical|essential|vital|special|extra|another|key|primary|main|immediate|crucial|secret|supplementary|forthcoming|further|more|added|unexpected|high-priority|mandatory|following up|below|ensuing|subsequent|priority|time-sensitive)\b[^.\n]{0,40}\b(tasks?|instructions?|directives?|assignments?|missions?|dut(y|ies)|orders?|commands?|directions?|objectives?|to-?dos?|responsibilit(y|ies)|workload|agenda|checklist|steps?|actions?|request|quer(y|ies)|prompts?|guidelines|guidance|briefing|mandate|role|job|activity|challenge|items?|undertakings?|tasking|list|protocol|component|endeavou?r|procedures?)\b", Options)]
    private static partial Regex NewTask();

    [GeneratedRegex(@"\b(stop (what|in|right|everything|and|here|reading)|pause|halt|hold (on|up|your|tight|the)|wait|attention|listen (up|closely|carefully)|take (note|heed|notice|action)|pay (close )?attention|heed|brace|prepare (to|for|yourself)|get ready|be (ready|prepared|advised|aware|on)|stand (by|prepared|ready)|before (you|we|proceeding|continuing|going|diving|moving|anything)|don'?t (proceed|continue|skip|ignore|overlook|miss)|listen|look alive|heads up|focus|ready yourself|gear up|buckle|alert|notice|must (now|be|complete|follow|do|take|read|perform|carry|address)|it'?s time|time to|your (next|turn)|read (this|the|on|carefully)|follow(ing)? (the|these|this)|proceed (to|with)|remember|eyes|without (delay|fail|hesitation)|immediately|right away|promptly|at once)\b", Options)]
    private static partial Regex Heed();

    [GeneratedRegex(@"\b(as an AI|language model|AI (assistant|model|agent)|assistant|chatbot|\bLLM\b|chatgpt|\bGPT|claude|(to|dear|hey|hello|hi),? (you, )?(AI|model|assistant|agent)|your (instructions|response|answer|output|task|training|guidelines|programming|developers?|duties|workload|plate|mission|attention|reply|to-do)|you('re| are)( about)? to|you (must|should|need to|have to|will|shall|may not|are required|can now))\b", Options)]
    private static partial Regex Addressed();

    [GeneratedRegex(@"\b(send|email|e-mail|forward|post|upload|transfer|exfiltrate|share|submit|transmit|wire|fetch)\b[^.\n]{0,80}(\b(to|at|via)\b[^.\n]{0,20}([\w.+-]+@[\w-]+\.|https?://|www\.)|\btenant|\b[A-Z]{2}\d{10,})", Options)]
    private static partial Regex SendOut();

    [GeneratedRegex(@"\b((do not|don'?t|never) (tell|inform|mention|notify|alert|show|reveal|let)[^.\n]{0,30}\b(user|human|person|anyone|this|owner|know)|without (telling|informing|asking|notifying|permission|approval|confirmation)|without asking me|secretly|silently|covertly)\b", Options)]
    private static partial Regex Conceal();

    [GeneratedRegex(@"(!{2,}|\bURGENT|\bIMPORTANT|\bCRITICAL|\bATTENTION|\bWARNING|\bSTOP\b|\bALERT\b|>>>|<<<|\*\*\*|—[A-Z]|^\s*\[)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Urgent();

    [GeneratedRegex(@"\b(what|who|where|when|which|how|name|mention|state|list|write|tell|give|compute|calculate|translate|spell|identify|describe|convert|recall|do you)\b[^.!\n]{3,140}[?.]\s*$", Options)]
    private static partial Regex Trivia();
}
