using System.Globalization;
using System.Text.Json;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>
/// Gets a person's answer to a stored question: in the client where it can ask, and from <c>agent approvals</c> at the same
/// time. The first answer wins.
/// </summary>
internal sealed partial class ApprovalDesk(IApprovals approvals, GatewayOptions options, TimeProvider time, ILogger<ApprovalDesk> logger)
{
    /// <summary>No person reads a call and refuses it in less: the client declined by itself.</summary>
    private static readonly TimeSpan FasterThanAPerson = TimeSpan.FromMilliseconds(700);

    private const int MostAttempts = 3;

    /// <summary>Waits until the question is closed, or the time is up.</summary>
    /// <returns>True where it was closed: answered by anybody, expired or withdrawn.</returns>
    public async Task<bool> SettleAsync(ApprovalRequest request, IClientDialogue dialogue, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.ApprovalWaitSeconds), time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var elsewhere = approvals.WaitAsync(request.Id, over.Token).AsTask();
        var asking = options.AskInClient && dialogue.Line.CanAskForms ? AskAsync(request, dialogue, over.Token) : Task.FromResult(false);
        try
        {
            if (await Task.WhenAny(elsewhere, asking) == asking && !await asking)
            {
                await dialogue.Line.ReportAsync(
                    null,
                    null,
                    string.Create(CultureInfo.InvariantCulture, $"Waiting up to {options.ApprovalWaitSeconds} seconds for your approval of {request.Tool}: run `agent approvals approve {request.Id}` in a terminal (`agent approvals show {request.Id}` shows the whole call)."));
            }

            await elsewhere;
            // An answer alone starts nothing: a client that holds the question may have given up, and says so to nobody.
            await dialogue.PresentAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            // Whoever answered first has closed the question; the other way of asking ends with it.
            await over.CancelAsync();
            await Task.WhenAll(asking, elsewhere).ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Closes a question that nobody answered in time, so that its run goes on without the call.</summary>
    public async Task GiveUpAsync(ApprovalRequest request, int seconds) =>
        await approvals.WithdrawAsync(request.Id, $"nobody answered within {seconds} seconds", CancellationToken.None);

    /// <summary>Asks in the client; false where it could not, or answered by itself.</summary>
    private async Task<bool> AskAsync(ApprovalRequest request, IClientDialogue dialogue, CancellationToken cancellationToken)
    {
        try
        {
            string? problem = null;
            for (var attempt = 0; attempt < MostAttempts; attempt++)
            {
                var began = time.GetTimestamp();
                var question = new ServerQuestion(RequestMethods.ElicitationCreate, ApprovalCard.Question(request, problem));
                var answer = await dialogue.AskAsync(attempt == 0 ? "approval" : string.Create(CultureInfo.InvariantCulture, $"approval{attempt}"), question, cancellationToken);
                var took = time.GetElapsedTime(began);
                if (answer.Text("action") != "accept" && took < FasterThanAPerson)
                {
                    return false;
                }

                if (ApprovalCard.Read(answer, request, request.Client) is not { } verdict)
                {
                    return false;
                }

                var result = await approvals.AnswerAsync(request.Id, verdict, cancellationToken);
                if (result.Accepted)
                {
                    return true;
                }

                LogNotAccepted(request.Id, result.Problem);
                if (result.Request?.State != ApprovalState.Pending)
                {
                    return true;
                }

                // A date that is missing or too far ahead: the question is still open, and the person is still there.
                problem = result.Problem;
            }

            return false;
        }
        catch (Exception exception) when (exception is McpException or IOException or InvalidOperationException or JsonException)
        {
            LogCannotAsk(request.Id, exception);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The client's answer to approval {Approval} was not taken: {Problem}")]
    private partial void LogNotAccepted(string approval, string? problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The client could not ask about approval {Approval}.")]
    private partial void LogCannotAsk(string approval, Exception exception);
}
