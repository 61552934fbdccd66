using System.Collections.Immutable;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The live tunnels of one user, the oldest first; an immutable value.</summary>
// Nearly every user has one tunnel, which is stored without a list.
internal readonly record struct UserTunnels
{
    private readonly object? _tunnels;

    public UserTunnels(Tunnel only) => _tunnels = only;

    private UserTunnels(ImmutableList<Tunnel> tunnels) =>
        _tunnels = tunnels is [var only] ? only : tunnels.IsEmpty ? null : tunnels;

    public bool IsEmpty => _tunnels is null;

    public ImmutableList<Tunnel> All => _tunnels switch
    {
        Tunnel only => [only],
        ImmutableList<Tunnel> several => several,
        _ => [],
    };

    public UserTunnels Add(Tunnel tunnel) => new(All.Add(tunnel));

    public UserTunnels Remove(Tunnel tunnel) => new(All.Remove(tunnel));
}
