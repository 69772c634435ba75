using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Sql;

/// <summary>Finds the name of a database in a request: "in the shop database", "in chinook".</summary>
internal static class DatabaseName
{
    public static (Schema Schema, string Question)? Find(IReadOnlyList<Schema> schemas, string text)
    {
        foreach (var schema in schemas.Where(static s => s.Database.Length > 0))
        {
            var match = Regex.Match(text, $@"\s*,?\s*\b(?:in|from|of|on|using)\s+(?:the\s+)?(?:database\s+)?{Regex.Escape(schema.Database)}(?:\s+(?:database|db))?\b", RegexOptions.IgnoreCase);
            if (match.Success)
            {
                return (schema, text.Remove(match.Index, match.Length));
            }
        }

        return null;
    }
}
