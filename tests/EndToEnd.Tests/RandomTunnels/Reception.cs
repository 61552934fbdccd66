using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>The bytes that one side has received, compared on arrival with the bytes that its peer sends.</summary>
internal sealed class Reception(SentStream sent)
{
    private const int MostKept = 512;
    private const byte FinalClose = 0x88;
    private const byte MaskBit = 0x80;

    private readonly List<byte> _others = [];

    /// <summary>The length of the received prefix that equals the peer's bytes.</summary>
    public int Matched { get; private set; }

    /// <summary>
    /// The number of received bytes that the peer sent: a frame of the balancer may begin like the peer's next one.
    /// </summary>
    public int Own => Others == 0 ? Matched : sent.BoundaryUpTo(Matched);

    /// <summary>The number of bytes after that prefix: from the first of them on, no byte is the peer's.</summary>
    public long Others { get; private set; }

    /// <summary>How the sender ended; null before that.</summary>
    public StreamEnd? End { get; set; }

    public bool HasBody => Matched >= sent.BodyLength;

    public bool HasAll => Matched == sent.Length && Others == 0;

    /// <summary>Whether the peer's own Close has been received.</summary>
    public bool HasPeersClose => Matched >= (sent.CloseEnd ?? int.MaxValue);

    /// <summary>The bytes received instead of the peer's next frame; empty if there are none.</summary>
    public byte[] Foreign => Others == 0 ? [] : [.. sent.Bytes[Own..Matched], .. _others];

    /// <summary>
    /// The Close frame of the balancer, if nothing else was received instead of the peer's next frame.
    /// </summary>
    public ForeignClose? Close => Parse(Foreign);

    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (Others == 0)
        {
            var same = bytes.CommonPrefixLength(sent.Bytes.AsSpan(Matched));
            Matched += same;
            bytes = bytes[same..];
        }

        Others += bytes.Length;
        _others.AddRange(bytes[..Math.Min(bytes.Length, MostKept - _others.Count)]);
    }

    public override string ToString() =>
        $"{Matched} of {sent.Length} bytes" +
        (Others > 0 ? $", then {Others} others (in all {Convert.ToHexString(Foreign)})" : "") +
        $", ended by {(End is { } end ? end : "nobody")}";

    private ForeignClose? Parse(byte[] frame)
    {
        if (frame.Length < 4 || frame[0] != FinalClose || Others > MostKept)
        {
            return null;
        }

        var masked = (frame[1] & MaskBit) != 0;
        var header = masked ? 6 : 2;
        if (frame.Length != header + (frame[1] & ~MaskBit) || frame.Length < header + 2)
        {
            return null;
        }

        var payload = Frame.WithMask(frame[header..], masked ? frame[2..header] : null);
        return new ForeignClose(payload[0] << 8 | payload[1], masked);
    }
}

/// <summary>A Close frame that the peer did not send.</summary>
internal sealed record ForeignClose(int Code, bool Masked);
