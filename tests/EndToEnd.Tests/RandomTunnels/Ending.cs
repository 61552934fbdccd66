namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>How a tunnel ends without an operator, and what each side must have received by then.</summary>
internal sealed record Ending(string Name, SideEnding Client, SideEnding Node, params string[] Reasons)
{
    private static readonly SideEnding Silent = new(LastPart.Frame, Hold.Nothing, Leaving.WithPeer);

    // A server ends the connection once it has sent and received a Close.
    private static readonly SideEnding NodeAnswers =
        new(LastPart.Close, Hold.PeersAll, Leaving.Fin, Hold.PeersAll);

    /// <summary>Whether the client must receive all bytes of the node, unless an operator ends the tunnel.</summary>
    public bool ClientReceivesAll { get; init; }

    /// <summary>Whether the node must receive all bytes of the client, unless an operator ends the tunnel.</summary>
    public bool NodeReceivesAll { get; init; }

    /// <summary>
    /// Whether both send a Close before either disconnects: no side is reset, and each receives the other's Close.
    /// </summary>
    public bool InOrder { get; init; }

    /// <summary>
    /// Whether the node stays connected until it receives the client's Close or the client has disconnected.
    /// </summary>
    public bool NodeStays => Node.Leaving == Leaving.WithPeer
        || (Node.BeforeLeaving == Hold.PeersAll && Client.Last is LastPart.Close or LastPart.CloseAndMore);

    public static IReadOnlyList<Ending> All { get; } =
    [
        Orderly("the client closes", new(LastPart.Close, Hold.Nothing, Leaving.WithPeer), NodeAnswers, "client"),
        Orderly("the client closes when it has heard the node",
            new(LastPart.CloseAndMore, Hold.PeersBody, Leaving.WithPeer), NodeAnswers, "client"),
        Orderly("the client closes and speaks on",
            new(LastPart.CloseAndMore, Hold.Nothing, Leaving.WithPeer), NodeAnswers, "client"),
        Orderly("the node closes",
            new(LastPart.Close, Hold.PeersClose, Leaving.WithPeer),
            new(LastPart.Close, Hold.Nothing, Leaving.Fin, Hold.PeersAll), "node"),

        // No data may follow a Close (RFC 6455 5.5.1): the balancer relays none after the Close of both peers.
        Orderly("the node closes and speaks on",
            new(LastPart.Close, Hold.PeersClose, Leaving.WithPeer),
            new(LastPart.CloseAndMore, Hold.PeersBody, Leaving.Fin, Hold.PeersAll), "node")
            with { ClientReceivesAll = false },
        Orderly("both close at once",
            new(LastPart.Close, Hold.Nothing, Leaving.WithPeer),
            new(LastPart.Close, Hold.Nothing, Leaving.Fin, Hold.PeersAll), "client", "node"),

        // A peer that disconnects without waiting for the answer to its Close: the bytes that it sent still arrive.
        new("the client closes and leaves",
            new(LastPart.Close, Hold.Nothing, Leaving.Fin), NodeAnswers, "client")
        { ClientReceivesAll = true, NodeReceivesAll = true },
        new("the node closes and leaves",
            new(LastPart.Close, Hold.PeersClose, Leaving.WithPeer),
            new(LastPart.Close, Hold.PeersBody, Leaving.Fin), "node") { ClientReceivesAll = true },

        // A peer that disconnects without a Close: the balancer does not wait for it, but the bytes that were sent
        // before arrive.
        new("the client leaves",
            new(LastPart.Frame, Hold.Nothing, Leaving.Fin, Hold.PeersAll), Silent, "client_lost")
        { ClientReceivesAll = true, NodeReceivesAll = true },
        new("the client leaves in a frame",
            new(LastPart.HalfAFrame, Hold.Nothing, Leaving.Fin, Hold.PeersAll), Silent, "client_lost")
        { ClientReceivesAll = true, NodeReceivesAll = true },
        new("the node leaves",
            Silent, new(LastPart.Frame, Hold.Nothing, Leaving.Fin, Hold.PeersAll), "node_lost")
        { ClientReceivesAll = true, NodeReceivesAll = true },
        new("the node leaves in a frame",
            Silent, new(LastPart.HalfAFrame, Hold.PeersAll, Leaving.Fin, Hold.PeersAll), "node_lost")
        { ClientReceivesAll = true, NodeReceivesAll = true },

        // The connection ends at any byte: how much each side receives is not determined.
        new("the client leaves in the middle",
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Fin), Silent, "client_lost"),
        new("the node leaves in the middle",
            Silent, new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Fin), "node_lost"),
        new("both leave in the middle",
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Fin),
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Fin), "client_lost", "node_lost"),
        new("the client is cut off",
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Reset), Silent, "client_lost"),
        new("the node is cut off",
            Silent, new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Reset), "node_lost"),
        new("both are cut off",
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Reset),
            new(LastPart.CutAnywhere, Hold.Nothing, Leaving.Reset), "client_lost", "node_lost"),
    ];

    private static Ending Orderly(string name, SideEnding client, SideEnding node, params string[] reasons) =>
        new(name, client, node, reasons) { ClientReceivesAll = true, NodeReceivesAll = true, InOrder = true };
}

/// <summary>One side's part of an ending.</summary>
internal sealed record SideEnding(
    LastPart Last, Hold BeforeLastPart, Leaving Leaving, Hold BeforeLeaving = Hold.Nothing);
