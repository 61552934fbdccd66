namespace WsBalancer.Proxy.Framing;

/// <summary>What a <see cref="FrameTracker"/> knows, to be written down and gone on from.</summary>
/// <param name="PayloadLeft">How many bytes of the payload are still to come.</param>
/// <param name="Header">The first bytes of a header of which the rest is still to come.</param>
/// <param name="Frames">How many frames have ended.</param>
/// <param name="Lost">Whether frames cannot be told apart any more.</param>
/// <param name="Close">What is known of the first Close frame; null before it.</param>
internal sealed record FrameState(ulong PayloadLeft, byte[] Header, long Frames, bool Lost, CloseState? Close);

/// <summary>What is known of a Close frame that has begun.</summary>
/// <param name="Code">Its status code, or what was read of it.</param>
/// <param name="Mask">What the code is masked with.</param>
/// <param name="BytesLeft">How many bytes of the code are still to come.</param>
/// <param name="IsRead">Whether it has a code, which was read.</param>
/// <param name="IsEnded">Whether the frame has passed whole.</param>
internal readonly record struct CloseState(ushort Code, ushort Mask, byte BytesLeft, bool IsRead, bool IsEnded);
