using System.Globalization;
using System.Text;

namespace Agent.Tools.Sql.Postgres;

/// <summary>A node of PostgreSQL's parse tree.</summary>
/// <param name="Name">For example <c>QUERY</c>, <c>FUNCEXPR</c>.</param>
/// <param name="Fields">By name; a value is a word (string), a <see cref="Node"/>, a list of values, or null.</param>
internal sealed record Node(string Name, Dictionary<string, object?> Fields)
{
    public Node? Child(string field) => Fields.GetValueOrDefault(field) as Node;

    public string? Word(string field) => Fields.GetValueOrDefault(field) as string;

    public uint Number(string field) =>
        uint.TryParse(Word(field), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public int Signed(string field) =>
        int.TryParse(Word(field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public bool Flag(string field) => Word(field) == "true";

    public IEnumerable<Node> List(string field) => Fields.GetValueOrDefault(field) is List<object?> list ? list.OfType<Node>() : [];

    /// <summary>The numbers of a bitmap set <c>(b 1 2)</c> or a list of integers or oids.</summary>
    public IEnumerable<int> Numbers(string field) => Fields.GetValueOrDefault(field) is List<object?> list
        ? list.OfType<string>().Where(word => int.TryParse(word, out _)).Select(word => int.Parse(word, CultureInfo.InvariantCulture))
        : [];

    /// <summary>This node and all below it.</summary>
    public IEnumerable<Node> All()
    {
        var stack = new Stack<object?>();
        stack.Push(this);
        while (stack.TryPop(out var item))
        {
            switch (item)
            {
                case Node node:
                    yield return node;
                    foreach (var value in node.Fields.Values)
                    {
                        stack.Push(value);
                    }

                    break;
                case List<object?> list:
                    foreach (var value in list)
                    {
                        stack.Push(value);
                    }

                    break;
            }
        }
    }
}

/// <summary>
/// Reads the text form of PostgreSQL's node trees, as <c>outfuncs.c</c> writes and <c>read.c</c> reads it:
/// <c>{NAME :field value …}</c>, lists in brackets, words with backslash escapes, <c>&lt;&gt;</c> for nothing.
/// </summary>
internal sealed class NodeTreeReader
{
    private const int MaxDepth = 2000;
    private readonly string text;
    private int at;
    private int depth;

    private NodeTreeReader(string text) => this.text = text;

    /// <exception cref="FormatException">It is no node tree.</exception>
    public static object? Read(string text)
    {
        var reader = new NodeTreeReader(text);
        return reader.ReadValue(reader.Next() ?? throw new FormatException("an empty node tree"));
    }

    private object? ReadValue(string token)
    {
        if (++depth > MaxDepth)
        {
            throw new FormatException("a node tree too deep");
        }

        try
        {
            return token switch
            {
                "{" => ReadNode(),
                "(" => ReadList(")"),
                "[" => ReadList("]"),
                "<>" => null,
                _ => Unescape(token),
            };
        }
        finally
        {
            depth--;
        }
    }

    private Node ReadNode()
    {
        var name = Next() ?? throw End();
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        var token = Next() ?? throw End();
        while (token != "}")
        {
            if (token[0] != ':')
            {
                throw new FormatException($"a node tree where {token} stands for a field");
            }

            var field = token[1..];
            var value = ReadValue(Next() ?? throw End());
            token = Next() ?? throw End();

            // A datum follows its length: constvalue 4 [ 1 0 0 0 ].
            while (token != "}" && token[0] != ':')
            {
                ReadValue(token);
                token = Next() ?? throw End();
            }

            fields[field] = value;
        }

        return new Node(name, fields);
    }

    private List<object?> ReadList(string close)
    {
        var list = new List<object?>();
        for (var token = Next() ?? throw End(); token != close; token = Next() ?? throw End())
        {
            list.Add(ReadValue(token));
        }

        return list;
    }

    private static FormatException End() => new("a node tree that ends early");

    private string? Next()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        if (at == text.Length)
        {
            return null;
        }

        var start = at;
        if (text[at] is '(' or ')' or '{' or '}')
        {
            at++;
            return text[start..at];
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('(' or ')' or '{' or '}'))
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        at = Math.Min(at, text.Length);
        return text[start..at];
    }

    private static string Unescape(string token)
    {
        if (!token.Contains('\\', StringComparison.Ordinal))
        {
            return token;
        }

        var value = new StringBuilder(token.Length);
        for (var i = 0; i < token.Length; i++)
        {
            i += token[i] == '\\' && i + 1 < token.Length ? 1 : 0;
            value.Append(token[i]);
        }

        return value.ToString();
    }
}
