using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>
/// The forms of credentials and of what says something of a person. Those of keys are what their providers publish for secret
/// scanners; where a prefix says everything, the rest is matched widely, since formats grow.
/// </summary>
internal static partial class SensitivePatterns
{
    private const RegexOptions Exact = RegexOptions.CultureInvariant;
    private const RegexOptions AnyCase = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    /// <summary>A key block; one that was cut off is taken as far as it goes.</summary>
    [GeneratedRegex(
        @"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{1,16384}?-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s\\]{16,16384})|\bPuTTY-User-Key-File-\d:[\s\S]{1,16384}?Private-MAC: ?[0-9a-f]{8,64}|\bAGE-SECRET-KEY-1[0-9A-Z]{58}",
        Exact)]
    public static partial Regex PrivateKey();

    [GeneratedRegex(@"\bsk-ant-[A-Za-z0-9_-]{20,200}", Exact)]
    public static partial Regex AnthropicKey();

    [GeneratedRegex(@"\bsk-(?:proj-|svcacct-|admin-|or-v1-|None-)?[A-Za-z0-9_-]{20,200}", Exact)]
    public static partial Regex OpenAiKey();

    [GeneratedRegex(@"\b(?:AKIA|ASIA|AGPA|AROA|AIDA|ABIA|ACCA)[0-9A-Z]{16}\b", Exact)]
    public static partial Regex AwsKey();

    [GeneratedRegex(@"\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})", Exact)]
    public static partial Regex GitHubToken();

    [GeneratedRegex(@"\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glimt|glagent|gloas|glsoat|glffct)-[A-Za-z0-9_=.-]{20,200}", Exact)]
    public static partial Regex GitLabToken();

