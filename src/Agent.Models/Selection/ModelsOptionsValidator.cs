using Microsoft.Extensions.Options;

namespace Agent.Models.Selection;

/// <summary>Checks the section <c>models</c> at start, so that a mistake in it is told then and in one sentence.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        var problems = new List<string>();
        Check("models", options, problems);
        foreach (var (key, model) in options.Named)
        {
            Check($"models:named:{key}", model, problems);
            if (key.Contains('/', StringComparison.Ordinal) || Providers.All.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add($"models:named:{key} has a name that means a provider; call it something else.");
            }

            if (string.IsNullOrWhiteSpace(model.Provider) && string.IsNullOrWhiteSpace(model.Endpoint))
            {
                problems.Add($"models:named:{key} has no provider; set it to one of {string.Join(", ", Providers.All)}.");
            }
        }

        var selector = new ModelSelector(options, static _ => null);
        foreach (var key in options.Fallback.Concat(options.FallbackFor.Values.SelectMany(keys => keys)).Append(options.Model).OfType<string>().Where(k => k.Length > 0))
        {
            try
            {
                selector.Resolve(key, string.Empty);
            }
            catch (ModelException exception)
            {
                problems.Add(exception.Message);
            }
        }

        foreach (var kind in options.FallbackFor.Keys.Where(k => !Enum.TryParse<ModelErrorKind>(k, ignoreCase: true, out _)))
        {
            problems.Add($"models:fallbackFor:{kind} names no kind of error; it is one of {string.Join(", ", Enum.GetNames<ModelErrorKind>())}.");
        }

        foreach (var (key, profile) in options.Profiles)
        {
            if (profile.MaxTools is < 1 || profile.Drafts is < 0 or > 16 || profile.Temperature is < 0 or > 2 || profile.DraftTemperature is < 0 or > 2)
            {
                problems.Add($"models:profiles:{key}: maxTools is at least 1, drafts from 0 to 16, a temperature from 0 to 2.");
            }
        }

        Positive("models:timeouts:connect", options.Timeouts.Connect, problems);
        Positive("models:timeouts:firstToken", options.Timeouts.FirstToken, problems);
        Positive("models:timeouts:betweenTokens", options.Timeouts.BetweenTokens, problems);
        Positive("models:timeouts:discovery", options.Timeouts.Discovery, problems);
        if (options.Retry.MaxAttempts is < 1 or > 20)
        {
            problems.Add("models:retry:maxAttempts is a number from 1 to 20.");
        }

        if (options.Circuit.Failures < 1)
        {
            problems.Add("models:circuit:failures is at least 1.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Check(string path, ModelOptions model, List<string> problems)
    {
        if (!string.IsNullOrWhiteSpace(model.Provider) && !Providers.All.Contains(model.Provider.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            problems.Add($"{path}:provider is '{model.Provider}'; it is one of {string.Join(", ", Providers.All)}.");
        }

        if (!string.IsNullOrWhiteSpace(model.Endpoint) && !(Uri.TryCreate(model.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            problems.Add($"{path}:endpoint is '{model.Endpoint}'; write an address like http://127.0.0.1:8080/v1.");
        }

        if (model.ContextWindow is < 512 || model.MaxOutput is < 1)
        {
            problems.Add($"{path}: contextWindow is at least 512 tokens, maxOutput at least 1.");
        }

        if (!string.IsNullOrWhiteSpace(model.Reasoning) && model.Reasoning.ToUpperInvariant() is not ("NONE" or "LOW" or "MEDIUM" or "HIGH"))
        {
            problems.Add($"{path}:reasoning is '{model.Reasoning}'; it is one of none, low, medium, high.");
        }
    }

    private static void Positive(string path, TimeSpan value, List<string> problems)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            problems.Add($"{path} is a time above 0 and up to a day, for example 00:01:00.");
        }
    }
}
