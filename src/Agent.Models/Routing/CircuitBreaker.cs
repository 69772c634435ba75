using Agent.Models.Selection;

namespace Agent.Models.Routing;

/// <summary>Leaves a model alone for a while after it failed several times in a row. Then one request may try it again.</summary>
/// <param name="options">How many failures, and for how long.</param>
/// <param name="time">The clock.</param>
internal sealed class CircuitBreaker(CircuitOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private int failures;
    private DateTimeOffset? openUntil;

    /// <summary>Whether a request may go out now; a true after the break lets one through and keeps the others out until it ended.</summary>
    /// <param name="wait">How long it is still closed.</param>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (openUntil is not { } until || failures < options.Failures)
            {
                wait = TimeSpan.Zero;
                return true;
            }

            if (now < until)
            {
                wait = until - now;
                return false;
            }

            openUntil = now + options.BreakFor;
            wait = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>The model answered.</summary>
    public void Succeeded()
    {
        lock (gate)
        {
            failures = 0;
            openUntil = null;
        }
    }

    /// <summary>The model failed.</summary>
    /// <param name="kind">How; an error of the request says nothing about the model.</param>
    public void Failed(ModelErrorKind kind)
    {
        if (kind is not (ModelErrorKind.Unreachable or ModelErrorKind.Overloaded or ModelErrorKind.TimedOut or ModelErrorKind.RateLimited))
        {
            return;
        }

        lock (gate)
        {
            if (++failures >= options.Failures)
            {
                openUntil = time.GetUtcNow() + options.BreakFor;
            }
        }
    }
}
