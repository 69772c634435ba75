using System.ComponentModel;
using System.Net;
using ModelContextProtocol;

namespace Agent.Mcp.Servers;

/// <summary>A call that could not be made because its server is not there. The message is one sentence for the person.</summary>
/// <param name="message">The sentence.</param>
/// <param name="innerException">What lies beneath, for the log.</param>
public sealed class ServerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Says in one sentence why a server is not there, and what to do next.</summary>
internal static class ServerProblem
{
    private const int FileNotFound = 2;
    private const int AccessDenied = 13;
    private const int MaxLastWords = 200;

    /// <summary>Whether trying again can help: a wrong configuration stays wrong until the program is started anew.</summary>
    public static bool IsPermanent(Exception exception) => exception is FormatException;

    public static string Describe(
        string name, McpServerDefinition definition, ResolvedServer? resolved, ChildProcessTransport? child, Exception exception)
    {
        if (exception is FormatException or UnseenCommandException)
        {
            return exception.Message;
        }

        var inner = Innermost(exception);
        if (definition.Url is null)
        {
            var words = child?.LastWords is { } last ? $" Its last words: {Clip(last)}" : string.Empty;
            return inner switch
            {
                Win32Exception { NativeErrorCode: FileNotFound } =>
                    $"The server '{name}' did not start: there is no program '{resolved?.Command}'. Install it or correct mcpServers.{name}.command.",
                Win32Exception { NativeErrorCode: AccessDenied } =>
                    $"The server '{name}' did not start: '{resolved?.Command}' is not executable. Make it so or correct mcpServers.{name}.command.",
                TimeoutException =>
                    $"The server '{name}' was not ready within {definition.StartTimeoutSeconds} seconds. Start its command by hand to see why, or raise mcpServers.{name}.startTimeoutSeconds.{words}",
                _ when child?.Failure is { } failure =>
                    $"The server '{name}' {failure}. Start its command by hand to see why; it is being tried again.{words}",
                McpException => $"The server '{name}' does not speak the protocol as it should: {Clip(inner.Message)}{words}",
                _ => $"The server '{name}' failed: {Clip(resolved?.Redact(inner.Message) ?? inner.Message)}{words}",
            };
        }

        var place = resolved?.Url is { } url ? $"{url.Scheme}://{url.Authority}{url.AbsolutePath}" : definition.Url;
        return inner switch
        {
            ServerUnavailableException => inner.Message,
            TimeoutException or OperationCanceledException =>
                $"The server '{name}' at {place} did not answer within {definition.StartTimeoutSeconds} seconds. Check that it runs, or raise mcpServers.{name}.startTimeoutSeconds.",
            HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } =>
                $"The server '{name}' at {place} did not accept our credentials. Correct mcpServers.{name}.headers, or run `agent doctor` in a terminal to sign in.",
            HttpRequestException { StatusCode: HttpStatusCode.NotFound } =>
                $"There is no MCP server at {place}. Correct mcpServers.{name}.url (its path often ends in /mcp).",
            HttpRequestException { StatusCode: { } status } =>
                $"The server '{name}' at {place} answered HTTP {(int)status}; it is being tried again.",
            HttpRequestException =>
                $"The server '{name}' at {place} cannot be reached. Check that it runs and that mcpServers.{name}.url is right; it is being tried again.",
            System.Net.Sockets.SocketException =>
                $"The server '{name}' at {place} cannot be reached. Check that it runs and that mcpServers.{name}.url is right; it is being tried again.",
            McpException => $"The server '{name}' at {place} does not speak the protocol as it should: {Clip(inner.Message)}",
            _ => $"The connection to the server '{name}' at {place} was lost; it is being tried again.",
        };
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception is not HttpRequestException && exception.InnerException is { } inner && exception is not TimeoutException)
        {
            exception = inner;
        }

        return exception;
    }

    private static string Clip(string text) => text.Length <= MaxLastWords ? text : string.Concat(text.AsSpan(0, MaxLastWords), "…");
}
