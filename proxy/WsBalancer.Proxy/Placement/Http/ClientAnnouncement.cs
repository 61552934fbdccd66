using WsBalancer.Proxy.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Begins a connection to a node with the PROXY header of its client.</summary>
internal static class ClientAnnouncement
{
    /// <summary>Sends the header, if the cluster has one. The stream is disposed of if that fails.</summary>
    public static async ValueTask SendAsync(
        Stream stream, ProxyProtocolVersion version, HttpRequestMessage request, CancellationToken cancellation)
    {
        if (version == ProxyProtocolVersion.Off)
        {
            return;
        }

        try
        {
            var header = new byte[ProxyHeader.MaxLength];
            var length = ProxyHeader.Write(header, version, ClientEndPoints.Of(request));
            await stream.WriteAsync(header.AsMemory(0, length), cancellation);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
