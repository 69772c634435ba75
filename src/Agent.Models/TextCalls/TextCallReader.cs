using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Agent.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.TextCalls;

/// <summary>
/// Decides which passages of a model's text are calls: those that name a tool that was offered, whose arguments pass its schema, and
/// that the model writes for the first time. What stands in the conversation already (a tool's result, a file, the person's words) and
/// is only repeated is never one.
/// </summary>
internal sealed class TextCallReader
{
    private const int MaxLayers = 4;

    /// <summary>OpenAI's models put a tool's name behind this when they write a call as text.</summary>
    private const string Namespace = "functions.";

    private readonly FrozenDictionary<string, AIFunctionDeclaration> tools;
    private readonly Lazy<HashSet<string>> foreign;
    private readonly Lazy<string> foreignText;

    /// <summary>Makes a reader for one request.</summary>
    /// <param name="tools">The tools that were offered.</param>
    /// <param name="messages">The conversation.</param>
    public TextCallReader(IEnumerable<AITool> tools, IReadOnlyList<ChatMessage> messages)
    {
        this.tools = tools.OfType<AIFunctionDeclaration>().DistinctBy(t => t.Name).ToFrozenDictionary(t => t.Name);
        foreignText = new Lazy<string>(() => string.Join('\n', Foreign(messages).SelectMany(Unescaped).Select(Plain)));
        foreign = new Lazy<HashSet<string>>(() => [.. Foreign(messages).SelectMany(Unescaped).SelectMany(CallNotation.FindAnywhere).Where(c => c.Arguments is not null).Select(Identity)]);
    }

    /// <summary>Whether there is anything to call.</summary>
    public bool Any => tools.Count > 0;

    /// <summary>Reads a text.</summary>
    /// <param name="text">What the model wrote.</param>
    /// <param name="damaged">The first passage that is meant as a call and cannot run; null where there is none.</param>
    /// <returns>The calls, with where they stand.</returns>
    public List<(WrittenCall Written, FunctionCallContent Call)> Read(string text, out DamagedCall? damaged)
    {
        damaged = null;
        var calls = new List<(WrittenCall, FunctionCallContent)>();
        foreach (var written in CallNotation.Find(text))
        {
            if (Problem(text, written, out var arguments, out var breaksSchema) is { } problem)
            {
                damaged ??= new DamagedCall(written.Name, written.Arguments?.GetRawText() ?? text[written.Start..written.End], problem) { BreaksSchema = breaksSchema };
                continue;
            }

            var call = ToolCallAssembler.Create(null, tools[Name(written.Name)!].Name, arguments.GetRawText(), cutOff: false);
            call.AdditionalProperties = new AdditionalPropertiesDictionary { [ModelKeys.ReadFromText] = true };
            calls.Add((written, call));
        }

        return calls;
    }

    /// <summary>Where a text first becomes a call that the model wrote itself, also one that cannot run; -1 where it does not. What it quotes is none.</summary>
    /// <param name="text">What the model wrote.</param>
    public int IndexOfCall(string text) => CallNotation.Find(text).Find(written => !IsCopied(text, written))?.Start ?? -1;

    /// <summary>What keeps a passage from being a call; null where nothing does.</summary>
    private string? Problem(string text, WrittenCall written, out JsonElement arguments, out bool breaksSchema)
    {
        arguments = default;
        breaksSchema = false;
        if (Name(written.Name) is not { } name)
        {
            return $"There is no tool '{written.Name}'; the tools are {string.Join(", ", tools.Keys.OrderByDescending(k => Likeness(k, written.Name)).ThenBy(k => k, StringComparer.Ordinal).Take(5))}.";
        }

        if (written.Arguments is not { ValueKind: JsonValueKind.Object } given)
        {
            return $"The arguments of '{name}' are not one whole JSON object; write them as {{\"name\": value, …}}, and shorter where they were cut off.";
        }

        if (IsCopied(text, written))
        {
            return $"The call of '{name}' is copied from text that you were given, and is not run.";
        }

        try
        {
            if (JsonSchema.Parse(tools[name].JsonSchema).Validate(given) is [var error, ..])
            {
                breaksSchema = true;
                return $"The arguments of '{name}' break its schema{(error.Path.Length > 0 ? $" at {error.Path}" : "")}: {error.Message}";
            }
        }
        catch (FormatException)
        {
            return $"The schema of '{name}' cannot be read, so a call of it that is written as text is not run.";
        }

        arguments = given;
        return null;
    }

