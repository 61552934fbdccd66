using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.OpenTunnels;

/// <summary>
/// An open tunnel, as the API shows it. The user is null if the tunnel was placed without a user id. <c>Path</c> is the
/// data path, native or portable; <c>RequestPath</c> is the path of the handshake request, without the query.
/// </summary>
internal sealed record TunnelView(
    string Id,
    string? User,
    string Node,
    DateTimeOffset OpenedAt,
    double AgeSeconds,
    bool Misplaced,
    double IdleClientSeconds,
    double IdleNodeSeconds,
    long BytesFromClient,
    long BytesFromNode,
    long FramesFromClient,
    long FramesFromNode,
    string Protocol,
    string Path,
    string? Client,
    string? RequestPath)
{
    public static TunnelView From(Tunnel tunnel, FleetSnapshot snapshot)
    {
        var (idleClient, idleNode) = tunnel.IdleFor;
        var traffic = tunnel.Traffic;
        return new TunnelView(
            tunnel.Identity.Id,
            tunnel.Identity.User,
            tunnel.Identity.Node.Id,
            tunnel.OpenedAt,
            Seconds(tunnel.Age),
            Fleet.Misplaced.Is(snapshot, tunnel),
            Seconds(idleClient),
            Seconds(idleNode),
            traffic.BytesFromClient,
            traffic.BytesFromNode,
            traffic.FramesFromClient,
            traffic.FramesFromNode,
            tunnel.Identity.Protocol,
            TunnelPathLabel.Of(tunnel.Flow.Path),
            tunnel.Origin?.Client?.ToString(),
            tunnel.Origin?.Path);
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
