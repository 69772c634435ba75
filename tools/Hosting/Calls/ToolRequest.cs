using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>One call: its arguments and what accompanies them.</summary>
public sealed class ToolRequest
{
    /// <summary>The member of a request's <c>_meta</c> that asks for a preview instead of the act.</summary>
    public const string PreviewKey = "agent/preview";

    /// <summary>The member of a definition's <c>_meta</c> that says what the results are about.</summary>
    public const string AboutKey = "agent/about";

    /// <summary>The member of a request's <c>_meta</c> that asks what the call is instead of the act.</summary>
    public const string ClassifyKey = "agent/classify";

    private readonly CursorSeal seal;
    private readonly ProgressToken? progressToken;

    internal ToolRequest(string tool, ToolArguments arguments, CursorSeal seal, McpServer? server, RequestParams? parameters)
    {
        Tool = tool;
        Arguments = arguments;
        this.seal = seal;
        Server = server;
        progressToken = parameters?.ProgressToken;
        Preview = IsSet(parameters, PreviewKey);
        Classify = IsSet(parameters, ClassifyKey);
    }

    /// <summary>The tool's name.</summary>
    public string Tool { get; }

    /// <summary>The arguments.</summary>
    public ToolArguments Arguments { get; }

    /// <summary>Whether the client asks what the call would do, and wants nothing done.</summary>
    public bool Preview { get; }

    /// <summary>Whether the client asks what the call is and what it touches, and wants nothing done.</summary>
    public bool Classify { get; }

    /// <summary>The session with the client, for what it declares (its roots); null in tests that call without one.</summary>
    public McpServer? Server { get; }

    /// <summary>Whether the client listens for progress.</summary>
    public bool WantsProgress => progressToken is not null && Server is not null;

    /// <summary>A request without a client, for tests and for tools that call tools.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="preview">Whether a preview is asked for.</param>
    /// <param name="seal">The key of cursors; null makes one.</param>
    /// <returns>The request.</returns>
    public static ToolRequest Create(string tool, JsonElement arguments, bool preview = false, CursorSeal? seal = null)
    {
        var parameters = new CallToolRequestParams
        {
            Name = tool,
            Meta = preview ? new() { [PreviewKey] = true } : null,
        };
        return new ToolRequest(tool, new ToolArguments(arguments), seal ?? new CursorSeal(), null, parameters);
    }

    /// <summary>Reports progress, where the client listens.</summary>
    /// <param name="progress">How much is done; grows with every report.</param>
    /// <param name="total">How much there is in all; null where unknown.</param>
    /// <param name="message">What is being done.</param>
    /// <param name="cancellationToken">Cancels the report.</param>
    /// <returns>A task that completes when it is sent.</returns>
    public Task ReportAsync(double progress, double? total, string? message, CancellationToken cancellationToken) =>
        progressToken is { } token && Server is not null
            ? Server.NotifyProgressAsync(
                token,
                new ProgressNotificationValue { Progress = (float)progress, Total = (float?)total, Message = message },
                cancellationToken: cancellationToken)
            : Task.CompletedTask;

    /// <summary>Makes a cursor that is good for the same tool with the same arguments only.</summary>
    /// <param name="position">Where to go on, in the tool's own form.</param>
    /// <returns>The cursor, legible to nobody but this server.</returns>
    public string SealCursor(string position) => seal.Seal(Scope(), position);

    /// <summary>Reads the argument that holds a cursor.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The position; null where the call starts from the beginning.</returns>
    /// <exception cref="ToolException">The cursor is not one of this call.</exception>
    public string? OpenCursor(string name = "cursor") => Arguments.OptionalText(name) is { Length: > 0 } cursor ? seal.Open(Scope(), cursor) : null;

    private static bool IsSet(RequestParams? parameters, string key) =>
        parameters?.Meta?[key] is { } flag && flag.GetValueKind() == JsonValueKind.True;

    // How many items a page holds, and what is shown of them, may change from page to page; what is listed may not.
    private byte[] Scope()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Tool));
        foreach (var (name, value) in Arguments.Members.OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            if (name is not ("cursor" or "limit") && !name.StartsWith('_') && value.ValueKind != JsonValueKind.Null)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"\0{name}\0{value.GetRawText()}"));
            }
        }

        return hash.GetHashAndReset();
    }
}
