namespace Agent.Models.BedrockConverse;

/// <summary>Keys of an AWS account.</summary>
/// <param name="AccessKeyId">The id.</param>
/// <param name="SecretAccessKey">The secret.</param>
/// <param name="SessionToken">The token of temporary keys; null for others.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => AccessKeyId;

    /// <summary>
    /// Finds the keys as AWS's tools do: <c>AWS_ACCESS_KEY_ID</c> and its companions, else the profile <c>AWS_PROFILE</c> (or
    /// <c>default</c>) of the shared credentials file.
    /// </summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <returns>The keys; null where there are none.</returns>
    public static AwsCredentials? Find(Func<string, string?> environment)
    {
        if (environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } id && environment("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret)
        {
            return new AwsCredentials(id, secret, environment("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null);
        }

        var file = environment("AWS_SHARED_CREDENTIALS_FILE") is { Length: > 0 } path
            ? path
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".aws", "credentials") : null;
        if (file is null || !File.Exists(file))
        {
            return null;
        }

        var profile = environment("AWS_PROFILE") is { Length: > 0 } chosen ? chosen : "default";
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var inside = false;
        foreach (var line in File.ReadLines(file).Select(l => l.Trim()))
        {
            if (line.StartsWith('['))
            {
                inside = line.Trim('[', ']', ' ') == profile;
            }
            else if (inside && !line.StartsWith('#') && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        return values.TryGetValue("aws_access_key_id", out var key) && values.TryGetValue("aws_secret_access_key", out var hidden)
            ? new AwsCredentials(key, hidden, values.GetValueOrDefault("aws_session_token"))
            : null;
    }
}
