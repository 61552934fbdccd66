namespace WsBalancer.BackendSample.Sessions;

/// <summary>The connection below the WebSocket of a session.</summary>
internal interface ISessionConnection
{
    /// <summary>
    /// Whether writes are only collected, because another write follows soon. The first write without it sends them.
    /// </summary>
    public bool IsBatch { get; set; }

    /// <summary>Aborts the connection and all pending operations on it.</summary>
    public void Abort();
}
