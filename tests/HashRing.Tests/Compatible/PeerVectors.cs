namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>The owners that a running nginx and a running HAProxy returned; see the folder <c>Vectors</c>.</summary>
internal sealed record PeerVectors(IReadOnlyList<PeerKey> Keys, NginxVectors Nginx, HaproxyVectors Haproxy)
{
    public static readonly PeerVectors All = GoldenVectors.Load<PeerVectors>("peers.json");
}

internal sealed record PeerKey(string Text, int Times)
{
    public string Whole => string.Concat(Enumerable.Repeat(Text, Times));
}

internal sealed record NginxVectors(string Version, IReadOnlyList<NginxGroup> Groups);

internal sealed record NginxGroup(string Name, IReadOnlyList<NginxServer> Servers, IReadOnlyList<int?> Owners);

internal sealed record NginxServer(string Server, int Weight, bool Down);

internal sealed record HaproxyVectors(string Version, IReadOnlyList<HaproxyGroup> Groups);

internal sealed record HaproxyGroup(
    string Name, string Hash, IReadOnlyList<HaproxyBackend> Servers, IReadOnlyList<int?> Owners);

internal sealed record HaproxyBackend(int Id, int Weight, bool Down);
