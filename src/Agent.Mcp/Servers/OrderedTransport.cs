using System.Threading.Channels;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>
/// Takes progress out of a server's messages in the order they came. The SDK handles each message on its own, so that a call's
/// answer may overtake the progress before it, and the progress would find nobody who listens.
/// </summary>
internal sealed class OrderedTransport(IClientTransport inner, Action<JsonRpcNotification> progress) : IClientTransport
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) =>
        new Connected(await inner.ConnectAsync(cancellationToken), progress);

    private sealed class Connected(ITransport transport, Action<JsonRpcNotification> progress) : ITransport
    {
        public string? SessionId => transport.SessionId;

        public ChannelReader<JsonRpcMessage> MessageReader { get; } = new Reader(transport.MessageReader, progress);

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) =>
            transport.SendMessageAsync(message, cancellationToken);

        public ValueTask DisposeAsync() => transport.DisposeAsync();
    }

    private sealed class Reader(ChannelReader<JsonRpcMessage> messages, Action<JsonRpcNotification> progress) : ChannelReader<JsonRpcMessage>
    {
        public override Task Completion => messages.Completion;

        public override bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out JsonRpcMessage item)
        {
            while (messages.TryRead(out item))
            {
                if (item is not JsonRpcNotification { Method: NotificationMethods.ProgressNotification } notification)
                {
                    return true;
                }

                progress(notification);
            }

            return false;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => messages.WaitToReadAsync(cancellationToken);
    }
}
