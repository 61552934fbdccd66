namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>One random tunnel: the same seed and number give the same tunnel.</summary>
internal sealed record TunnelScript(int Number, string Path, Ending Ending, SideScript Client, SideScript Node)
{
    /// <summary>The cluster whose close timeout is long enough for every client.</summary>
    public const string Patient = "chat";

    /// <summary>The cluster whose close timeout is so short that clients may be late.</summary>
    public const string Hasty = "hasty";

    private const int NumbersApart = 7_919;
    private const int MostWithHandshake = 5_000;

    public string User => $"user-{Number}";

    public string Target => $"/{Path}?user={User}&tunnel={Number}";

    public bool IsHasty => Path == Hasty;

    public static TunnelScript Of(int seed, int number)
    {
        var random = new Random(unchecked((seed * NumbersApart) + number));
        var ending = Ending.All[random.Next(Ending.All.Count)];
        var path = random.Next(4) == 0 ? Hasty : Patient;
        var client = new RandomFrames(random, masked: true).Build(ending.Client.Last);
        var node = new RandomFrames(random, masked: false).Build(ending.Node.Last);

        return new TunnelScript(
            number,
            path,
            ending,
            Side(random, ending.Client, client, node) with { AfterClose = Reaction(random, path) },
            Side(random, ending.Node, node, client));
    }

    public override string ToString() =>
        $"Tunnel {Number} on {Path}: {Ending.Name}\n  client: {Client}\n  node: {Node}";

    private static SideScript Side(Random random, SideEnding ending, SentStream own, SentStream fromPeer) =>
        new(own, ending.BeforeLastPart, ending.Leaving, ending.BeforeLeaving)
        {
            WithHandshake = random.Next(4) == 0 ? random.Next(Math.Min(own.BodyLength, MostWithHandshake) + 1) : 0,
            Writing = new Pace(random, own.Length),
            Reading = new Pace(random, fromPeer.Length),
        };

    private static AfterClose Reaction(Random random, string path) => random.Next(10) switch
    {
        < 4 => AfterClose.FinishAll,
        < 8 => AfterClose.FinishFrame,
        8 => AfterClose.Leave,

        // A mute client takes the whole close timeout.
        _ => path == Hasty ? AfterClose.Mute : AfterClose.FinishAll,
    };
}
