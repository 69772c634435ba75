using System.Numerics;
using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>Whether a kind of value is a credential or says something of a person.</summary>
internal enum SensitiveGroup
{
    /// <summary>A credential.</summary>
    Secret,

    /// <summary>Something of a person.</summary>
    Personal,
}

/// <summary>A sensitive value in a text.</summary>
/// <param name="Kind">What it is, for example <c>credit_card</c>.</param>
/// <param name="Group">Credential or personal.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
internal readonly record struct Sensitive(string Kind, SensitiveGroup Group, int Start, int Length);

/// <summary>Finds credentials and personal data by their form, and where the form has a checksum, by that too.</summary>
internal static partial class SensitiveData
{
    private static readonly IReadOnlyList<Detector> Detectors =
    [
        new("private_key", SensitiveGroup.Secret, PrivateKey()),
        new("anthropic_key", SensitiveGroup.Secret, AnthropicKey()),
        new("openai_key", SensitiveGroup.Secret, OpenAiKey()),
        new("aws_key", SensitiveGroup.Secret, AwsKey()),
        new("github_token", SensitiveGroup.Secret, GitHubToken()),
        new("gitlab_token", SensitiveGroup.Secret, GitLabToken()),
        new("slack_token", SensitiveGroup.Secret, SlackToken()),
        new("google_key", SensitiveGroup.Secret, GoogleKey()),
        new("stripe_key", SensitiveGroup.Secret, StripeKey()),
        new("npm_token", SensitiveGroup.Secret, NpmToken()),
        new("hugging_face_token", SensitiveGroup.Secret, HuggingFaceToken()),
        new("azure_key", SensitiveGroup.Secret, AzureKey()),
        new("sendgrid_key", SensitiveGroup.Secret, SendGridKey()),
        new("jwt", SensitiveGroup.Secret, Jwt()),
        new("url_password", SensitiveGroup.Secret, UrlPassword(), Group: "secret"),
        new("bearer_token", SensitiveGroup.Secret, Bearer(), Group: "secret"),
        new("credential", SensitiveGroup.Secret, Assignment(), m => IsCredential(m.Groups["secret"].ValueSpan), "secret"),
        new("credit_card", SensitiveGroup.Personal, Card(), m => IsCard(m.ValueSpan)),
        new("iban", SensitiveGroup.Personal, Iban(), m => IsIban(m.Value)),
        new("us_ssn", SensitiveGroup.Personal, Ssn(), m => IsSsn(m.ValueSpan)),
        new("email", SensitiveGroup.Personal, Email()),
        new("ip_address", SensitiveGroup.Personal, IpAddress(), m => IsPublicAddress(m.ValueSpan)),
        new("phone", SensitiveGroup.Personal, Phone(), m => IsPhone(m.Value)),
    ];

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Detectors.Select(d => d.Kind)];

    /// <summary>What stands in a text, in its order, without overlaps; the kind that is named first wins.</summary>
    public static IReadOnlyList<Sensitive> Find(string text, SensitiveGroup? group = null)
    {
        List<Sensitive>? found = null;
        foreach (var detector in Detectors)
        {
            if (group is { } wanted && detector.Of != wanted)
            {
                continue;
            }

            for (var match = detector.Pattern.Match(text); match.Success; match = match.NextMatch())
            {
                var part = detector.Group is { } name ? match.Groups[name] : (Group)match;
                if (part.Length > 0 && (detector.Check is null || detector.Check(match))
                    && found?.Exists(f => part.Index < f.Start + f.Length && f.Start < part.Index + part.Length) != true)
                {
                    (found ??= []).Add(new Sensitive(detector.Kind, detector.Of, part.Index, part.Length));
                }
            }
        }

        found?.Sort((a, b) => a.Start.CompareTo(b.Start));
        return found ?? (IReadOnlyList<Sensitive>)[];
    }

    /// <summary>Replaces what was found by its kind in brackets.</summary>
    public static string Mask(string text, IReadOnlyList<Sensitive> found)
    {
        if (found.Count == 0)
        {
            return text;
        }

        var masked = new System.Text.StringBuilder(text.Length);
        var at = 0;
        foreach (var item in found)
        {
            masked.Append(text, at, item.Start - at).Append('[').Append(item.Kind.Replace('_', ' ')).Append(']');
            at = item.Start + item.Length;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    internal static bool IsCard(ReadOnlySpan<char> text)
    {
        var sum = 0;
        var digits = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            var digit = text[i] - '0';
            if ((digits++ & 1) == 1)
            {
                digit *= 2;
                digit = digit > 9 ? digit - 9 : digit;
            }

            sum += digit;
        }

        return digits is >= 13 and <= 19 && sum % 10 == 0 && text.IndexOfAnyExcept("0- ") >= 0;
    }

    internal static bool IsIban(string text)
    {
        var compact = text.Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        if (compact.Length is < 15 or > 34)
        {
            return false;
        }

        var number = BigInteger.Zero;
        foreach (var c in compact[4..] + compact[..4])
        {
            number = char.IsAsciiDigit(c) ? (number * 10) + (c - '0') : (number * 100) + (c - 'A' + 10);
        }

        return number % 97 == 1;
    }

    private static bool IsSsn(ReadOnlySpan<char> text)
    {
        var area = int.Parse(text[..3], System.Globalization.CultureInfo.InvariantCulture);
        return area is not (0 or 666) and < 900 && text[4..6] is not "00" && text[7..11] is not "0000";
    }

    private static bool IsPublicAddress(ReadOnlySpan<char> text)
    {
        Span<byte> parts = stackalloc byte[4];
        var i = 0;
        foreach (var range in text.Split('.'))
        {
            if (i == 4 || !byte.TryParse(text[range], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out parts[i++]))
            {
                return false;
            }
        }

        // Loopback, private and version-like numbers say nothing of a person.
        return i == 4 && parts[0] is not (0 or 10 or 127 or >= 224) && !(parts[0] == 192 && parts[1] == 168) && !(parts[0] < 10 && parts[3] < 10);
    }

    private static bool IsPhone(string text)
    {
        var main = text.Split('x', 'X')[0];
        var digits = main.Count(char.IsAsciiDigit);
        if (digits is < 7 or > 15 || DateLike().IsMatch(text))
        {
            return false;
        }

        if (SsnLike().IsMatch(text))
        {
            return false;
        }

        var groups = main.Split([' ', '.', '-', '(', ')', '+'], StringSplitOptions.RemoveEmptyEntries);

        // A number of thousands, a version or a list of years is no telephone number.
        var marked = main.StartsWith('+') || main.StartsWith('(') || main.StartsWith('0');
        return groups.Length >= 2 && (marked || groups.Length >= 3) && !(groups.Length >= 2 && !marked && groups.Skip(1).All(g => g.Length == 3) && main.Contains(' ', StringComparison.Ordinal))
            && !Array.TrueForAll(groups, g => g.Length == 4 && (g.StartsWith("19", StringComparison.Ordinal) || g.StartsWith("20", StringComparison.Ordinal)));
    }

    private static bool IsCredential(ReadOnlySpan<char> value)
    {
        if (value.Length < 8 || value.StartsWith("${") || value.StartsWith("<") || value.StartsWith("[") || value.Contains("...", StringComparison.Ordinal) || value.Contains("***", StringComparison.Ordinal))
        {
            return false;
        }

        var (digit, letter, other) = (false, false, false);
        foreach (var c in value)
        {
            digit |= char.IsAsciiDigit(c);
            letter |= char.IsAsciiLetter(c);
            other |= !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.');
        }

        return letter && (digit || other);
    }

    private sealed record Detector(string Kind, SensitiveGroup Of, Regex Pattern, Func<Match, bool>? Check = null, string? Group = null);

    private const RegexOptions Exact = RegexOptions.CultureInvariant;
    private const RegexOptions AnyCase = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]{1,16384}?-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----", Exact)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\bsk-ant-[A-Za-z0-9_-]{20,200}", Exact)]
    private static partial Regex AnthropicKey();

    [GeneratedRegex(@"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,200}", Exact)]
    private static partial Regex OpenAiKey();

    [GeneratedRegex(@"\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[0-9A-Z]{16}\b", Exact)]
    private static partial Regex AwsKey();

    [GeneratedRegex(@"\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})", Exact)]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"\bglpat-[A-Za-z0-9_-]{20,100}", Exact)]
    private static partial Regex GitLabToken();

    [GeneratedRegex(@"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}|https://hooks\.slack\.com/services/[A-Za-z0-9/]{20,100}", Exact)]
    private static partial Regex SlackToken();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,500}|\bGOCSPX-[0-9A-Za-z_-]{28}", Exact)]
    private static partial Regex GoogleKey();

    [GeneratedRegex(@"\b(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{16,200}|\bwhsec_[0-9A-Za-z]{16,200}", Exact)]
    private static partial Regex StripeKey();

    [GeneratedRegex(@"\bnpm_[A-Za-z0-9]{36}", Exact)]
    private static partial Regex NpmToken();

    [GeneratedRegex(@"\bhf_[A-Za-z0-9]{30,100}", Exact)]
    private static partial Regex HuggingFaceToken();

    [GeneratedRegex(@"\bAccountKey=[A-Za-z0-9+/]{60,100}={0,2}|\bSharedAccessKey=[A-Za-z0-9+/]{40,100}={0,2}", Exact)]
    private static partial Regex AzureKey();

    [GeneratedRegex(@"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,100}", Exact)]
    private static partial Regex SendGridKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,2000}", Exact)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@""'<>]{1,100}:(?<secret>[^\s:/@""'<>]{3,200})@", AnyCase)]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/-]{20,2000}={0,2})", AnyCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|client[_-]?secret|token)[""']?\s{0,3}[:=]\s{0,3}[""']?(?<secret>[^\s""',;]{8,200})", AnyCase)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?<![\w.-])(?<![A-Z]{2}\d\d )[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-]| \d)", Exact)]
    private static partial Regex Card();

    [GeneratedRegex(@"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\b", Exact)]
    private static partial Regex Iban();

    [GeneratedRegex(@"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])", Exact)]
    private static partial Regex Ssn();

    [GeneratedRegex(@"(?<![\w.+-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,63})@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}\b", Exact)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<![\w.-])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\d)", Exact)]
    private static partial Regex IpAddress();

    [GeneratedRegex(@"(?<![\w.@/:=#+-])(?:\+\d{1,3}[ .-]?|00\d{1,2}[ .-])?(?:\(\d{1,4}\)[ .-]?)?\d{2,5}(?:[ .-]\d{2,5}){1,5}(?:\s?x\d{1,6})?(?![\w@/:-])", Exact)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^\d{3}-\d{2}-\d{4}$", Exact)]
    private static partial Regex SsnLike();

    [GeneratedRegex(@"^\d{4}[-. ]\d{2}[-. ]\d{2}$|^\d{2}[-.]\d{2}[-.]\d{4}$|^\d{4}-\d{2}-\d{2} \d{2}$", Exact)]
    private static partial Regex DateLike();
}
