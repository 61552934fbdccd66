using System.Globalization;
using System.Text;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Placement;

/// <summary>Refusals of connections before their requests are read, counted and explained like the others.</summary>
internal sealed class ClientRefusal(Rejecter rejecter) : IConnectionRefusal
{
    public byte[] Refused() => Refuse(Rejection.NoDescriptor);

    public byte[] AdminRefused() => Refuse(Rejection.AdminConnections);

    public void HeaderRefused(ProxyHeaderFault fault) => rejecter.Note(Rejecter.NoCluster, fault switch
    {
        ProxyHeaderFault.Missing => Rejection.ProxyHeaderMissing,
        ProxyHeaderFault.Malformed => Rejection.ProxyHeaderMalformed,
        _ => Rejection.ProxyHeaderLate,
    });

    private byte[] Refuse(Rejection rejection)
    {
        rejecter.Note(Rejecter.NoCluster, rejection);
        var seconds = (int)RetryAfter.Soon().TotalSeconds;
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {ProblemBody.ContentType}\r\n" +
            $"Content-Length: {rejection.Body.Length}\r\nConnection: close\r\nRetry-After: {seconds}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. rejection.Body.Span];
    }
}
