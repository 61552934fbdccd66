using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>A membership source whose nodes a test sets.</summary>
internal sealed class FakeMembership : IMembershipSource
{
    private IReadOnlyList<NamedNode>? _nodes = [];

    public event Action? Changed;

    /// <summary>The exception that a read of <see cref="Nodes"/> throws; null for none.</summary>
    public Exception? Failure { get; set; }

    public int Queries { get; private set; }

    public IReadOnlyList<NamedNode>? Nodes
    {
        get
        {
            Queries++;
            return Failure is null ? _nodes : throw Failure;
        }

        set
        {
            _nodes = value;
            Changed?.Invoke();
        }
    }
}
