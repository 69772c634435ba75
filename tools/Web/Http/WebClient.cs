using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Agent.Tools.Web.Http;

/// <summary>
/// Sends requests within limits: rules on every hop, a rate and a circuit breaker for each host, one time limit over all, repetition
/// of what is safe to repeat, and an end to what has none.
/// </summary>
internal sealed class WebClient : IDisposable
{
    private const int MostBreakers = 2000;

    // A service that wants to be left alone for longer is told to the model instead of waited for.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(10);

    private readonly WebOptions _options;
    private readonly UrlRules _rules;
    private readonly HostPace _pace;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<WebResponse> _retry;
    private readonly ConcurrentDictionary<string, ResiliencePipeline<WebResponse>> _breakers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A client.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="rules">Which addresses may be asked for.</param>
    /// <param name="handler">Connects; see <see cref="GuardedConnector"/>.</param>
    /// <param name="pace">Rates, shared by the clients of a process.</param>
    /// <param name="time">The clock.</param>
    public WebClient(WebOptions options, UrlRules rules, HttpMessageHandler handler, HostPace pace, TimeProvider time)
    {
        _options = options;
        _rules = rules;
        _pace = pace;
        _time = time;
        _http = new HttpMessageInvoker(handler);
        _retry = RetryPipeline();
    }

