using Agent.Governance.Storage;

namespace Agent.Governance.Guardrails;

/// <summary>
/// The word that marks text from elsewhere in a run: nobody outside this state folder can foretell it, and it is the same after a
/// restart. It is a canary as well: where it turns up in something going out, the context itself is being carried out.
/// </summary>
internal sealed class RunMarkers(Seal seal)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Of(string runId)
    {
        if (_known.Count > 1000)
        {
            _known.Clear();
        }

        return _known.GetOrAdd(runId, id => seal.Of("marker", id)[..12]);
    }
}
