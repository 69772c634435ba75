using System.Buffers;
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
internal static class SensitiveData
{
    private static readonly IReadOnlyList<Detector> Detectors =
    [
        new("private_key", SensitiveGroup.Secret, SensitivePatterns.PrivateKey()),
        new("anthropic_key", SensitiveGroup.Secret, SensitivePatterns.AnthropicKey()),
        new("openai_key", SensitiveGroup.Secret, SensitivePatterns.OpenAiKey()),
        new("aws_key", SensitiveGroup.Secret, SensitivePatterns.AwsKey()),
        new("github_token", SensitiveGroup.Secret, SensitivePatterns.GitHubToken()),
        new("gitlab_token", SensitiveGroup.Secret, SensitivePatterns.GitLabToken()),
        new("slack_token", SensitiveGroup.Secret, SensitivePatterns.SlackToken()),
        new("google_key", SensitiveGroup.Secret, SensitivePatterns.GoogleKey()),
        new("stripe_key", SensitiveGroup.Secret, SensitivePatterns.StripeKey()),
        new("npm_token", SensitiveGroup.Secret, SensitivePatterns.NpmToken()),
        new("hugging_face_token", SensitiveGroup.Secret, SensitivePatterns.HuggingFaceToken()),
        new("azure_key", SensitiveGroup.Secret, SensitivePatterns.AzureKey(), Group: "secret"),
        new("sendgrid_key", SensitiveGroup.Secret, SensitivePatterns.SendGridKey()),
        new("jwt", SensitiveGroup.Secret, SensitivePatterns.Jwt()),
        new("provider_token", SensitiveGroup.Secret, SensitivePatterns.ProviderToken()),
        new("url_password", SensitiveGroup.Secret, SensitivePatterns.UrlPassword(), m => !SensitiveChecks.IsPlaceholder(m.Groups["secret"].ValueSpan), "secret"),
        new("bearer_token", SensitiveGroup.Secret, SensitivePatterns.Bearer(), Group: "secret"),
        new("credential", SensitiveGroup.Secret, SensitivePatterns.Assignment(), m => SensitiveChecks.IsCredential(m.Groups["secret"].ValueSpan), "secret"),
        new("credit_card", SensitiveGroup.Personal, SensitivePatterns.Card(), m => SensitiveChecks.IsCard(m.ValueSpan)),
        new("iban", SensitiveGroup.Personal, SensitivePatterns.Iban(), Group: "iban", Extent: SensitiveChecks.IbanLength),
        new("us_ssn", SensitiveGroup.Personal, SensitivePatterns.Ssn(), m => SensitiveChecks.IsSsn(m.Groups["number"].ValueSpan), "number"),
        new("email", SensitiveGroup.Personal, SensitivePatterns.Email()),
        new("ip_address", SensitiveGroup.Personal, SensitivePatterns.IpAddress(), m => SensitiveChecks.IsPublicAddress(m.ValueSpan)),
        new("phone", SensitiveGroup.Personal, SensitivePatterns.Phone(), m => SensitiveChecks.IsPhone(m.Value)),
        new("phone", SensitiveGroup.Personal, SensitivePatterns.NamedPhone(), m => SensitiveChecks.IsDialled(m.Groups["number"].ValueSpan), "number"),
    ];

    /// <summary>Credentials that are looked for hold one of these words or prefixes: most texts hold none and are spared the patterns.</summary>
    private static readonly SearchValues<string> SecretWords = SearchValues.Create(
        ["-----BEGIN", "PuTTY-User", "bearer", "basic ", "pass", "pwd", "secret", "token", "credential", "_key", "-key", "apikey", "accesskey", "privatekey", "secretkey", "accountkey", "encryptionkey", "api key", "://"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> SecretPrefixes = SearchValues.Create(
    [
        "AGE-SECRET", "sk-", "AKIA", "ASIA", "AGPA", "AROA", "AIDA", "ABIA", "ACCA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-",
        "gloas-", "glsoat-", "glffct-", "xox", "xapp-", "AIza", "ya29.", "GOCSPX", "1//0", "_live_", "_test_", "whsec_", "npm_", "hf_", "api_org_", "AccountKey", "AccessKey", "sig=", "Q~", "SG.", "eyJ",
        "_v1_", "dckr_", "pypi-", "rubygems_", "dapi", "shpat_", "shpss_", "shpca_", "shppa_", "SK", "key-", "-us", ":AA", "NRAK", "NRJS", "NRII", "NRRA", "glsa_", "glc_", "lin_api", "lin_oauth", "ntn_", "ATATT", "hvs.", "hvb.",
        "hvr.", "atlasv1", "sq0", "EAAA", "gsk_", "xai-", "pplx-", "r8_", "nvapi-", "figd_", "sntry", "pscale_", "dp.", "sbp_", "fm1", "fm2", "HRKU", "PMAK", "pul-",
    ],
        StringComparison.Ordinal);

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Detectors.Select(d => d.Kind).Distinct(StringComparer.Ordinal)];

    /// <summary>What stands in a text, in its order, without overlaps; the kind that is named first wins.</summary>
    public static IReadOnlyList<Sensitive> Find(string text, SensitiveGroup? group = null)
    {
        var secrets = group != SensitiveGroup.Personal && (text.AsSpan().ContainsAny(SecretWords) || text.AsSpan().ContainsAny(SecretPrefixes));
        var personal = group != SensitiveGroup.Secret && (text.Contains('@', StringComparison.Ordinal) || HasDigits(text) || text.Contains("::", StringComparison.Ordinal));
        if (!secrets && !personal)
        {
            return [];
        }

        List<Sensitive>? found = null;
        foreach (var detector in Detectors)
        {
            if (!(detector.Of == SensitiveGroup.Secret ? secrets : personal))
            {
                continue;
            }

            for (var match = detector.Pattern.Match(text); match.Success; match = match.NextMatch())
            {
                var part = detector.Group is { } name ? match.Groups[name] : (Group)match;
                var length = detector.Extent is { } extent ? extent(part.ValueSpan) : part.Length;
                if (length > 0 && (detector.Check is null || detector.Check(match))
                    && found?.Exists(f => part.Index < f.Start + f.Length && f.Start < part.Index + length) != true)
                {
                    (found ??= []).Add(new Sensitive(detector.Kind, detector.Of, part.Index, length));
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

    /// <summary>Whether a text holds as many digits as the shortest number that says something of a person.</summary>
    private static bool HasDigits(string text)
    {
        const int least = 7;
        var digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) && ++digits == least)
            {
                return true;
            }
        }

        return digits >= 4 && text.AsSpan().Count('.') >= 3;
    }

    /// <summary>One kind of value and how it is found.</summary>
    /// <param name="Kind">The kind.</param>
    /// <param name="Of">Credential or personal.</param>
    /// <param name="Pattern">Its form.</param>
    /// <param name="Check">What the form alone does not say; null where it says all.</param>
    /// <param name="Group">The group that is the value; null for the whole match.</param>
    /// <param name="Extent">How much of the match is the value, 0 where it is none; null for all of it.</param>
    private sealed record Detector(
        string Kind, SensitiveGroup Of, Regex Pattern, Func<Match, bool>? Check = null, string? Group = null, Func<ReadOnlySpan<char>, int>? Extent = null);
}
