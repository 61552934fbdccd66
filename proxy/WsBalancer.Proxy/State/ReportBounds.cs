namespace WsBalancer.Proxy.State;

/// <summary>The bounds of what balancers report and send to each other through Redis.</summary>
internal static class ReportBounds
{
    private const int LongestFingerprint = 64;

    // More than a whole fleet has, and sums of such counts do not overflow.
    private const long MaxTunnels = int.MaxValue;

    /// <summary>The first part of a report that is out of its bounds; null if none is.</summary>
    /// <param name="id">The balancer whose key it is.</param>
    /// <param name="lease">The report.</param>
    public static string? MistakeIn(string id, PeerLease lease) => lease.Report switch
    {
        _ when !RecordBounds.IsName(lease.Instance) => "its instance is no name",
        _ when !RecordBounds.IsName(id) => "its id is no name",
        { Digest: { } digest } when !IsFingerprint(digest) => "its digest is none: expected hexadecimal digits",
        { Version: { } version } when !RecordBounds.IsName(version) => "its version is no name",
        var report when report.Id != id => $"it is the report of balancer '{report.Id}'",
        var report => report.Clusters.Select(cluster => MistakeIn(cluster.Key, cluster.Value))
            .FirstOrDefault(IsMistake),
    };

    /// <summary>The first part of a disconnection that is out of its bounds; null if none is.</summary>
    public static string? MistakeIn(SentDisconnection sent) => sent.Disconnection switch
    {
        _ when !RecordBounds.IsName(sent.Instance) => "its instance is no name",
        { CloseCode: var code } when !Framing.CloseCode.MayBeSent(code) =>
            $"its close code is {code}: expected {Framing.CloseCode.Allowed}",
        { Cluster: null, User: null, Tunnel: { } tunnel } => RecordBounds.IsName(tunnel)
            ? null
            : $"its tunnel is '{tunnel}', which is no name",
        { Cluster: { } cluster } when !RecordBounds.IsCluster(cluster) =>
            $"its cluster is '{cluster}', which is no name",
        { User: { Length: 0 or > Identity.UserId.MaxBytes } user } =>
            $"its user has {user.Length} characters: expected 1 to {Identity.UserId.MaxBytes}",
        { Node: { } node } when !NodeBounds.IsId(node) => $"its node is '{node}', which is no id of a node",
        { OlderThanSeconds: < 0 } => "its age is negative",
        { Cluster: null } or { Tunnel: not null } or { User: null, Node: null, OlderThanSeconds: null } =>
            "it names neither a tunnel nor a cluster with a user, a node or an age",
        _ => null,
    };

    private static string? MistakeIn(string id, PeerCluster? cluster) => cluster switch
    {
        null => $"its cluster '{id}' is null",
        _ when !RecordBounds.IsCluster(id) => $"its cluster is '{id}', which is no name",
        _ when !IsFingerprint(cluster.Fingerprint) || !IsFingerprint(cluster.StateHash) =>
            $"the fingerprint or the state hash of its cluster '{id}' is none: expected hexadecimal digits",
        { Rebalance: { } part } when !IsSound(part) => $"its part of the rebalance of cluster '{id}' is none",
        _ => cluster.Nodes.Where(node => !IsSound(node.Key, node.Value))
            .Select(node => $"its node '{node.Key}' of cluster '{id}' is none").FirstOrDefault(),
    };

    private static bool IsMistake(string? mistake) => mistake is not null;

    private static bool IsFingerprint(string text) =>
        text.Length <= LongestFingerprint && text.All(char.IsAsciiHexDigit);

    private static bool IsSound(string id, PeerNode? node) => NodeBounds.IsId(id) && node is not null
        && AreCounts(node.Tunnels, node.Misplaced)
        && (node.Drain is not { } part || AreCounts(part.Total, part.Remaining, part.Closed, part.Forced));

    private static bool IsSound(PeerRebalance part) =>
        RecordBounds.IsName(part.Operation) && AreCounts(part.Remaining, part.Blocked, part.Closed);

    private static bool AreCounts(params ReadOnlySpan<long> counts)
    {
        foreach (var count in counts)
        {
            if (count is < 0 or > MaxTunnels)
            {
                return false;
            }
        }

        return true;
    }
}
