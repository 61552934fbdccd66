using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Placement;

/// <summary>How much of what happens to requests is logged. Bound from <c>WsBalancer:Log</c>.</summary>
internal sealed record LogOptions
{
    /// <summary>
    /// Lines a second for each reason of a rejection; the number of the others is in the next line. Default: 10.
    /// </summary>
    // Enough to identify the node or cluster; a flood of bad requests must not fill a disk. With 0 rejections are only
    // counted.
    [Range(0, 10_000)]
    public int RejectionsPerSecond { get; init; } = 10;
}
