namespace WsBalancer.Proxy.Fleet;

/// <summary>What taking over another composition changed in a cluster.</summary>
internal sealed class Reconfiguration
{
    /// <summary>What the change of the ring moved; null if the ring is the same as before, or the first.</summary>
    public RingChangeRecord? Ring { get; set; }

    /// <summary>Nodes that were not there, or came back while they were leaving.</summary>
    public List<Node> Joined { get; } = [];

    /// <summary>Nodes that leave.</summary>
    public List<Node> Left { get; } = [];

    /// <summary>Nodes that have left: no tunnel is open there.</summary>
    public List<Node> Gone { get; } = [];

    /// <summary>Nodes with another weight, and the one that they had.</summary>
    public List<(Node Node, int Before)> Reweighed { get; } = [];

    /// <summary>Nodes for which an operator's drain began, changed or ended.</summary>
    public List<Node> Drains { get; } = [];
}
