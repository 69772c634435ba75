using System.Diagnostics;
using System.Globalization;
using System.Text;
using Agent.Tools.Sql.Postgres;

namespace Agent.Tools.Sql.Tests;

/// <summary>
/// A private PostgreSQL of the tests' own, on a Unix socket and a free loopback port, as user <c>postgres</c> when the tests run as
/// root; removed at the end. Chinook is loaded into one database, which a test that changes things copies.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    public const string Password = "s3cret-of-the-tests";
    private const string SharedName = "chinook";

    // Loaded once; nobody connects to it, so that the server can copy its files.
    private const string Pristine = "pristine";

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"agent-pg-{Guid.NewGuid():N}"[..20]);
    private readonly Lock loading = new();
    private int copies;

    public PostgresCluster()
    {
        if (Missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        Certificates = new TestCertificates(folder);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "-R", "postgres", folder);
        }

        var passwordFile = Path.Combine(folder, "password");
        File.WriteAllText(passwordFile, Password);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", passwordFile);
        }

        AsPostgres("initdb", "-D", Data, "-U", "postgres", "--pwfile", passwordFile, "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        Port = FreePort();
        AsPostgres("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(folder, "log"), "-o", $"-p {Port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60 -c ssl=on -c ssl_cert_file={Certificates.ServerFile} -c ssl_key_file={Certificates.ServerKeyFile}", "start");
        if (TestData.HasChinook)
        {
            Script("postgres", $"CREATE DATABASE {Pristine}");
            Load();
            Script("postgres", CopyTo(SharedName));
        }

        Script("postgres", "CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT pg_read_all_data TO reader");
    }

    /// <summary>Why there is none; null where there is.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? "PostgreSQL is started on Linux only"
        : Binaries() is null ? "PostgreSQL is not installed (apt-get install postgresql)"
        : !TestData.HasChinook ? "../shared/data/chinook is not there"
        : null;

    public int Port { get; }

    /// <summary>What its TLS is made of: a certificate for <c>localhost</c> of an authority of its own.</summary>
    internal TestCertificates? Certificates { get; }

    private string Data => Path.Combine(folder, "data");

    /// <summary>A connection to a database, as the owner of everything, over the socket.</summary>
    public string Source(string database, string user = "postgres") => $"postgres:host={folder} port={Port} user={user} dbname={database}";

    /// <summary>The same over loopback, with a password.</summary>
    public string NetworkSource(string database, string password = Password) =>
        $"postgres://postgres:{password}@127.0.0.1:{Port}/{database}?sslmode=disable";

    /// <summary>The shared database, for tests that change nothing.</summary>
    public string Shared => Source(SharedName);

    /// <summary>A copy of it, for a test of its own.</summary>
    public string Copy(string script = "")
    {
        var name = $"copy{Interlocked.Increment(ref copies)}";
        lock (loading)
        {
            Script("postgres", CopyTo(name));
        }

        if (script.Length > 0)
        {
            Script(name, script);
        }

        return Source(name);
    }

    /// <summary>Runs a script as the owner and gives its last value.</summary>
    public string? Script(string database, string script)
    {
        using var connection = PostgresConnection.Open(
            PostgresConnectionString.Parse(Source(database)["postgres:".Length..]), new Dictionary<string, string>(), CancellationToken.None);
        connection.Send.Query(script);
        connection.Flush();
        string? last = null;
        while (true)
        {
            switch (connection.Read(out var body))
            {
                case 'D':
                    var data = new PostgresBody(body);
                    _ = data.Short();
                    last = data.Int() is var length and >= 0 ? Encoding.UTF8.GetString(data.Bytes(length)) : null;
                    break;
                case 'E':
                    throw PostgresConnection.ReadError(body);
                case 'Z':
                    return last;
            }
        }
    }

    /// <summary>The database's name in a source.</summary>
    public static string NameOf(string source) => source[(source.IndexOf("dbname=", StringComparison.Ordinal) + 7)..];

    public void Dispose()
    {
        if (Port != 0)
        {
            AsPostgres("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string CopyTo(string name) => $"CREATE DATABASE {name} TEMPLATE {Pristine} STRATEGY file_copy";

    private void Load()
    {
        // The script's own CREATE DATABASE and \c are psql's; the rest is plain SQL.
        var script = File.ReadAllText(TestData.ChinookPostgres);
        Script(Pristine, script[(script.IndexOf("\\c chinook;", StringComparison.Ordinal) + "\\c chinook;".Length)..]);
    }

    private static string? Binaries()
    {
        const string debian = "/usr/lib/postgresql";
        var newest = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).FirstOrDefault()
            : null;
        if (newest is not null && File.Exists(Path.Combine(newest, "bin", "initdb")))
        {
            return Path.Combine(newest, "bin");
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")));
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void AsPostgres(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries()!, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // pg_ctl's server keeps the pipes open, so its words are not waited for: output goes to nowhere.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} {arguments[0]} ended with {process.ExitCode}"));
        }
    }
}
