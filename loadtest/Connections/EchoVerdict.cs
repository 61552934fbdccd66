namespace WsBalancer.LoadTest.Connections;

/// <summary>The result of matching an echo with the sent messages.</summary>
internal enum EchoVerdict
{
    Awaited,

    /// <summary>The message was sent on this connection, but its echo has already been received.</summary>
    Duplicate,

    /// <summary>The message was never sent on this connection.</summary>
    Foreign,
}
