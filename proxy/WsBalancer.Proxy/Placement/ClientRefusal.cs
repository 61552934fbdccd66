using WsBalancer.Proxy.Sockets.Transport;

namespace WsBalancer.Proxy.Placement;

/// <summary>Refusals of clients that could not even be accepted, counted among the others.</summary>
internal sealed class ClientRefusal(Rejecter rejecter) : IClientRefusal
{
    public TimeSpan Refused()
    {
        rejecter.Note(Rejecter.NoCluster, Rejection.NoDescriptor);
        return RetryAfter.Soon();
    }
}