    [GeneratedRegex(@"\bxox[abeoprsdc](?:\.xox[bp])?-[A-Za-z0-9%-]{10,300}|\bxapp-\d-[A-Za-z0-9-]{10,250}|https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{20,150}", Exact)]
    public static partial Regex SlackToken();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,500}|\bGOCSPX-[0-9A-Za-z_-]{28}|\b1//0[0-9A-Za-z_-]{30,200}", Exact)]
    public static partial Regex GoogleKey();

    [GeneratedRegex(@"\b(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{16,200}|\bwhsec_[0-9A-Za-z+/]{16,200}", Exact)]
    public static partial Regex StripeKey();

    [GeneratedRegex(@"\bnpm_[A-Za-z0-9]{36}", Exact)]
    public static partial Regex NpmToken();

    [GeneratedRegex(@"\b(?:hf|api_org)_[A-Za-z0-9]{30,100}", Exact)]
    public static partial Regex HuggingFaceToken();

    [GeneratedRegex(
        @"\b(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{40,100}={0,2})|[?&]sig=(?<secret>[A-Za-z0-9%+/]{40,120}(?:%3D|=){1,2})|(?<![\w~.-])(?<secret>[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?![\w~.-])",
        Exact)]
    public static partial Regex AzureKey();

    [GeneratedRegex(@"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,100}", Exact)]
    public static partial Regex SendGridKey();

    /// <summary>Header, body, signature; the signature of an unsigned one is empty, and an encrypted one has five parts.</summary>
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,2000}\.(?:eyJ)?[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}(?:\.[A-Za-z0-9_-]{1,8000}){0,2}", Exact)]
    public static partial Regex Jwt();

    /// <summary>Keys and tokens of further providers, each by its own prefix.</summary>
    [GeneratedRegex(
        @"\bdo[opr]_v1_[0-9a-f]{64}\b"
        + @"|\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,100}"
        + @"|\bpypi-AgEI[A-Za-z0-9_-]{50,500}"
        + @"|\brubygems_[0-9a-f]{48}\b"
        + @"|\bdapi[0-9a-f]{32}(?:-\d)?\b"
        + @"|\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}\b"
        + @"|\bSK[0-9a-f]{32}\b"
        + @"|\bkey-[0-9a-f]{32}\b"
        + @"|\b[0-9a-f]{32}-us\d{1,2}\b"
        + @"|\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"
        + @"|\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}\b"
        + @"|\bNR(?:AK|JS|II|RA)-[A-Za-z0-9]{24,40}\b"
        + @"|\bglsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}\b|\bglc_[A-Za-z0-9+/]{32,400}={0,2}"
        + @"|\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}\b"
        + @"|\b(?:ntn|secret)_[A-Za-z0-9]{43,50}\b"
        + @"|\bATATT3[A-Za-z0-9_=-]{100,400}"
        + @"|\bhv[sbr]\.[A-Za-z0-9_-]{24,300}"
        + @"|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"
        + @"|\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|\bEAAA[A-Za-z0-9_-]{60}\b"
        + @"|\bgsk_[A-Za-z0-9]{40,64}\b|\bxai-[A-Za-z0-9]{60,100}\b|\bpplx-[A-Za-z0-9]{40,64}\b|\br8_[A-Za-z0-9]{37,40}\b|\bnvapi-[A-Za-z0-9_-]{60,80}"
        + @"|\bfigd_[A-Za-z0-9_-]{40,60}|\bsntry[su]_[A-Za-z0-9_=+/]{40,400}|\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,64}"
        + @"|\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}\b|\bsbp_[0-9a-f]{40}\b|\bfm[12][ar]?_[A-Za-z0-9+/=_-]{60,1000}"
        + @"|\bHRKU-[A-Za-z0-9_-]{36,70}|\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b|\bpul-[0-9a-f]{40}\b",
        Exact)]
    public static partial Regex ProviderToken();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@""'<>]{0,100}:(?<secret>[^\s:/@""'<>]{3,200})@", AnyCase)]
    public static partial Regex UrlPassword();

    [GeneratedRegex(@"\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/-]{16,2000}={0,2})|\bauthorization[""']?\s{0,3}[:=]\s{0,3}[""']?basic\s{1,4}(?<secret>[A-Za-z0-9+/]{8,400}={0,2})", AnyCase)]
    public static partial Regex Bearer();

    [GeneratedRegex(
        @"(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|account[_-]?key|encryption[_-]?key|auth[_-]?token|client[_-]?secret|token|credentials?)[""']?\s{0,3}(?:[:=]|=>|:=|\bis\b)\s{0,3}[""']?(?<secret>[^\s""',;]{8,200})",
        AnyCase)]
    public static partial Regex Assignment();

    [GeneratedRegex(@"(?<![\w.-])(?<![A-Z]{2}\d\d )[0-6]\d{3}(?:[ \u00A0.-]?\d){8,15}(?![\w-]| \d)", Exact)]
    public static partial Regex Card();

    /// <summary>Looks ahead only, because how long one is depends on its country, and another may begin right behind it.</summary>
    [GeneratedRegex(@"\b(?=(?<iban>[A-Z]{2}\d{2}(?:[ \u00A0-]?[A-Z0-9]){11,30}))[A-Z]{2}\d{2}", AnyCase)]
    public static partial Regex Iban();

    /// <summary>With its dashes, or nine digits that the words before them call one.</summary>
    [GeneratedRegex(@"(?<![\w-])(?<number>\d{3}[- ]\d{2}[- ]\d{4})(?![\w-])|\b(?:SSN|social security(?: (?:number|no\.?|#))?)\b[^\d\n]{0,20}(?<number>\d{3}[ .-]?\d{2}[ .-]?\d{4})(?!\d)", AnyCase)]
    public static partial Regex Ssn();

    [GeneratedRegex(@"(?<![\w.+-])[A-Za-z0-9_](?:[A-Za-z0-9._%+'-]{0,63})@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,59})\b", Exact)]
    public static partial Regex Email();

    [GeneratedRegex(@"(?<![\w.-])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\d)|(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:.])", Exact)]
    public static partial Regex IpAddress();

    [GeneratedRegex(@"(?<![\w.@/:=#+-])(?:\+\d{1,3}[ .-]?|00\d{1,2}[ .-])?(?:\(\d{1,4}\)[ .-]?)?\d{2,5}(?:[ .-]\d{2,5}){1,5}(?:\s?(?:x|ext\.?\s?)\d{1,6})?(?![\w@/:-])|(?<![\w.@/:=#+-])\+[1-9]\d{7,14}(?![\w@/:.-]\d|[\w@])", Exact)]
    public static partial Regex Phone();

    /// <summary>Digits in a row that the words before them call a telephone number.</summary>
    [GeneratedRegex(@"\b(?:tel|telephone|phone|mobile|cell|cellphone|fax|whatsapp|call|dial|text|ring|reach|sms|telefon|handy|t[eé]l[eé]phone|tel[eé]fono)\b[^\d\n]{0,30}?(?<number>\+?\d{9,15})(?![\w@/:-]|\.\d)", AnyCase)]
    public static partial Regex NamedPhone();
}
