using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>Whether the two sides of a tunnel received what they should.</summary>
internal sealed class Verdict
{
    private const int DrainCode = 1012;
    private const int LastWordCode = 1001;

    private readonly TunnelRun _run;
    private readonly Ending _ending;
    private readonly Reception _atClient;
    private readonly Reception _atNode;
    private readonly List<string> _mistakes = [];

    private Verdict(TunnelRun run)
    {
        (_run, _ending) = (run, run.Script.Ending);
        (_atClient, _atNode) = (run.Client!.Received, run.Node!.Received);
        JudgeClient();
        JudgeNode();
    }

    /// <summary>The mistakes that were found; empty if there are none.</summary>
    public string Mistakes => string.Join("; ", _mistakes);

    /// <summary>Whether the client received a Close of the balancer.</summary>
    public bool Closed => _atClient.Close is not null;

    /// <summary>The reasons for which the tunnel may be counted as ended.</summary>
    public IEnumerable<string> Reasons =>
    [
        .. _ending.Reasons,
        .. WasDisconnected ? ["disconnect"] : Array.Empty<string>(),
        .. _run.Drained ? ["drain"] : Array.Empty<string>(),
    ];

    private bool WasDisconnected => !_run.Disconnects.IsEmpty;

    private bool IsOperated => WasDisconnected || _run.Drained;

    // With a short close timeout, a side may miss bytes that arrive after its peer has closed or disconnected.
    private bool IsUnhurried => !_run.Script.IsHasty;

    public static Verdict Of(TunnelRun run) => new(run);

    // The client receives the node's bytes or, when the balancer closes, a number of whole frames and one Close frame.
    private void JudgeClient()
    {
        if (_atClient.Close is { } close)
        {
            Expect(IsOperated, $"the client got a Close {close.Code} that nobody asked for");
            Expect(IsSentCode(close.Code), $"the client got a Close {close.Code} with another code than was asked for");
            Expect(!close.Masked, "the client got a masked frame");
            Expect(!_atClient.HasPeersClose, "the client got two Close frames");
        }
        else if (_atClient.Others > 0)
        {
            var torn = IsOperated && _atClient.End == StreamEnd.Reset && _atClient.Foreign[0] == 0x88;
            Expect(torn, "the client got bytes that the node did not send");
        }

        // After the first Close, of the node or the balancer, the balancer need not relay more.
        var closed = IsOperated && (Closed || _atClient.HasPeersClose);
        Expect(!_ending.ClientReceivesAll || _atClient.HasAll || closed || MayBeCut, "the client missed bytes");
        Expect(
            !_ending.InOrder || MayBeCut || _atClient.End == StreamEnd.Fin,
            "the client was reset, though both had said Close");
    }

    // The node receives the client's bytes; after a Close of the balancer also the client's answer, or at worst the
    // balancer's own Close.
    private void JudgeNode()
    {
        var answered = _run.Client!.Answered;
        if (_atNode.Close is { } close)
        {
            Expect(
                answered || (IsOperated && close.Code == LastWordCode),
                $"the node got a Close {close.Code} that nobody sent");
            Expect(close.Masked, "the node got a frame without a mask");
        }
        else
        {
            Expect(_atNode.Others == 0, "the node got bytes that the client did not send");
        }

        if (!IsOperated)
        {
            Expect(!_ending.NodeReceivesAll || _atNode.HasAll || !IsUnhurried, "the node missed bytes");
        }
        else if (IsUnhurried && _ending.NodeStays && _run.Client.HasSentClose && Closed)
        {
            Expect(_atNode.Own == _run.Client.SentCount, "the node missed bytes that came before the client's answer");
            Expect(!answered || _atNode.Close is not null, "the node missed the client's answer");
        }
    }

    // Whether the client may be reset: the close timeout is short, or an operator closes the tunnel while a side
    // disconnects without waiting.
    private bool MayBeCut => !IsUnhurried || (IsOperated && (!_ending.InOrder || _run.Client!.HasLeft));

    private bool IsSentCode(int code) => (_run.Drained && code == DrainCode) || _run.Disconnects.Contains(code);

    private void Expect(bool fact, string otherwise)
    {
        if (!fact)
        {
            _mistakes.Add(otherwise);
        }
    }
}
