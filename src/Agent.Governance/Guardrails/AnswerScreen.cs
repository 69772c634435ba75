using System.Text;
using System.Text.RegularExpressions;
using Agent.Governance.Labels;
using Agent.Governance.Policy;

namespace Agent.Governance.Guardrails;

/// <summary>Screens an answer as it streams: what could still become a secret, a link or an image is held back until it is whole.</summary>
internal sealed partial class AnswerScreen(PolicySet policy, CallContext context, string marker) : IAnswerScreen
{
    private const int MaxHeld = 16 << 10;

    private readonly StringBuilder _held = new();
    private readonly StringBuilder _tail = new();
    private readonly SortedSet<string> _findings = new(StringComparer.Ordinal);
    private bool _refused;

    public string Push(string delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        _held.Append(delta);
        var text = _held.ToString();
        var safe = text.Length > MaxHeld ? text.Length : SafeLength(text);
        if (safe == 0 || _refused)
        {
            return string.Empty;
        }

        _held.Remove(0, safe);
        return Screen(text[..safe]);
    }

    public ScreenedText Finish()
    {
        var rest = _refused ? string.Empty : Screen(_held.ToString());
        _held.Clear();
        return _refused
            ? new ScreenedText("The answer is withheld because it holds something that may not be shown.", [.. _findings], Refused: true)
            : new ScreenedText(rest, [.. _findings]);
    }

    private string Screen(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        // A canary may fall across two pieces.
        var joined = _tail.ToString() + text;
        if (SensitiveArguments.Canary(joined, policy.Guardrails, marker))
        {
            _findings.Add("The answer repeated a text that must never leave; it was taken out.");
            text = policy.Guardrails.Canaries.Append(marker).Aggregate(text, (t, c) => t.Replace(c, "[removed]", StringComparison.OrdinalIgnoreCase));
        }

        _tail.Clear().Append(joined.Length > 256 ? joined[^256..] : joined);
        var found = SensitiveData.Find(text);
        var masked = found.Where(f => policy.Guardrails.InAnswers(f) != GuardAction.Allow).ToList();
        foreach (var item in masked)
        {
            _refused |= policy.Guardrails.InAnswers(item) is GuardAction.Deny or GuardAction.Ask;
            _findings.Add($"The answer held a {item.Kind.Replace('_', ' ')}; it was {(_refused ? "withheld" : "masked")}.");
        }

        if (_refused)
        {
            return string.Empty;
        }

        text = SensitiveData.Mask(text, masked);
        return context.Provenance.Label.Integrity == Integrity.Untrusted ? Defuse(text) : text;
    }

    /// <summary>After untrusted text was read, an address that nobody named could carry data out in itself.</summary>
    private string Defuse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal) && !text.Contains("](", StringComparison.Ordinal) && !text.Contains("]:", StringComparison.Ordinal) && !text.Contains('<', StringComparison.Ordinal))
        {
            return text;
        }

        text = Image().Replace(text, m => Allowed(m.Groups["url"].Value, image: true) ? m.Value : Removed("image", m.Groups["text"].Value, m.Groups["url"].Value));
        text = Html().Replace(text, m => Allowed(m.Groups["url"].Value, image: true) ? m.Value : Removed("link", string.Empty, m.Groups["url"].Value));
        text = Link().Replace(text, m => Allowed(m.Groups["url"].Value, image: false) ? m.Value : Removed("link", m.Groups["text"].Value, m.Groups["url"].Value));
        return Bare().Replace(text, m => Allowed(m.Value, image: false) ? m.Value : Removed("link", string.Empty, m.Value));
    }

    private bool Allowed(string url, bool image)
    {
        var trimmed = url.TrimEnd('.', ',', ';', ':', '!', '?', ')', '\'', '"');
        if (!trimmed.Contains("://", StringComparison.Ordinal) && !trimmed.StartsWith("//", StringComparison.Ordinal) && !trimmed.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return !image || !trimmed.Contains(':', StringComparison.Ordinal);
        }

        if (context.Provenance is not Provenance provenance)
        {
            return false;
        }

        var origin = provenance.Find(trimmed, new ToolId("answer", "link"), policy.Trusted);
        return origin.Trusted || (!image && provenance.HasSeen(trimmed));
    }

    private string Removed(string what, string text, string url)
    {
        var host = Uri.TryCreate(url.StartsWith("//", StringComparison.Ordinal) ? "https:" + url : url, UriKind.Absolute, out var uri) ? uri.Host : "unknown";
        _findings.Add($"The answer held {(what == "image" ? "an image" : "a link")} to {host} that nobody named; it was taken out.");
        return $"{text}{(text.Length > 0 ? " " : string.Empty)}[{what} to {host} removed]";
    }

    /// <summary>How much of the text cannot change any more: up to the last word, and no further than an open bracket, tag or key block.</summary>
    private static int SafeLength(string text)
    {
        var safe = text.Length;
        while (safe > 0 && !char.IsWhiteSpace(text[safe - 1]))
        {
            safe--;
        }

        var key = text.LastIndexOf("-----BEGIN", StringComparison.Ordinal);
        if (key >= 0 && text.IndexOf("-----END", key, StringComparison.Ordinal) < 0)
        {
            safe = Math.Min(safe, key);
        }

        if (OpenAt(text) is { } open)
        {
            safe = Math.Min(safe, open);
        }

        while (safe > 0 && safe < text.Length && Continues(text, safe))
        {
            // The word before goes with it, whole.
            safe = text.AsSpan(0, safe).TrimEnd().Length;
            while (safe > 0 && !char.IsWhiteSpace(text[safe - 1]))
            {
                safe--;
            }
        }

        return safe;
    }

    /// <summary>Where a link, an image or a tag begins that is not whole yet; null where none does.</summary>
    private static int? OpenAt(string text)
    {
        const int longest = 4500;
        var bracket = text.LastIndexOf('[');
        if (bracket >= 0 && text.Length - bracket < longest)
        {
            var close = text.IndexOf(']', bracket);
            var whole = close >= 0 && close + 1 < text.Length && (text[close + 1] != '(' || text.IndexOf(')', close) >= 0);
            if (!whole)
            {
                return bracket > 0 && text[bracket - 1] == '!' ? bracket - 1 : bracket;
            }
        }

        var tag = text.LastIndexOf('<');
        var opens = tag >= 0 && text.Length - tag < longest && (tag + 1 == text.Length || char.IsAsciiLetter(text[tag + 1]) || text[tag + 1] is '/' or '!');
        return opens && text.IndexOf('>', tag) < 0 ? tag : text.EndsWith('!') ? text.Length - 1 : null;
    }

    /// <summary>Whether digits or a word like <c>password:</c> just before could still be joined by what follows.</summary>
    private static bool Continues(string text, int safe)
    {
        var before = text.AsSpan(0, safe).TrimEnd();
        return before.Length > 0 && (char.IsAsciiDigit(before[^1]) || before[^1] is ':' or '=' || before.EndsWith("bearer", StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex(@"!\[(?<text>[^\]]{0,500})\]\(\s*<?(?<url>[^\s)>]{1,4000})>?[^)]{0,500}\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Image();

    [GeneratedRegex(@"(?<!!)\[(?<text>[^\]]{0,500})\]\(\s*<?(?<url>[^\s)>]{1,4000})>?[^)]{0,500}\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"<[a-z][^>]{0,500}(?:src|href|background|poster|action|data)\s*=\s*[""']?(?<url>[^\s""'>]{1,4000})[^>]{0,500}>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Html();

    [GeneratedRegex(@"\b(?:https?|ftp)://[^\s<>""'\])]{1,4000}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Bare();
}
