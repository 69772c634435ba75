using System.Runtime.CompilerServices;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.TextCalls;

/// <summary>
/// Makes a demand for a call binding where the server does not: llama.cpp tells a small model that it must call and takes prose all the
/// same. The answer is held to a JSON schema of the calls there are instead, and comes as text, which
/// <see cref="TextCallClient"/> reads like any call in text.
/// </summary>
/// <param name="inner">The model's client.</param>
internal sealed class DemandedCallClient(IChatClient inner) : StreamingChatClient
{
    private volatile bool refused;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = options;
        if (!refused && options is { ToolMode: RequiredChatToolMode mode, ResponseFormat: null } && CallSchema.Of(options.Tools ?? [], mode.RequiredFunctionName) is { } schema)
        {
            asked = options.Clone();
            asked.ToolMode = ChatToolMode.None;
            asked.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "call");
        }

        var updates = inner.GetStreamingResponseAsync(messages, asked, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            bool any;
            try
            {
                any = await updates.MoveNextAsync();
            }
            catch (ModelException exception) when (exception.Kind == ModelErrorKind.BadRequest && asked != options)
            {
                // A schema that the server cannot follow: it is asked as any other server is, from now on.
                refused = true;
                await updates.DisposeAsync();
                updates = inner.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
                any = await updates.MoveNextAsync();
            }

            for (; any; any = await updates.MoveNextAsync())
            {
                yield return updates.Current;
            }
        }
        finally
        {
            await updates.DisposeAsync();
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        base.GetService(serviceType, serviceKey) ?? inner.GetService(serviceType, serviceKey);

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
