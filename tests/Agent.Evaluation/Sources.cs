using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Agent.Evaluation;

/// <summary>What is asked about: both databases, the documents, the running API; and the running model.</summary>
internal sealed class Sources : IAsyncDisposable
{
    private readonly List<Process> processes = [];

    private Sources(string folder)
    {
        Folder = folder;
    }

    /// <summary>A folder of its own, deleted at the end.</summary>
    public string Folder { get; }

    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The command and the servers beside it, as they were built with this program.</summary>
    public static string AgentFolder { get; } = Path.Combine(Root, "src", "Agent.Cli", "bin", Configuration, "net10.0");

    public string Chinook { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", "chinook", "Chinook_Sqlite.sqlite"));

    public string Reserve => Path.Combine(Folder, "reserve.sqlite");

    public string DocumentFolder => Path.Combine(Folder, "documents");

    public string ApiDocument { get; private set; } = string.Empty;

    /// <summary>Where the model answers.</summary>
    public string Endpoint { get; private set; } = string.Empty;

    public string Model { get; private set; } = "coder-0.5b";

    public static async Task<Sources> OpenAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var sources = new Sources(Directory.CreateTempSubdirectory("agent-evaluation-").FullName) { Model = arguments.Model };
        Evaluation.Reserve.Create(sources.Reserve);
        Documents.Create(sources.DocumentFolder);
        if (!File.Exists(sources.Chinook))
        {
            throw new FileNotFoundException($"The Chinook database is not at {sources.Chinook}.");
        }

        var apiPort = FreePort();
        var library = Path.Combine(Root, "samples", "api", "bin", Configuration, "net10.0", "agent-sample-shop.dll");
        sources.Start("dotnet", [library, "--urls", $"http://127.0.0.1:{apiPort}"]);
        sources.ApiDocument = $"http://127.0.0.1:{apiPort}/openapi.json";
        sources.Endpoint = arguments.Endpoint ?? sources.StartModel();
        using var http = new HttpClient();
        await WaitAsync(http, new Uri(sources.ApiDocument), cancellationToken);
        await WaitAsync(http, new Uri(new Uri(sources.Endpoint), "/v1/models"), cancellationToken);
        return sources;
    }

    /// <summary>What the command is given for a kind of question; the plain loop gets the same servers with the same data.</summary>
    public (string Server, string[] Flags) For(string kind) => kind switch
    {
        "chinook" => ("sql", ["--database", $"chinook=sqlite:{Chinook}"]),
        "reserve" => ("sql", ["--database", $"reserve=sqlite:{Reserve}"]),
        "documents" => ("files", ["--root", DocumentFolder]),
        _ => ("web", ["--api", $"shop={ApiDocument}"]),
    };

    public ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string StartModel()
    {
        var serve = Path.GetFullPath(Path.Combine(Root, "..", "shared", "model", "serve"));
        if (!File.Exists(serve))
        {
            throw new FileNotFoundException($"There is no model at {serve}; start one of your own and give --endpoint and --model.");
        }

        var port = FreePort();
        Start(serve, [port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return $"http://127.0.0.1:{port}/v1";
    }

    private void Start(string program, string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
    }

    private static async Task WaitAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await http.GetAsync(address, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (tries < 600)
            {
            }

            await Task.Delay(500, cancellationToken);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The evaluation must run inside a checkout.");
    }
}
