using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Results;

/// <summary>Where the next page of an answer is: an address, or a value for one of the operation's parameters.</summary>
/// <param name="Url">The address; null where a parameter says it.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Value">Its value.</param>
internal sealed record NextPage(Uri? Url, string? Parameter, string? Value)
{
    /// <summary>Finds the next page by the <c>Link</c> header (RFC 8288), by an address in the answer, or by a token in it that a parameter takes.</summary>
    /// <param name="operation">The operation; null for a request of no document.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What was answered.</param>
    /// <param name="body">The answer's JSON; null where it is none.</param>
    /// <returns>The next page; null where the answer shows none.</returns>
    public static NextPage? Find(ApiOperation? operation, WebRequest request, WebResponse answer, JsonElement? body)
    {
        if (answer.Headers.GetValueOrDefault("Link") is { } link && LinkHeader.Next(link) is { } target)
        {
            return SameOrigin(request.Url, target);
        }

        if (body is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        foreach (var path in Addresses)
        {
            if (At(root, path) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text && (text[0] is '/' or '?' || text.StartsWith("http", StringComparison.OrdinalIgnoreCase))
                && SameOrigin(request.Url, text) is { } next)
            {
                return next;
            }
        }

        return operation is null ? null : ByToken(operation, root) ?? ByNumber(operation, request, root);
    }

    private static readonly string[][] Addresses =
    [
        ["next"], ["next_url"], ["nextUrl"], ["next_page_url"], ["nextPageUrl"], ["next_page"], ["nextLink"], ["@odata.nextLink"], ["links", "next"], ["_links", "next", "href"],
        ["links", "next", "href"], ["paging", "next"], ["pagination", "next"], ["pagination", "next_url"], ["meta", "next"], ["meta", "pagination", "links", "next"],
    ];

    private static readonly string[][] Tokens =
    [
        ["nextPageToken"], ["next_page_token"], ["nextToken"], ["NextToken"], ["next_token"], ["nextCursor"], ["next_cursor"], ["cursor", "next"], ["continuationToken"],
        ["continuation_token"], ["meta", "next_cursor"], ["meta", "next_token"], ["meta", "nextCursor"], ["response_metadata", "next_cursor"],
        ["pagination", "next_cursor"], ["pagination", "nextCursor"], ["paging", "cursors", "after"], ["paging", "next", "after"], ["next"], ["cursor"], ["next_page"],
    ];

    private static readonly string[] TokenParameters =
    [
        "pageToken", "page_token", "nextToken", "NextToken", "next_token", "cursor", "after", "continuationToken", "continuation_token", "continuation", "next", "starting_after", "page",
    ];

    private static NextPage? ByToken(ApiOperation operation, JsonElement root)
    {
        if (TokenParameters.Select(name => operation.Parameters.FirstOrDefault(p => p.Place == ParameterPlace.Query && p.Name == name)).FirstOrDefault(p => p is not null) is not { } parameter)
        {
            return null;
        }

        foreach (var path in Tokens)
        {
            if (At(root, path) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value && value.ToString() is { Length: > 0 } token && !token.Contains("://", StringComparison.Ordinal))
            {
                return new NextPage(null, parameter.Argument, token);
            }
        }

        return null;
    }

    // Pages by number, where the answer says that there are more.
    private static NextPage? ByNumber(ApiOperation operation, WebRequest request, JsonElement root)
    {
        if (operation.Parameters.FirstOrDefault(p => p.Place == ParameterPlace.Query && p.Name is "page" or "page_number" or "pageNumber") is not { } parameter)
        {
            return null;
        }

        var match = Regex.Match(request.Url.Query, $"[?&]{Regex.Escape(parameter.Name)}=([0-9]{{1,9}})(&|$)");
        var page = match.Success ? int.Parse(match.Groups[1].Value) : Number(root, "page") ?? Number(root, "current_page") ?? 1;
        var last = Number(root, "total_pages") ?? Number(root, "totalPages") ?? Number(root, "last_page") ?? Number(root, "pages");
        var more = last is { } end ? page < end : Is(root, "has_more") || Is(root, "hasMore") || Is(root, "has_next");
        return more ? new NextPage(null, parameter.Argument, (page + 1).ToString()) : null;
    }

    private static int? Number(JsonElement root, string name)
    {
        foreach (var holder in (string[])["", "meta", "pagination", "paging"])
        {
            if (At(root, holder.Length == 0 ? [name] : [holder, name]) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number))
            {
                return number;
            }
        }

        return null;
    }

    private static bool Is(JsonElement root, string name) =>
        At(root, [name])?.ValueKind == JsonValueKind.True || At(root, ["meta", name])?.ValueKind == JsonValueKind.True || At(root, ["pagination", name])?.ValueKind == JsonValueKind.True;

    private static JsonElement? At(JsonElement node, string[] path)
    {
        foreach (var name in path)
        {
            if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(name, out node))
            {
                return null;
            }
        }

        return node;
    }

    // A service that sends its caller elsewhere for the rest would get the secrets sent there.
    private static NextPage? SameOrigin(Uri from, string target) =>
        Uri.TryCreate(from, target, out var url) && url.Scheme == from.Scheme && url.Authority == from.Authority ? new NextPage(url, null, null) : null;
}
