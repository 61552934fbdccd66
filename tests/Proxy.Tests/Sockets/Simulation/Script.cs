using System.Text;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>All bytes that a peer sends if nothing ends it before: the head of a message, then frames.</summary>
internal sealed class Script
{
    private readonly List<int> _starts = [];

    private Script(byte[] head, byte[] body, bool isUpgrade)
    {
        HeadLength = head.Length;
        Bytes = [.. head, .. body];
        IsUpgrade = isUpgrade;
    }

    public byte[] Bytes { get; }

    public int HeadLength { get; }

    public bool IsUpgrade { get; }

    /// <summary>Whether the last frame is a Close frame.</summary>
    public bool EndsWithClose { get; private init; }

    public ReadOnlySpan<byte> Body => Bytes.AsSpan(HeadLength);

    /// <summary>A head, and frames.</summary>
    public static Script OfFrames(Chance chance, string head, Temper temper, bool isMasked)
    {
        var starts = new List<int>();
        var body = new List<byte>();
        var count = chance.Below(temper.Sizes.Count + 1);
        for (var i = 0; i < count; i++)
        {
            starts.Add(body.Count);
            var opcode = chance.Pick<byte>(0x81, 0x82, 0x02, 0x80, 0x89, 0x8A);
            Add(body, opcode, chance.Bytes(chance.Below(temper.Sizes.Length + 1)), isMasked, chance);
        }

        starts.Add(body.Count);
        var closes = chance.Of(50);
        if (closes)
        {
            Add(body, 0x88, [0x03, 0xE8, .. chance.Bytes(chance.Below(20))], isMasked, chance);
            starts.Add(body.Count);
        }

        var script = new Script(Encoding.ASCII.GetBytes(head), [.. body], isUpgrade: true) { EndsWithClose = closes };
        script._starts.AddRange(starts);
        return script;
    }

    /// <summary>A response without an upgrade.</summary>
    public static Script OfResponse(Chance chance, Temper temper)
    {
        var body = chance.Bytes(chance.Below(temper.Sizes.Length * temper.Sizes.Count));
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 503 No\r\nContent-Length: {body.Length}\r\n\r\n");
        return new Script(head, body, isUpgrade: false);
    }

    /// <summary>The start of the frame in the body that contains this byte, or begins with it.</summary>
    public int StartOfFrameAt(int index)
    {
        var start = 0;
        foreach (var next in _starts)
        {
            if (next <= index)
            {
                start = next;
            }
        }

        return start;
    }

    private static void Add(List<byte> body, byte opcode, byte[] payload, bool isMasked, Chance chance)
    {
        body.Add(opcode);
        var mask = isMasked ? 0x80 : 0;
        switch (payload.Length)
        {
            case < 126:
                body.Add((byte)(mask | payload.Length));
                break;
            case <= ushort.MaxValue:
                body.AddRange([(byte)(mask | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
                break;
            default:
                body.AddRange(
                [
                    (byte)(mask | 127), 0, 0, 0, 0, 0,
                    (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length,
                ]);
                break;
        }

        if (isMasked)
        {
            body.AddRange(chance.Bytes(4));
        }

        body.AddRange(payload);
    }
}
