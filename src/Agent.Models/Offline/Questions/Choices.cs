namespace Agent.Models.Offline.Questions;

/// <summary>
/// The places where a reading had to choose between things that fit about as well. A reading is made once with the first of each;
/// made again with another one at one place, it shows whether the choice decides what is answered.
/// </summary>
internal sealed class Choices
{
    private readonly Dictionary<object, List<object>> _open = [];
    private readonly object? _place;
    private readonly object? _instead;

    /// <summary>Takes the first everywhere.</summary>
    public Choices()
    {
    }

    private Choices(object place, object instead)
    {
        _place = place;
        _instead = instead;
    }

    /// <summary>One for each thing that was not taken: the same choices but for that one place.</summary>
    public IEnumerable<Choices> Others => _open.SelectMany(static p => p.Value.Skip(1).Select(o => new Choices(p.Key, o)));

    /// <summary>What was taken instead, in words; null where nothing was.</summary>
    public string? Instead => _instead?.ToString();

    /// <summary>What the first choice took at the place where this one differs, in words.</summary>
    public string? First(Choices first) => _place is not null && first._open.TryGetValue(_place, out var options) ? options[0].ToString() : null;

    /// <summary>The first of some that fit equally well, or the one that is tried instead.</summary>
    /// <param name="place">What is chosen for: the same each time the same is asked.</param>
    /// <param name="options">What fits, best first; at least one.</param>
    public T Take<T>(object place, IReadOnlyList<T> options)
        where T : notnull
    {
        if (place.Equals(_place))
        {
            return options.FirstOrDefault(o => o.Equals(_instead)) ?? options[0];
        }

        if (options.Count > 1)
        {
            if (!_open.TryGetValue(place, out var known))
            {
                _open.Add(place, known = []);
            }

            known.AddRange(options.Cast<object>().Where(o => !known.Contains(o)));
        }

        return options[0];
    }
}
