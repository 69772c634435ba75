namespace Agent.Models.Offline.Questions;

/// <summary>
/// The places where a reading had to choose between things that fit about as well. A reading is made once with the first of each;
/// made again with another one at one place, it shows whether the choice decides what is answered.
/// </summary>
internal sealed class Choices
{
    private readonly Dictionary<object, List<object>> _open = [];
    private readonly Dictionary<object, object> _taken = [];
    private readonly Choices? _first;
    private readonly object? _place;
    private readonly object? _instead;

    /// <summary>Takes the first everywhere.</summary>
    public Choices()
    {
    }

    private Choices(Choices first, object place, object instead)
    {
        _first = first;
        _place = place;
        _instead = instead;
    }

    /// <summary>One for each thing that was not taken: the same choices but for that one place.</summary>
    public IEnumerable<Choices> Others => _open.SelectMany(p => p.Value.Where(o => !o.Equals(_taken[p.Key])).Select(o => new Choices(this, p.Key, o)));

    /// <summary>Where this one differs.</summary>
    public object? Place => _place;

    /// <summary>What the first reading took where this one differs, in words.</summary>
    public string Took => _first?._taken[_place!].ToString() ?? string.Empty;

    /// <summary>What was taken instead, in words.</summary>
    public string Instead => _instead?.ToString() ?? string.Empty;

    /// <summary>The first of some that fit equally well; or what the first reading took, wherever this one is not to differ from it.</summary>
    /// <param name="place">What is chosen for: the same each time the same is asked.</param>
    /// <param name="options">What fits as well as the best, best first; at least one.</param>
    /// <param name="all">What fits at all; null where nothing else does.</param>
    public T Take<T>(object place, IReadOnlyList<T> options, IReadOnlyList<T>? all = null)
        where T : notnull
    {
        var wanted = place.Equals(_place) ? _instead : _first?._taken.GetValueOrDefault(place);
        if (wanted is not null && (all ?? options).FirstOrDefault(o => o.Equals(wanted)) is { } same && same.Equals(wanted))
        {
            return same;
        }

        _taken.TryAdd(place, options[0]);
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
