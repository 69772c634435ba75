namespace Agent.Tools.Web.OpenApi;

/// <summary>What a media type is, its parameters aside.</summary>
internal static class MediaTypes
{
    public static string Bare(string mediaType)
    {
        var end = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? mediaType : mediaType[..end]).Trim().ToLowerInvariant();
    }

    public static bool Is(string mediaType, string bare) => Bare(mediaType) == bare;

    public static bool IsJson(string mediaType)
    {
        var bare = Bare(mediaType);
        return bare is "application/json" or "text/json" or "text/x-json" || bare.EndsWith("+json", StringComparison.Ordinal);
    }

    public static bool IsXml(string mediaType)
    {
        var bare = Bare(mediaType);
        return bare is "application/xml" or "text/xml" || bare.EndsWith("+xml", StringComparison.Ordinal);
    }

    /// <summary>Whether it is characters that a person can read.</summary>
    public static bool IsText(string mediaType)
    {
        var bare = Bare(mediaType);
        return bare.StartsWith("text/", StringComparison.Ordinal) || IsJson(bare) || IsXml(bare)
            || bare is "application/javascript" or "application/x-ndjson" or "application/ndjson" or "application/jsonl"
                or "application/yaml" or "application/x-yaml" or "application/toml" or "application/sql" or "application/graphql"
                or "application/x-www-form-urlencoded" or "application/csv" or "application/rtf" or "application/x-sh";
    }
}
