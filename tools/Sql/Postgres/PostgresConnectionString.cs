using System.Data.Common;
using Agent.Tools.Hosting;

namespace Agent.Tools.Sql.Postgres;

/// <summary>How much a connection insists on encryption, as in libpq.</summary>
internal enum SslMode
{
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// <summary>Whether a sign-in must be tied to its TLS connection, as in libpq.</summary>
internal enum ChannelBinding
{
    Disable,
    Prefer,
    Require,
}

/// <summary>
/// Where a PostgreSQL database is and who asks. Read from an address (<c>postgres://user:password@host:port/db?sslmode=require</c>),
/// from words as libpq takes them (<c>host=… dbname=…</c>) or as .NET takes them (<c>Host=…;Username=…</c>); what is missing comes
/// from <c>PGHOST</c>, <c>PGPORT</c>, <c>PGUSER</c>, <c>PGPASSWORD</c>, <c>PGDATABASE</c>, <c>PGSSLMODE</c>,
/// <c>PGSSLROOTCERT</c>, <c>PGCHANNELBINDING</c>, <c>PGOPTIONS</c>. Its password is shown to nobody.
/// </summary>
internal sealed class PostgresConnectionString
{
    private PostgresConnectionString(Dictionary<string, string> words)
    {
        string Word(string variable, string fallback, params string[] names)
        {
            foreach (var name in names)
            {
                if (words.TryGetValue(name, out var value))
                {
                    return value;
                }
            }

            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : fallback;
        }

        Host = Word("PGHOST", "127.0.0.1", "host", "server", "hostaddr");
        Port = int.TryParse(Word("PGPORT", "5432", "port"), out var port) && port is > 0 and < 65536
            ? port
            : throw new ToolException("The port of a PostgreSQL database must be a number from 1 to 65535.");
        User = Word("PGUSER", Environment.UserName, "user", "username", "user id", "userid", "uid");
        Password = Word("PGPASSWORD", string.Empty, "password", "pwd") is { Length: > 0 } password ? password : null;
        Database = Word("PGDATABASE", User, "dbname", "database", "db");
        RootCertificate = Word("PGSSLROOTCERT", string.Empty, "sslrootcert", "root certificate") is { Length: > 0 } path ? path : null;
        Options = Word("PGOPTIONS", string.Empty, "options") is { Length: > 0 } options ? options : null;
        Ssl = Word("PGSSLMODE", "prefer", "sslmode", "ssl mode").Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "DISABLE" => SslMode.Disable,
            "ALLOW" or "PREFER" => SslMode.Prefer,
            "REQUIRE" => SslMode.Require,
            "VERIFYCA" => SslMode.VerifyCa,
            "VERIFYFULL" => SslMode.VerifyFull,
            _ => throw new ToolException("The sslmode of a PostgreSQL database must be disable, prefer, require, verify-ca or verify-full."),
        };
        Binding = Word("PGCHANNELBINDING", "prefer", "channel_binding", "channel binding").ToUpperInvariant() switch
        {
            "DISABLE" => ChannelBinding.Disable,
            "PREFER" => ChannelBinding.Prefer,
            "REQUIRE" => ChannelBinding.Require,
            _ => throw new ToolException("The channel_binding of a PostgreSQL database must be disable, prefer or require."),
        };
    }

    public string Host { get; }

    public int Port { get; }

    public string User { get; }

    public string? Password { get; }

    public string Database { get; }

    public SslMode Ssl { get; }

    public ChannelBinding Binding { get; }

    public string? RootCertificate { get; }

    public string? Options { get; }

    /// <summary>The folder of a Unix socket rather than a host.</summary>
    public bool IsSocket => Host.StartsWith('/');

    /// <exception cref="ToolException">It cannot be read. The message does not repeat it.</exception>
    public static PostgresConnectionString Parse(string text)
    {
        try
        {
            return new PostgresConnectionString(
                text.Contains("://", StringComparison.Ordinal) ? FromAddress(text)
                : text.Contains(';', StringComparison.Ordinal) || !text.Contains(' ', StringComparison.Ordinal) ? FromPairs(text)
                : FromWords(text));
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException)
        {
            throw new ToolException("A PostgreSQL connection cannot be read; write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE.", e);
        }
    }

    public override string ToString() => "PostgreSQL";

    private static Dictionary<string, string> FromAddress(string text)
    {
        // Uri takes no list of hosts and no empty host, which name a socket by ?host=.
        var words = NewWords();
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0)
        {
            foreach (var pair in rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var split = pair.Split('=', 2);
                words[Uri.UnescapeDataString(split[0])] = split.Length > 1 ? Uri.UnescapeDataString(split[1]) : string.Empty;
            }

            rest = rest[..query];
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        if (slash >= 0 && slash + 1 < rest.Length)
        {
            words["dbname"] = Uri.UnescapeDataString(rest[(slash + 1)..]);
        }

        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at].Split(':', 2);
            if (user[0].Length > 0)
            {
                words["user"] = Uri.UnescapeDataString(user[0]);
            }

            if (user.Length > 1)
            {
                words["password"] = Uri.UnescapeDataString(user[1]);
            }
        }

        var host = authority[(at + 1)..];
        var close = host.IndexOf(']', StringComparison.Ordinal);
        var colon = host.IndexOf(':', Math.Max(close, 0));
        if (colon >= 0)
        {
            words["port"] = host[(colon + 1)..];
            host = host[..colon];
        }

        if (host.Length > 0)
        {
            words["host"] = Uri.UnescapeDataString(host.Trim('[', ']'));
        }

        return words;
    }

    private static Dictionary<string, string> FromPairs(string text)
    {
        var words = NewWords();
        var builder = new DbConnectionStringBuilder { ConnectionString = text };
        foreach (string key in builder.Keys)
        {
            words[key] = (string)builder[key];
        }

        return words;
    }

    // key=value pairs between blanks; a value may stand in single quotes, with backslashes before quotes.
    private static Dictionary<string, string> FromWords(string text)
    {
        var words = NewWords();
        var i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var equals = text.IndexOf('=', i);
            if (equals < 0)
            {
                throw new ArgumentException("a word without a value");
            }

            var key = text[i..equals].Trim();
            i = equals + 1;
            while (i < text.Length && char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            var quoted = i < text.Length && text[i] == '\'';
            var value = new System.Text.StringBuilder();
            i += quoted ? 1 : 0;
            while (i < text.Length && (quoted ? text[i] != '\'' : !char.IsWhiteSpace(text[i])))
            {
                i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                value.Append(text[i++]);
            }

            i += quoted ? 1 : 0;
            words[key] = value.ToString();
        }

        return words;
    }

    private static Dictionary<string, string> NewWords() => new(StringComparer.OrdinalIgnoreCase);
}
