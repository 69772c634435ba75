using System.Net;

namespace Agent.Models.Wire;

/// <summary>The connections to every model server, and how a request to one is made.</summary>
internal sealed class ModelHttp : IDisposable
{
    private const int MaxErrorBody = 64 * 1024;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker far;
    private readonly HttpMessageInvoker near;

    /// <summary>Makes the pools.</summary>
    /// <param name="connectTimeout">Until a connection stands.</param>
    /// <param name="time">For dates in <c>Retry-After</c>.</param>
    public ModelHttp(TimeSpan connectTimeout, TimeProvider time)
    {
        this.time = time;

        far = Pool(TimeSpan.FromMinutes(5));

        // llama.cpp's server announces that it keeps a connection, and closes it after each stream. A request that is sent into one at
        // that moment fails, and a POST may not be sent again unasked. On one's own machine a new connection costs nothing.
        near = Pool(TimeSpan.Zero);

        // Redirects are not followed: a key in a header would be carried along. No time limit here: those are the attempt's.
        HttpMessageInvoker Pool(TimeSpan lifetime) => new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = connectTimeout,
            PooledConnectionLifetime = lifetime,
            UseCookies = false,
        });
    }

    /// <summary>Sends a request and gives the answer once its head is there.</summary>
    /// <param name="request">The request.</param>
    /// <param name="errors">Says what went wrong.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>A successful answer.</returns>
    /// <exception cref="ModelException">It could not be sent, or the answer is an error.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ModelErrors errors, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        if (request.Headers.UserAgent.Count == 0)
        {
            request.Headers.UserAgent.ParseAdd("agent/0.1");
        }

        try
        {
            response = await (request.RequestUri is { IsLoopback: true } ? near : far).SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw errors.FromTransport(exception, inStream: false);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = await ReadSomeAsync(response, cancellationToken);
            throw errors.FromStatus(response.StatusCode, body, RetryAfter(response, time));
        }
    }

    /// <summary>What a server asks to wait: <c>retry-after-ms</c>, or <c>Retry-After</c> in seconds or as a date.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.FirstOrDefault(), System.Globalization.CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is >= 0 and < 86_400_000)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    public void Dispose()
    {
        far.Dispose();
        near.Dispose();
    }

    private static async Task<byte[]> ReadSomeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxErrorBody];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (int read; length < buffer.Length && (read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0;)
            {
                length += read;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The status says enough.
        }

        return buffer[..length];
    }
}
