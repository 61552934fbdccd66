namespace WsBalancer.Sockets.Transport;

/// <summary>Counts the clients that are refused before their requests are read, and creates the responses.</summary>
internal interface IClientRefusal
{
    /// <summary>Counts a client that is refused because too few descriptors are left.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] Refused();
}
