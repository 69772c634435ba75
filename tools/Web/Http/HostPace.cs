using System.Collections.Concurrent;

namespace Agent.Tools.Web.Http;

/// <summary>Keeps requests to one host at a rate: a token bucket each, whose tokens may be taken ahead and waited for.</summary>
internal sealed class HostPace(double perSecond, int burst, TimeProvider time)
{
    private const int MostHosts = 2000;

    // Who would have to wait longer than this is told so at once.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for the turn of a request.</summary>
    /// <param name="host">Where it goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestException">The turn is too far away.</exception>
    public async ValueTask WaitAsync(string host, CancellationToken cancellationToken)
    {
        if (_buckets.Count > MostHosts)
        {
            _buckets.Clear();
        }

        var wait = _buckets.GetOrAdd(host, static (_, self) => new Bucket(self.Burst, self.Now), (Burst: (double)burst, Now: time.GetTimestamp())).Take(this);
        if (wait is null)
        {
            throw new RequestException($"Too many requests to {host} are waiting already; ask for less at once, or later.", refused: true);
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait.Value, time, cancellationToken);
        }
    }

    private sealed class Bucket(double tokens, long stamp)
    {
        private readonly Lock _lock = new();
        private double _tokens = tokens;
        private long _stamp = stamp;

        public TimeSpan? Take(HostPace pace)
        {
            lock (_lock)
            {
                var now = pace.Now;
                _tokens = Math.Min(pace.Most, _tokens + (pace.Elapsed(_stamp, now).TotalSeconds * pace.Rate));
                _stamp = now;
                var wait = _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / pace.Rate);
                if (wait > LongestWait)
                {
                    return null;
                }

                _tokens -= 1;
                return wait;
            }
        }
    }

    private double Rate => perSecond;

    private double Most => burst;

    private long Now => time.GetTimestamp();

    private TimeSpan Elapsed(long from, long to) => time.GetElapsedTime(from, to);
}
