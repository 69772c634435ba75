using System.Runtime.InteropServices;
using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>Reads a request, shows what happens, and reads the next one.</summary>
internal sealed class ChatLoop(AgentApplication application, CommandConsole console, string? sessionId)
{
    private string? session = sessionId;

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        await application.StartAsync(cancellationToken);
        await WelcomeAsync(cancellationToken);
        while (true)
        {
            await console.Out.WriteAsync("> ");
            await console.Out.FlushAsync(cancellationToken);
            var line = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
            switch (line?.Trim())
            {
                case null or "/quit" or "/exit":
                    await console.Out.WriteLineAsync();
                    return ExitCode.Ok;
                case "":
                    continue;
                case "/help":
                    await console.Out.WriteLineAsync("Ask in your own words. /tools lists the tools, /quit leaves, Ctrl-C cancels what runs.");
                    continue;
                case "/tools":
                    foreach (var tool in application.Services.GetRequiredService<IToolHost>().Tools)
                    {
                        await console.Out.WriteLineAsync($"  {tool.Id,-32} {tool.Description.Split('\n')[0]}");
                    }

                    continue;
                case ['/', .. var name]:
                    await console.Out.WriteLineAsync($"There is no command /{name}; /help says what there is.");
                    continue;
                case var request:
                    await AnswerAsync(request, cancellationToken);
                    continue;
            }
        }
    }

    private async Task WelcomeAsync(CancellationToken cancellationToken)
    {
        var model = await application.Services.GetRequiredService<IModelCatalog>().DescribeAsync(null, cancellationToken);
        foreach (var line in Welcome.Words(application, model))
        {
            await console.Out.WriteLineAsync(line);
        }

        await console.Out.WriteLineAsync("/help says what you can type. Ctrl-C cancels, /quit leaves.");
    }

    private async Task AnswerAsync(string request, CancellationToken cancellationToken)
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            run.Cancel();
        });

        await application.WaitUntilSettledAsync(run.Token);
        foreach (var problem in application.Problems())
        {
            await console.Error.WriteLineAsync("! " + problem);
        }

        await using var prompter = new ApprovalPrompter(application.Services.GetRequiredService<IApprovals>(), console);
        var atLineStart = true;
        var runner = application.Services.GetRequiredService<IAgentRunner>();
        var asked = new RunRequest { Prompt = request, SessionId = session, Client = "chat", Approvals = ApprovalHandling.Wait };
        await foreach (var runEvent in runner.RunAsync(asked, run.Token))
        {
            switch (runEvent)
            {
                case RunEvent.Started started:
                    session = started.Session;
                    break;
                case RunEvent.TextDelta delta:
                    await console.Out.WriteAsync(delta.Text);
                    await console.Out.FlushAsync(CancellationToken.None);
                    atLineStart = delta.Text.EndsWith('\n');
                    break;
                case RunEvent.ToolStarted tool:
                    await StartLineAsync();
                    await console.Out.WriteLineAsync($"· {tool.Call.Name} {ApprovalCard.Visible(Shorten(tool.Call.Arguments.GetRawText()))}");
                    break;
                case RunEvent.ToolCompleted done when done.Outcome.Kind != ToolOutcomeKind.Completed || done.Outcome.Result is { IsError: true }:
                    await StartLineAsync();
                    await console.Out.WriteLineAsync($"  ✗ {ApprovalCard.Visible(Shorten(done.Outcome.Result?.Text ?? done.Outcome.Kind.ToString()))}");
                    break;
                case RunEvent.ApprovalPending pending:
                    await StartLineAsync();
                    prompter.Ask(pending.Request, run.Token);
                    break;
                case RunEvent.ApprovalClosed closed:
                    prompter.Close(closed.Request);
                    break;
                case RunEvent.Notice notice:
                    await StartLineAsync();
                    await console.Out.WriteLineAsync("! " + notice.Text);
                    break;
                case RunEvent.Completed completed:
                    await StartLineAsync();
                    if (completed.Result.Stopped is not RunStop.Answered)
                    {
                        await console.Out.WriteLineAsync(completed.Result.Answer);
                    }

                    break;
                default:
                    break;
            }
        }

        async Task StartLineAsync()
        {
            if (!atLineStart)
            {
                await console.Out.WriteLineAsync();
                atLineStart = true;
            }
        }
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 199), "…");
}
