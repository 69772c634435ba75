using Agent.Tools.Hosting;
using Agent.Tools.Sql.Tools;

return await ServerProgram.RunAsync(args, SqlServer.Description, (options, tools, _, _) => SqlServer.SetUpAsync(options, tools));
