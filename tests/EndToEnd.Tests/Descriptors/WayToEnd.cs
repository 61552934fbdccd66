namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>Every way in which a tunnel, or the handshake for it, can end.</summary>
internal enum WayToEnd
{
    ClientFin,
    ClientReset,
    ClientClose,
    NodeFin,
    NodeReset,
    NodeClose,
    BothClose,
    BothFin,
    BothReset,

    /// <summary>The client ends its direction, and the node continues to send.</summary>
    HalfClose,

    /// <summary>An operator closes the tunnel.</summary>
    Disconnect,

    /// <summary>The node responds with 403 and a body.</summary>
    Refused,

    /// <summary>Every node ends the connection without a response.</summary>
    NodeHangsUp,

    /// <summary>The client resets the connection before it receives a response.</summary>
    ClientHangsUp,

    /// <summary>The client ends the connection in the middle of its request.</summary>
    HalfARequest,
}
