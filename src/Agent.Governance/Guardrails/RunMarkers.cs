using Agent.Governance.Storage;

namespace Agent.Governance.Guardrails;

/// <summary>
/// The word that marks text from elsewhere in a run: nobody outside this state folder can foretell it, it is another in each run, and
/// it is the same after a restart. Its beginning is the conversation's, so that what the system prompt says of it does not change from
/// run to run (a server's prefix cache lives on that). That beginning is a canary as well: where it turns up in something going out,
/// the context itself is being carried out.
/// </summary>
internal sealed class RunMarkers(Seal seal)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (string Stem, string Marker)> _known = new(StringComparer.Ordinal);

    /// <summary>The marker of a run.</summary>
    /// <param name="runId">The run, named by its conversation, a dot and its number; one without a dot is a conversation of its own.</param>
    public string Of(string runId) => Find(runId).Marker;

    /// <summary>What the markers of all runs of its conversation begin with.</summary>
    /// <param name="runId">The run.</param>
    public string Stem(string runId) => Find(runId).Stem;

    /// <summary>What the markers in a caller's context begin with.</summary>
    public string Stem(CallContext context) => Stem(context.MarkedAs ?? context.RunId);

    private (string Stem, string Marker) Find(string runId)
    {
        if (_known.Count > 1000)
        {
            _known.Clear();
        }

        return _known.GetOrAdd(runId, id =>
        {
            var dot = id.LastIndexOf('.');
            var stem = seal.Of("conversation", dot > 0 ? id[..dot] : id)[..10];
            return (stem, stem + seal.Of("marker", id)[..6]);
        });
    }
}
