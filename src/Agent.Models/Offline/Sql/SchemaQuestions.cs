using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;

namespace Agent.Models.Offline.Sql;

/// <summary>Questions about the schema itself: tables, columns, keys.</summary>
internal static partial class SchemaQuestions
{
    public static Answer? Answer(string text, Schema schema, bool several)
    {
        var asked = text.Trim().TrimEnd('?', '.', '!');
        if (TablesPattern().IsMatch(asked))
        {
            return Tables(schema, several);
        }

        if (TableCountPattern().IsMatch(asked))
        {
            return Told(string.Create(CultureInfo.InvariantCulture, $"There are **{schema.Tables.Count}** tables."), schema);
        }

        if (ColumnsPattern().Match(asked) is { Success: true } columns && Find(schema, Name(columns)) is { } table)
        {
            return Describe(schema, table);
        }

        if (ColumnCountPattern().Match(asked) is { Success: true } counted && Find(schema, Name(counted)) is { } many)
        {
            return Told(string.Create(CultureInfo.InvariantCulture, $"{many.Name} has **{many.Columns.Count}** columns: {string.Join(", ", many.Columns.Select(static c => c.Name))}."), schema);
        }

        if (HasColumnPattern().Match(asked) is { Success: true } having)
        {
            var wanted = Name(having);
            var found = schema.Tables.Where(t => t.Columns.Exists(c => string.Equals(c.Name, wanted, StringComparison.OrdinalIgnoreCase))).ToList();
            if (found.Count > 0)
            {
                return Told($"{string.Join(", ", found.Select(static t => t.Name))} ha{(found.Count == 1 ? "s" : "ve")} a column {wanted}.", schema);
            }
        }

        if (KeyPattern().Match(asked) is { Success: true } key && Find(schema, Name(key)) is { } keyed)
        {
            if (asked.Contains("foreign", StringComparison.OrdinalIgnoreCase))
            {
                var own = schema.References.Where(r => r.From == keyed).Select(static r => $"- {string.Join(", ", r.FromColumns.Select(static c => c.Name))} → {r.To.Name}({string.Join(", ", r.ToColumns.Select(static c => c.Name))}){(r.IsDeclared ? string.Empty : " (not declared; read from the names)")}").ToList();
                return Told(own.Count == 0 ? $"{keyed.Name} has no foreign keys." : $"Foreign keys of {keyed.Name}:\n\n{string.Join('\n', own)}", schema);
            }

            return Told(keyed.PrimaryKey.Count == 0 ? $"{keyed.Name} has no primary key." : $"The primary key of {keyed.Name} is **{string.Join(", ", keyed.PrimaryKey.Select(static c => c.Name))}**.", schema);
        }

        return null;
    }

    private static Table? Find(Schema schema, string name)
    {
        var bare = name.Trim().Trim('`', '"', '\'');
        if (schema.Find(bare) is { } exact)
        {
            return exact;
        }

        var words = Identifier.Split(bare);
        return words.Count == 0 ? null : new Linker(schema).Find(words).FirstOrDefault(static c => c.Column is null && c.Score > 0.9)?.Table;
    }

    private static string Name(Match match) => match.Groups["name"].Value;

    private static Answer Tables(Schema schema, bool several)
    {
        _ = several;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"There are {schema.Tables.Count} tables:\n\n"));
        foreach (var table in schema.Tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"- **{table.Name}**: {string.Join(", ", table.Columns.Select(static c => c.Name))}\n");
        }

        return Told(text.ToString(), schema);
    }

    private static Answer Describe(Schema schema, Table table)
    {
        var references = schema.References.Where(r => r.From == table).ToList();
        var rows = table.Columns.Select(c => (IReadOnlyList<string?>)
        [
            c.Name,
            c.Type,
            c.IsKey ? "primary" : references.Find(r => r.FromColumns.Contains(c)) is { } r ? $"→ {r.To.Name}" : string.Empty,
            c.IsNullable ? "yes" : "no",
        ]).ToList();
        return Told($"{table.Name} has {table.Columns.Count} columns:\n\n{Markdown.Table(new ResultTable(["column", "type", "key", "nullable"], rows))}", schema);
    }

    private static Answer Told(string text, Schema schema) => new($"{text.TrimEnd()}\n\nSource: schema of database {(schema.Database.Length > 0 ? $"`{schema.Database}`" : string.Empty)}");

    [GeneratedRegex(@"^(?:(?:what|which|list|show|show me|give me|tell me|name)\s+)?(?:(?:are|is|all)\s+)?(?:(?:the|all|of the|all the|me|which|what)\s+)*tables(?:\s+(?:are|do|does|exist|exists|is|in|there|we|have|you|see|this|the|that|database|db|available|contain|it|schema|of|called|names|can|\w+))*$", RegexOptions.IgnoreCase)]
    private static partial Regex TablesPattern();

    [GeneratedRegex(@"^how many tables(?:\s+(?:are|there|does|do|the|this|database|have|has|in|exist|we|db|it|contain))*$", RegexOptions.IgnoreCase)]
    private static partial Regex TableCountPattern();

    [GeneratedRegex(@"^(?:describe|(?:show|explain|what is)\s+(?:me\s+)?(?:the\s+)?(?:schema|structure|definition|columns)\s+(?:of|for|in)|(?:what|which)\s+(?:columns|fields)\s+(?:are\s+(?:there\s+)?in|does|do|has|have|make up|of)|(?:list|show|show me|give me)\s+(?:all\s+)?(?:the\s+)?(?:columns|fields)\s+(?:of|in|for)|(?:columns|fields)\s+(?:of|in)|what are the (?:columns|fields) (?:of|in))\s+(?:the\s+)?(?:table\s+)?[""'`]?(?<name>[\w .]+?)[""'`]?(?:\s+table)?(?:\s+(?:have|has|contain|contains))?$", RegexOptions.IgnoreCase)]
    private static partial Regex ColumnsPattern();

    [GeneratedRegex(@"^how many (?:columns|fields) (?:does|are (?:there )?in|has|do)\s+(?:the\s+)?(?:table\s+)?[""'`]?(?<name>[\w .]+?)[""'`]?(?:\s+table)?(?:\s+(?:have|has|contain))?$", RegexOptions.IgnoreCase)]
    private static partial Regex ColumnCountPattern();

    [GeneratedRegex(@"^(?:which|what) tables? (?:have|has|contain|contains|include|includes) (?:a |an |the )?(?:column|field)s? (?:called |named )?[""'`]?(?<name>\w+)[""'`]?$", RegexOptions.IgnoreCase)]
    private static partial Regex HasColumnPattern();

    [GeneratedRegex(@"^(?:what (?:is|are)|show|list|give me|which)?\s*(?:the\s+)?(?:primary|foreign) keys? (?:of|in|for|does)\s+(?:the\s+)?(?:table\s+)?[""'`]?(?<name>[\w .]+?)[""'`]?(?:\s+table)?(?:\s+have)?$", RegexOptions.IgnoreCase)]
    private static partial Regex KeyPattern();
}
