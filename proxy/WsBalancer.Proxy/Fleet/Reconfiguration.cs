namespace WsBalancer.Proxy.Fleet;

/// <summary>The changes of a cluster by another composition.</summary>
internal sealed class Reconfiguration
{
    /// <summary>The change of the ring; null if the ring is the same as before, or the first.</summary>
    public RingChangeRecord? Ring { get; set; }

    /// <summary>Nodes that are new, or that were leaving and are members again.</summary>
    public List<Node> Joined { get; } = [];

    /// <summary>Nodes that begin to leave.</summary>
    public List<Node> Left { get; } = [];

    /// <summary>Nodes that have left: their last tunnel here has ended.</summary>
    public List<Node> Removed { get; } = [];

    /// <summary>Nodes with another weight, and their weight before.</summary>
    public List<(Node Node, int Before)> Reweighed { get; } = [];

    /// <summary>Nodes for which an operator's drain began, changed or ended.</summary>
    public List<Node> Drains { get; } = [];
}
