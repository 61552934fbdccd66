using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Whether an answer is about the whole fleet of balancers or this one alone.</summary>
internal static class Scope
{
    public const string Expected = "fleet or local (default fleet)";

    /// <summary>Whether it is about the whole fleet.</summary>
    public static bool IsFleet(string? scope) => scope switch
    {
        null or "fleet" => true,
        "local" => false,
        _ => throw QueryText.Wrong("scope", scope, Expected),
    };

    /// <summary>The cluster as each of the other balancers has it, as far as they count.</summary>
    public static IReadOnlyList<PeerCluster> OthersIn(this Peers peers, string cluster, bool fleet) =>
        fleet ? [.. peers.Of(cluster)] : [];
}
