namespace WsBalancer.Sockets.Loops;

/// <summary>A socket that was taken from its owner, with the bytes that were already received.</summary>
/// <param name="Socket">The socket, paused: the new owner sets <see cref="LoopSocket.Handler"/> before
/// <see cref="LoopSocket.Receive"/>.</param>
/// <param name="Unread">Bytes that were received and not consumed.</param>
/// <param name="Ended">Whether the old handler was notified of FIN, which is not delivered again, or of a
/// failure.</param>
internal readonly record struct DetachedSocket(LoopSocket Socket, ReadOnlyMemory<byte> Unread, bool Ended);
