namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The way in which a peer ends.</summary>
internal enum Fate
{
    /// <summary>Nothing, before the world is calm.</summary>
    Stays,

    /// <summary>Sends FIN, and still reads.</summary>
    Finishes,

    /// <summary>Sends FIN and closes: later bytes for it are answered with RST.</summary>
    Closes,

    Resets,

    /// <summary>Sends FIN, then RST.</summary>
    FinishesAndResets,

    /// <summary>Is given up by the balancer's kernel.</summary>
    TimesOut,

    /// <summary>Does nothing any more, and is given up later.</summary>
    Vanishes,
}
