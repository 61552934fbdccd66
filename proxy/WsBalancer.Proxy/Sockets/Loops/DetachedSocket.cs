namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>A socket taken away from whoever used it, with what it had already received.</summary>
/// <param name="Socket">Whose handler is to be replaced. It tells nothing that comes until
/// <see cref="LoopSocket.Receive"/>.</param>
/// <param name="Unread">What was received and nobody has taken note of.</param>
/// <param name="Ended">Whether the peer's FIN was told already, and will not be again.</param>
internal readonly record struct DetachedSocket(LoopSocket Socket, ReadOnlyMemory<byte> Unread, bool Ended);