    /// <summary>Which addresses may be asked for.</summary>
    public UrlRules Rules => _rules;

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="RequestException">There is no answer, or nothing may be sent.</exception>
    public async Task<WebResponse> SendAsync(WebRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await FollowAsync(request, linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestException($"{request.Url.Authority} did not answer in full within {_options.TimeoutSeconds:0.#} seconds; ask for less, or later.");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<WebResponse> FollowAsync(WebRequest request, CancellationToken cancellationToken)
    {
        var (method, url, withBody) = (request.Method, request.Url, true);
        for (var hop = 0; ; hop++)
        {
            _rules.Check(url);
            var response = await AttemptAsync(request, method, url, withBody, cancellationToken);
            if (!response.IsRedirect || !MayFollow(request, response.Status))
            {
                return response;
            }

            if (hop == _options.MaxRedirects)
            {
                throw new RequestException($"{request.Url.Authority} redirects more than {_options.MaxRedirects} times; the last was to {Shown(url)}.");
            }

            if (!Uri.TryCreate(url, response.Headers["Location"], out var next))
            {
                throw new RequestException($"{url.Authority} redirects to something that is no address.");
            }

            if (response.Status == HttpStatusCode.SeeOther && method != HttpMethod.Head)
            {
                (method, withBody) = (HttpMethod.Get, false);
            }

            if (request.Robots is { } robots)
            {
                _rules.Check(next);
                await robots(next, cancellationToken);
            }

            url = next.Fragment.Length == 0 && url.Fragment.Length > 0 ? new Uri(next, url.Fragment) : next;
        }
    }

    // A redirect of something that acts would act elsewhere than was approved; "see other" only shows the outcome.
    private static bool MayFollow(WebRequest request, HttpStatusCode status) => request.IsSafe || status == HttpStatusCode.SeeOther;

    private async Task<WebResponse> AttemptAsync(WebRequest request, HttpMethod method, Uri url, bool withBody, CancellationToken cancellationToken)
    {
        if (_breakers.Count > MostBreakers)
        {
            _breakers.Clear();
        }

        var breaker = _breakers.GetOrAdd(url.Authority, _ => BreakerPipeline());
        try
        {
            return request.IsSafe
                ? await _retry.ExecuteAsync(async token => await breaker.ExecuteAsync(Once, token), cancellationToken)
                : await breaker.ExecuteAsync(Once, cancellationToken);
        }
        catch (BrokenCircuitException e)
        {
            var wait = e.RetryAfter is { } after ? $"in {Math.Max(1, Math.Ceiling(after.TotalSeconds)):0} seconds" : "later";
            throw new RequestException($"{url.Authority} failed several times in a row and is left alone for now; try again {wait}.", innerException: e);
        }

        async ValueTask<WebResponse> Once(CancellationToken token) => await SendOnceAsync(request, method, url, withBody, token);
    }

    private async Task<WebResponse> SendOnceAsync(WebRequest request, HttpMethod method, Uri url, bool withBody, CancellationToken cancellationToken)
    {
        await _pace.WaitAsync(url.Host, cancellationToken);
        using var message = request.ToMessage(method, url, withBody);
        if (IsSameOrigin(request.Url, url))
        {
            if (request.Credential is { } credential)
            {
                await credential.ApplyAsync(message, cancellationToken);
            }
        }
        else
        {
            // What was meant for one host is not given to another.
            foreach (var (name, _) in request.Headers)
            {
                if (!name.StartsWith("Accept", StringComparison.OrdinalIgnoreCase))
                {
                    message.Headers.Remove(name);
                }
            }
        }

        try
        {
            using var response = await _http.SendAsync(message, cancellationToken);
            return await ReadAsync(response, url, request.MaxBytes ?? _options.MaxBytes, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or SocketException)
        {
            throw Explain(e, url);
        }
    }

    private static async Task<WebResponse> ReadAsync(HttpResponseMessage response, Uri url, int mostBytes, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            headers[name] = string.Join(", ", values);
        }

        var answer = new WebResponse
        {
            Url = url,
            Status = response.StatusCode,
            Reason = response.ReasonPhrase ?? string.Empty,
            Headers = headers,
            Body = ReadOnlyMemory<byte>.Empty,
        };
        if (answer.IsRedirect)
        {
            return answer;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return answer with { Body = body.GetBuffer().AsMemory(0, (int)body.Length) };
            }

            var room = mostBytes - (int)body.Length;
            await body.WriteAsync(buffer.AsMemory(0, Math.Min(read, room)), cancellationToken);
            if (read > room)
            {
                return answer with { Body = body.GetBuffer().AsMemory(0, (int)body.Length), Truncated = true };
            }
        }
    }

    private ResiliencePipeline<WebResponse> RetryPipeline() => _options.Retries == 0
        ? ResiliencePipeline<WebResponse>.Empty
        : new ResiliencePipelineBuilder<WebResponse> { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions<WebResponse>
            {
                MaxRetryAttempts = _options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(300),
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
                {
                    { Exception: RequestException e } => !e.Refused,
                    { Result: { } answer } => IsPassing(answer.Status) && (RetryAfter(answer) ?? TimeSpan.Zero) <= LongestRetryAfter,
                    _ => false,
                }),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } answer ? RetryAfter(answer) : null),
            })
            .Build();

    private ResiliencePipeline<WebResponse> BreakerPipeline() =>
        new ResiliencePipelineBuilder<WebResponse> { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<WebResponse>
            {
                FailureRatio = 0.8,
                MinimumThroughput = 6,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
                {
                    { Exception: RequestException e } => !e.Refused,
                    { Result: { } answer } => (int)answer.Status >= 500,
                    _ => false,
                }),
            })
            .Build();

    private static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private TimeSpan? RetryAfter(WebResponse answer)
    {
        if (answer.Headers.GetValueOrDefault("Retry-After") is not { } value)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? TimeSpan.FromSeconds(Math.Max(0, (date - _time.GetUtcNow()).TotalSeconds))
            : null;
    }

    private static bool IsSameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && a.IdnHost.Equals(b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static string Shown(Uri url) => url.GetLeftPart(UriPartial.Path);

    private static RequestException Explain(Exception e, Uri url)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is RequestException refusal)
            {
                return refusal;
            }
        }

        var problem = e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
                $"There is no host {url.Host}; check the address.",
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } =>
                $"There is no host {url.Host}; check the address.",
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"Nothing answers at {url.Authority}; check the address, or whether the service runs.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"{url.Authority} has no valid certificate, so the connection was given up.",
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                $"{url.Authority} sends headers without measure.",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                $"{url.Authority} cannot be connected to; check the address, or try later.",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } =>
                $"{url.Authority} broke off in the middle of its answer; try again.",
            InvalidDataException =>
                $"{url.Authority} sends an answer whose compression is broken.",
            _ => $"{url.Authority} does not speak proper HTTP, or the connection was lost; try again.",
        };
        return new RequestException(problem, innerException: e);
    }
}
