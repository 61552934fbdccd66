namespace WsBalancer.Proxy.Framing;

/// <summary>The saved state of a <see cref="FrameTracker"/>, from which another tracker continues.</summary>
/// <param name="PayloadLeft">How many bytes of the current frame's payload have not passed yet.</param>
/// <param name="Header">The bytes of a header that has not passed completely; otherwise empty.</param>
/// <param name="Frames">How many frames have ended.</param>
/// <param name="Lost">Whether the boundaries of the frames are unknown
/// (<see cref="FrameTracker.BoundariesUnknown"/>).</param>
/// <param name="Close">The state of the first Close frame; null before its header has passed.</param>
internal sealed record FrameState(ulong PayloadLeft, byte[] Header, long Frames, bool Lost, CloseState? Close);

/// <summary>The state of a Close frame whose header has passed.</summary>
/// <param name="Code">The unmasked status code; while the code is incomplete, its masked bytes so far.</param>
/// <param name="CodeMask">The first two bytes of the masking key, with which the code is masked.</param>
/// <param name="BytesLeft">How many bytes of the code have not passed yet.</param>
/// <param name="HasCode">Whether the code was read completely; false for a frame without a code.</param>
/// <param name="IsEnded">Whether the whole frame has passed.</param>
internal readonly record struct CloseState(ushort Code, ushort CodeMask, byte BytesLeft, bool HasCode, bool IsEnded);
