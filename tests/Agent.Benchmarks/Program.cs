return args switch
{
    ["sql", .. var rest] => await Agent.Benchmarks.Sql.SqlBenchmark.RunAsync(rest),
    ["runtime"] => await Agent.Benchmarks.Runtime.LoopBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Which one? sql [FOLDER], runtime");
    return 2;
}
