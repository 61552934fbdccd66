using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Whether a response is about all balancers of the fleet or about this balancer alone.</summary>
internal static class Scope
{
    public const string Expected = "fleet or local (default fleet)";

    public static bool IsFleet(string? scope) => scope switch
    {
        null or "fleet" => true,
        "local" => false,
        _ => throw QueryText.Wrong("scope", scope, Expected),
    };

    /// <summary>The reports of the other balancers on a cluster; none unless the scope is the fleet.</summary>
    public static IReadOnlyList<PeerCluster> OthersIn(this PeerReports peers, string cluster, bool fleet) =>
        fleet ? [.. peers.Of(cluster)] : [];
}
