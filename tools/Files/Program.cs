using Agent.Tools.Files;
using Agent.Tools.Hosting;

return await ServerProgram.RunAsync(args, FilesServer.Description, static (options, tools, _, _) =>
{
    tools.Add(FilesServer.Tools(new FilesContext(options)));
    return ValueTask.FromResult<IAsyncDisposable?>(null);
});
