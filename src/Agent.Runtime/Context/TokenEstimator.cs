using Microsoft.Extensions.AI;

namespace Agent.Runtime.Context;

/// <summary>
/// Guesses tokens without the model's vocabulary, says how far the guess may be off, and learns from what the provider counted.
/// Safe for several threads.
/// </summary>
internal sealed class TokenEstimator
{
    /// <summary>Before anything was learnt, the true count lay within this of the guess for every text tried.</summary>
    private const double InitialError = 0.35;
    private const double LeastError = 0.05;
    private const int MessageOverhead = 5;
    private const int ImageTokens = 1_200;

    private readonly Lock _gate = new();
    private double _ratio = 1;
    private double _error = InitialError;

    /// <summary>How far a guess may be off, as a share of it.</summary>
    public double Error
    {
        get
        {
            lock (_gate)
            {
                return _error;
            }
        }
    }

    /// <summary>The guess in units of its own: <see cref="Expected"/> turns it into the model's tokens.</summary>
    public static int Measure(ReadOnlySpan<char> text)
    {
        // Words of plain text are about four letters a token; digits, punctuation and other scripts are dearer.
        int letters = 0, spaces = 0, ascii = 0, other = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiLetter(c))
            {
                letters++;
            }
            else if (c == ' ')
            {
                spaces++;
            }
            else if (c < 128)
            {
                ascii++;
            }
            else
            {
                other++;
            }
        }

        return (int)Math.Ceiling((letters / 4.5) + (spaces / 12.0) + (ascii / 1.9) + (other / 1.4));
    }

    public static int Measure(ChatMessage message)
    {
        var sum = MessageOverhead;
        foreach (var content in message.Contents)
        {
            sum += content switch
            {
                TextContent text => Measure(text.Text),
                TextReasoningContent reasoning => Measure(reasoning.Text) + Measure(reasoning.ProtectedData),
                FunctionCallContent call => 8 + Measure(call.Name) + MeasureArguments(call.Arguments),
                FunctionResultContent result => 8 + Measure(result.Result as string ?? result.Result?.ToString()),
                DataContent data when data.HasTopLevelMediaType("image") => ImageTokens,
                DataContent data => data.Data.Length / 3,
                _ => 8,
            };
        }

        return sum;
    }

    /// <summary>The likely count of tokens.</summary>
    public long Expected(long measured)
    {
        lock (_gate)
        {
            return (long)Math.Ceiling(measured * _ratio);
        }
    }

    /// <summary>A count that the true one will hardly exceed.</summary>
    public long AtMost(long measured)
    {
        lock (_gate)
        {
            return (long)Math.Ceiling(measured * _ratio * (1 + _error));
        }
    }

    /// <summary>How many units surely fit into so many tokens.</summary>
    public long Fitting(long tokens)
    {
        lock (_gate)
        {
            return (long)(tokens / (_ratio * (1 + _error)));
        }
    }

    /// <summary>Takes in what the provider counted for a request that was measured.</summary>
    public void Learn(long measured, long counted)
    {
        if (measured < 50 || counted < 20)
        {
            return;
        }

        var seen = Math.Clamp((double)counted / measured, 0.2, 5);
        lock (_gate)
        {
            var miss = Math.Abs(seen - _ratio) / _ratio;
            _error = Math.Max(LeastError, Math.Max(miss, (_error * 0.7) + (miss * 0.3)));
            _error = Math.Min(_error, 1);
            _ratio = (_ratio * 0.5) + (seen * 0.5);
        }
    }

    private static int MeasureArguments(IDictionary<string, object?>? arguments)
    {
        var sum = 2;
        if (arguments is not null)
        {
            foreach (var (name, value) in arguments)
            {
                sum += 3 + Measure(name) + Measure(value?.ToString());
            }
        }

        return sum;
    }
}
