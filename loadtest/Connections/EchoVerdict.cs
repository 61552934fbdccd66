namespace WsBalancer.LoadTest.Connections;

/// <summary>What an echo turned out to be.</summary>
internal enum EchoVerdict
{
    Awaited,

    /// <summary>Sent on this connection, and answered before.</summary>
    Duplicate,

    /// <summary>Never sent on this connection.</summary>
    Foreign,
}
