namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>Every byte that one side of a tunnel means to send, and where its frames end.</summary>
internal sealed class SentStream(byte[] bytes, int[] boundaries, int bodyLength, int? closeEnd)
{
    public byte[] Bytes { get; } = bytes;

    public int Length => Bytes.Length;

    /// <summary>How much goes out before the last part: a Close and what follows it, or half a frame.</summary>
    public int BodyLength { get; } = bodyLength;

    /// <summary>Where its Close frame ends; null if it has none.</summary>
    public int? CloseEnd { get; } = closeEnd;

    /// <summary>The last place between two frames, at most this far.</summary>
    public int BoundaryUpTo(int position)
    {
        var index = Array.BinarySearch(boundaries, position);
        return boundaries[index >= 0 ? index : ~index - 1];
    }

    /// <summary>The first place between two frames, at least this far; the end if the last frame is cut.</summary>
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
