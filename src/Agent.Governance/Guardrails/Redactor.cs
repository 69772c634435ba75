using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>Masks what is sensitive in what is written down.</summary>
internal sealed partial class Redactor
{
    private readonly Regex _secrets = Secrets();

    public string Redact(string text) => _secrets.Replace(text, "[secret]");

    public JsonElement Redact(JsonElement value)
    {
        var text = value.GetRawText();
        if (!_secrets.IsMatch(text))
        {
            return value;
        }

        using var document = JsonDocument.Parse(Redact(text));
        return document.RootElement.Clone();
    }

    [GeneratedRegex(@"\b(?:sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{36,}|AKIA[0-9A-Z]{16}|xox[abprs]-[A-Za-z0-9-]{10,})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Secrets();
}
