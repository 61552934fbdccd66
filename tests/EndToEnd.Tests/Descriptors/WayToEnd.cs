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

    /// <summary>The client ends its direction, and the node goes on sending.</summary>
    HalfClose,

    /// <summary>An operator closes it.</summary>
    Disconnect,

    /// <summary>The node answers 403, with a body.</summary>
    Refused,

    /// <summary>Every node ends the connection instead of an answer.</summary>
    NodeHangsUp,

    /// <summary>The client resets the connection before there is an answer.</summary>
    ClientHangsUp,

    /// <summary>The client ends the connection in the middle of its request.</summary>
    HalfARequest,
}
