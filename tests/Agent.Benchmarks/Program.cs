return args switch
{
    ["sql", .. var rest] => await Agent.Benchmarks.Sql.SqlBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Which one? sql [FOLDER]");
    return 2;
}
