return args switch
{
    ["sql", .. var rest] => await Agent.Benchmarks.Sql.SqlBenchmark.RunAsync(rest),
    ["runtime"] => await Agent.Benchmarks.Runtime.LoopBenchmark.RunAsync(),
    ["files", .. var rest] => Agent.Benchmarks.Files.FileSearchBenchmark.Run(rest),
    ["governance"] => await Agent.Benchmarks.Governance.GovernanceBenchmark.RunAsync(Console.Out),
    ["gateway", .. var rest] => await Agent.Benchmarks.Gateway.GatewayBenchmark.RunAsync(rest is [var peers] ? peers : null),
    ["web", var folder] => await Agent.Benchmarks.Web.WebBenchmark.RunAsync(folder, Console.Out),
    ["console", .. var rest] => await Agent.Benchmarks.Chat.StartBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Which one? sql [FOLDER], runtime, files [FOLDER], governance, gateway [FOLDER-WITH-MCP-PROXY], web OPENAPI-FOLDER, console AGENT [PROGRAM TEXT]...");
    return 2;
}
