using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admission;

/// <summary>The places of one handshake at its <see cref="ClusterAdmission"/>, released exactly once.</summary>
internal sealed class HandshakeReservation(ClusterAdmission gate, string? user) : IHandshakePlace
{
    private static readonly Task<TimeSpan?> AtOnce = Task.FromResult<TimeSpan?>(null);

    private NodeLimits? _at;
    private bool _isLeft;

    public bool TryTake(Node node)
    {
        var from = _at;
        _at = null;
        _at = gate.Move(from, node);
        return _at is not null;
    }

    public Task<TimeSpan?> TurnAsync(TimeSpan patience, CancellationToken clientGone)
    {
        var limits = gate.Cluster.Current.Settings.Get<LimitOptions>();
        if (limits.HandshakesPerSecondPerNode is not { } rate || _at is not { Bucket: var bucket })
        {
            return AtOnce;
        }

        var turn = bucket.Take(rate, limits.SlowStart, patience);
        return turn switch
        {
            { ComeBackWithin: { } span } => Task.FromResult<TimeSpan?>(RetryAfter.Within(span)),
            { Wait.Ticks: 0 } => AtOnce,
            _ => WaitAsync(bucket, turn.Wait, clientGone),
        };
    }

    public void Open(Tunnel tunnel)
    {
        _isLeft = true;
        gate.Open(tunnel, user, _at);
    }

    public void Dispose()
    {
        if (!_isLeft)
        {
            _isLeft = true;
            gate.Leave(user, _at);
        }
    }

    private async Task<TimeSpan?> WaitAsync(HandshakeBucket bucket, TimeSpan wait, CancellationToken clientGone)
    {
        await Task.Delay(wait, gate.Time, clientGone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (clientGone.IsCancellationRequested)
        {
            bucket.GiveBack();
        }

        return null;
    }
}
