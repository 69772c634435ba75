using System.Buffers;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Hosting;

/// <summary>
/// Carries structured content that is ready in UTF-8 from a tool to the transport, past the object model: a result of a million
/// bytes would otherwise be parsed once and written twice on its way to the pipe.
/// </summary>
internal static class ReadyContent
{
    private static readonly AsyncLocal<Slot?> Current = new();

    /// <summary>Lets calls hand ready content over. For transports that ask <see cref="Take"/> when they send.</summary>
    public static void Install(McpServerOptions options) =>
        options.Filters.Message.IncomingFilters.Add(next => async (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is not JsonRpcRequest { Method: RequestMethods.ToolsCall })
            {
                await next(context, cancellationToken);
                return;
            }

            // The answer is sent within next.
            using var slot = new Slot();
            Current.Value = slot;
            await next(context, cancellationToken);
        });

    /// <summary>Hands bytes over for the answer of the call that is under way.</summary>
    /// <returns>Whether the transport will send them; otherwise they stay the caller's.</returns>
    public static bool TryHandOver(ReadOnlySequence<byte> utf8, IDisposable? owner)
    {
        if (Current.Value is not { } slot)
        {
            return false;
        }

        slot.Put(utf8, owner);
        return true;
    }

    /// <summary>The bytes that belong into an answer; empty where there are none.</summary>
    public static ReadOnlySequence<byte> Take(JsonRpcMessage message) =>
        message is JsonRpcResponse && Current.Value is { } slot ? slot.Take() : default;

    private sealed class Slot : IDisposable
    {
        private ReadOnlySequence<byte> bytes;
        private IDisposable? owner;

        public void Put(ReadOnlySequence<byte> utf8, IDisposable? lender) => (bytes, owner) = (utf8, lender);

        public ReadOnlySequence<byte> Take()
        {
            var taken = bytes;
            bytes = default;
            return taken;
        }

        // The answer is sent, or never will be.
        public void Dispose() => owner?.Dispose();
    }
}
