using WsBalancer.Proxy.Sockets.ProxyProtocol;
using WsBalancer.Proxy.Sockets.Transport;

namespace WsBalancer.Proxy.Placement;

/// <summary>Refusals of clients that could not even be accepted, counted among the others.</summary>
internal sealed class ClientRefusal(PlacementMetrics metrics) : IClientRefusal
{
    // What the client wanted is not known.
    private const string AnyCluster = "";

    public TimeSpan Refused()
    {
        metrics.Rejected(AnyCluster, Rejection.NoDescriptor);
        return RetryAfter.Soon();
    }

    public void HeaderRefused(ProxyHeaderFault fault) => metrics.Rejected(AnyCluster, fault switch
    {
        ProxyHeaderFault.Missing => Rejection.ProxyHeaderMissing,
        ProxyHeaderFault.Malformed => Rejection.ProxyHeaderMalformed,
        _ => Rejection.ProxyHeaderLate,
    });
}
