namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>All bytes that the script of one side sends, and the boundaries of its frames.</summary>
internal sealed class SentStream(byte[] bytes, int[] boundaries, int bodyLength, int? closeEnd)
{
    public byte[] Bytes { get; } = bytes;

    public int Length => Bytes.Length;

    /// <summary>The number of bytes before the last part: a Close and the bytes after it, or part of a frame.</summary>
    public int BodyLength { get; } = bodyLength;

    /// <summary>The end of the Close frame; null if there is none.</summary>
    public int? CloseEnd { get; } = closeEnd;

    /// <summary>The last frame boundary at or before <paramref name="position"/>.</summary>
    public int BoundaryUpTo(int position)
    {
        var index = Array.BinarySearch(boundaries, position);
        return boundaries[index >= 0 ? index : ~index - 1];
    }

    /// <summary>
    /// The first frame boundary at or after <paramref name="position"/>; the end if the last frame is cut.
    /// </summary>
    public int BoundaryFrom(int position)
    {
        var index = Array.BinarySearch(boundaries, position);
        index = index >= 0 ? index : ~index;
        return index < boundaries.Length ? boundaries[index] : Length;
    }

    public override string ToString() =>
        $"{Length} bytes in {boundaries.Length - 1} frames" +
        (CloseEnd is { } end ? $", its Close ends at {end}" : "") +
        (BodyLength < Length ? $", the last part begins at {BodyLength}" : "") +
        (boundaries[^1] < Length ? $", the last frame is cut after {Length - boundaries[^1]} bytes" : "");
}
