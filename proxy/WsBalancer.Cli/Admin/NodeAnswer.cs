namespace WsBalancer.Cli.Admin;

/// <summary>One node of a cluster.</summary>
/// <remarks>
/// <c>Share</c> is the part of the key space that the ring gives the node, 0…1, whatever its state. <c>RingKey</c> is
/// what the ring hashes for the node; null if that is its id. <c>Overridden</c> names what was changed at run time.
/// </remarks>
internal sealed record NodeAnswer(
    string Id,
    string Address,
    int Weight,
    string State,
    string Health,
    long Tunnels,
    long Misplaced,
    double Share,
    string? RingKey = null,
    string Source = NodeAnswer.Configured,
    IReadOnlyList<string>? Overridden = null,
    string Cluster = "")
{
    public const string Configured = "configured";

    public bool HasOtherWeight => Overridden?.Contains("weight") is true;
}
