using System.Numerics;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The lengths of the buffers for the pieces of a message.</summary>
internal static class PieceSize
{
    public const int Min = 4 * 1024;

    /// <summary>Below the threshold of the large object heap, which is rarely compacted.</summary>
    public const int Max = 64 * 1024;

    /// <summary>The most bytes in one frame: the WebSocket copies the frame, with its header, into a buffer.</summary>
    public const int MaxOfFrame = Max - LongestHeader;

    private const int LongestHeader = 14;

    /// <summary>The size of the buffer after this many bytes of a message: not much longer than the message.</summary>
    public static int After(int length) => Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)length), Min, Max);

    public static int UsableOf(byte[] buffer) => Math.Min(buffer.Length, MaxOfFrame);
}
