using System.Numerics;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>How long the buffers are that hold the pieces of a message.</summary>
internal static class PieceSize
{
    public const int Least = 4 * 1024;

    /// <summary>Below the large object heap, which is compacted rarely.</summary>
    public const int Most = 64 * 1024;

    /// <summary>The most bytes of one frame: the WebSocket copies it, with a header, into a buffer.</summary>
    public const int MostOfFrame = Most - LongestHeader;

    private const int LongestHeader = 14;

    /// <summary>The buffer for what follows so many bytes of a message: not much longer than the message is.</summary>
    public static int After(int length) => Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)length), Least, Most);

    public static int UsableOf(byte[] buffer) => Math.Min(buffer.Length, MostOfFrame);
}
