using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Security;

/// <summary>Reads secrets from where the operator keeps them, at every use, so that a changed one is used at once.</summary>
internal static class SecretSource
{
    /// <summary>The key, token, password or client secret.</summary>
    /// <exception cref="RequestException">It is not there; the message names the place, never the value.</exception>
    public static string Key(string scheme, SecretOptions options) =>
        Read(options.Env, options.File) ?? throw Missing(scheme, options.Env, options.File);

    /// <summary>The user name or client id.</summary>
    public static string User(string scheme, SecretOptions options) =>
        options.User ?? Read(options.UserEnv, null) ?? throw Missing(scheme, options.UserEnv ?? "the user name (userEnv or user)", null);

    /// <summary>The OAuth refresh token; null where none is configured.</summary>
    public static string? Refresh(SecretOptions options) => Read(options.RefreshEnv, options.RefreshFile);

    private static string? Read(string? variable, string? file)
    {
        if (variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
        {
            return value.Trim();
        }

        try
        {
            return file is not null && File.ReadAllText(file).Trim() is { Length: > 0 } content ? content : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static RequestException Missing(string scheme, string? variable, string? file) => new(
        $"The secret for {scheme} is not there; an operator sets {variable ?? file ?? "env or file of the security scheme in the configuration"}.", refused: true);
}
