using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>Names what it is told to name.</summary>
internal sealed class FakeMembership : IMembershipSource
{
    private IReadOnlyList<NamedNode>? _nodes = [];

    public event Action? Changed;

    /// <summary>Thrown at whoever asks; null to answer.</summary>
    public Exception? Failure { get; set; }

    public int Asked { get; private set; }

    public IReadOnlyList<NamedNode>? Nodes
    {
        get
        {
            Asked++;
            return Failure is null ? _nodes : throw Failure;
        }

        set
        {
            _nodes = value;
            Changed?.Invoke();
        }
    }
}