    /// <summary>Whether somebody else wrote it: looked for in its passage and by its sense, since the same call in another notation is still theirs.</summary>
    private bool IsCopied(string text, WrittenCall written) =>
        Unescaped(text[written.Start..written.End]).Any(passage => foreignText.Value.Contains(Plain(passage), StringComparison.Ordinal)) || foreign.Value.Contains(Identity(written));

    /// <summary>The offered tool of a name: as it stands, or in the form a person sees (<c>files.read_file</c>).</summary>
    private string? Name(string written) =>
        tools.ContainsKey(written) ? written
        : written.StartsWith(Namespace, StringComparison.Ordinal) && tools.ContainsKey(written[Namespace.Length..]) ? written[Namespace.Length..]
        : written.Replace(".", "__", StringComparison.Ordinal) is var model && tools.ContainsKey(model) ? model : null;

    /// <summary>
    /// Everything that the model read, its own words of earlier turns too: they were no call then, and may quote a result that is no
    /// longer in the window.
    /// </summary>
    private static IEnumerable<string> Foreign(IReadOnlyList<ChatMessage> messages) => messages
        .SelectMany(m => m.Contents)
        .Select(c => c is FunctionResultContent result ? WireJson.ResultText(result) : WireJson.TextOf(c))
        .Where(t => t.Length > 0);

    /// <summary>A text as it stands, and as it reads once each layer of quoting is off: a file's words come inside a result's strings.</summary>
    private static IEnumerable<string> Unescaped(string text)
    {
        yield return text;
        for (var layer = 0; layer < MaxLayers && text.Contains('\\', StringComparison.Ordinal); layer++)
        {
            text = Unescape(text);
            yield return text;
        }
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
            }
            else if (text[++i] == 'u' && i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                i += 4;
            }
            else
            {
                plain.Append(text[i] switch { 'n' or 'r' => '\n', 't' => '\t', var other => other });
            }
        }

        return plain.ToString();
    }

    /// <summary>Equal for one call in whatever notation, spelling of the name and order of its arguments.</summary>
    private static string Identity(WrittenCall call)
    {
        var name = call.Name.StartsWith(Namespace, StringComparison.Ordinal) ? call.Name[Namespace.Length..] : call.Name;
        return name.Replace(".", "__", StringComparison.Ordinal) + " " + (call.Arguments is { } arguments ? Plain(Unescape(Ordered(arguments))) : string.Empty);
    }

    private static string Ordered(JsonElement arguments)
    {
        try
        {
            return Encoding.UTF8.GetString(CanonicalJson.GetBytes(arguments));
        }
        catch (FormatException)
        {
            // A name that stands twice, half a character: compared as it is written.
            return arguments.GetRawText();
        }
    }

    /// <summary>Without what a copy may change: space, quotes, escapes.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && c is not ('"' or '\\' or '\'' or '`'))
            {
                plain.Append(c);
            }
        }

        return plain.ToString();
    }

    /// <summary>How alike two names are: the share of their pairs of letters that they have in common.</summary>
    private static double Likeness(string a, string b)
    {
        static HashSet<string> Pairs(string text) => [.. Enumerable.Range(0, Math.Max(0, text.Length - 1)).Select(i => text.Substring(i, 2).ToLowerInvariant())];
        var (first, second) = (Pairs(a), Pairs(b));
        return first.Count + second.Count == 0 ? 0 : 2.0 * first.Intersect(second).Count() / (first.Count + second.Count);
    }
}
