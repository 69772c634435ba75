using Agent.Tools.Files;
using Agent.Tools.Hosting;

return await ServerProgram.RunAsync(args, FilesServer.Description, static (options, tools, loggers, _) =>
{
    var context = new FilesContext(options, loggers.CreateLogger("files"));
    tools.Add(FilesServer.Tools(context));
    return ValueTask.FromResult<IAsyncDisposable?>(context);
});
