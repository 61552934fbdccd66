namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The way in which a peer ends.</summary>
internal enum Fate
{
    /// <summary>The peer stays connected until the world is calm.</summary>
    Stays,

    /// <summary>Sends FIN, and continues to read.</summary>
    Finishes,

    /// <summary>Sends FIN and closes: later bytes for it are answered with RST.</summary>
    Closes,

    Resets,

    /// <summary>Sends FIN, then RST.</summary>
    FinishesAndResets,

    /// <summary>The balancer's kernel gives up the peer.</summary>
    TimesOut,

    /// <summary>Stops without FIN or RST, and is given up by the balancer's kernel later.</summary>
    Vanishes,
}
