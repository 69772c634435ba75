using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Web;

/// <summary>Whether a request asks for a deed rather than for an answer.</summary>
internal static class ActingWords
{
    private static readonly HashSet<string> Verbs = new(StringComparer.Ordinal)
    {
        "create", "place", "add", "make", "order", "cancel", "delete", "remove", "update", "change", "set", "adjust", "send", "post", "put", "book", "register", "submit", "close", "open", "start", "stop", "rename", "assign",
        "move", "approve", "reject", "pay", "refund", "ship", "restock", "increase", "decrease", "reduce", "subscribe", "unsubscribe", "invite", "archive", "publish", "mark", "take", "patch", "insert", "buy", "reserve", "schedule",
    };

    /// <summary>A verb of doing at the beginning; a question never is a deed.</summary>
    public static bool Has(string text)
    {
        var words = Tokenizer.Read(Files.FileWords.Clean(text)).Where(static t => t.Kind == TokenKind.Word).ToList();
        return words.Count > 0 && Verbs.Contains(words[0].Lower) && !text.TrimEnd().EndsWith('?');
    }
}
