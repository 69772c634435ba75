using System.Security.Cryptography;
using System.Text;

namespace Agent;

/// <summary>The name of a tool: the server that offers it and its name there.</summary>
/// <param name="Server">The server's name in the configuration, for example <c>files</c>.</param>
/// <param name="Name">The tool's name on that server, for example <c>search_text</c>.</param>
public readonly record struct ToolId(string Server, string Name)
{
    /// <summary>The longest name every provider takes, in characters.</summary>
    public const int MaxModelNameLength = 64;

    /// <summary>
    /// The name a model sees, for example <c>files__search_text</c>: letters, digits, <c>_</c> and <c>-</c>, at most
    /// <see cref="MaxModelNameLength"/> characters. Where characters had to be replaced or cut, eight hexadecimal digits
    /// of the full name's SHA-256 at its end keep two tools apart.
    /// </summary>
    public string ModelName
    {
        get
        {
            var full = $"{Server}__{Name}";
            var legal = string.Create(full.Length, full, static (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '-' ? text[i] : '_';
                }
            });

            if (legal == full && full.Length <= MaxModelNameLength)
            {
                return full;
            }

            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Server}\0{Name}")).AsSpan(0, 4));
            return $"{legal[..Math.Min(legal.Length, MaxModelNameLength - 9)]}_{digest}";
        }
    }

    /// <summary>The name a person sees, for example <c>files.search_text</c>.</summary>
    /// <returns>Server and name, joined by a dot.</returns>
    public override string ToString() => $"{Server}.{Name}";
}
