namespace WsBalancer.Sockets.Uring;

/// <summary>A socket or listener that makes requests on a <see cref="UringLoop"/>.</summary>
internal interface IUringTarget
{
    /// <summary>Handles a completion of one of the target's requests.</summary>
    public void OnCompleted(RequestKind request, in CompletionEntry completion);

    /// <summary>Handles a call that the target has scheduled.</summary>
    public void OnScheduled();

    /// <summary>Resets the connection, because the handler of the target failed.</summary>
    public void OnHandlerFailed();

    /// <summary>Closes the target's own descriptor at once, because the loop ends.</summary>
    public void OnLoopEnded();
}

/// <summary>The purpose of a request: the upper 16 bits of its user data, above the number of its target.</summary>
internal enum RequestKind : ushort
{
    /// <summary>Polls the loop's wake descriptor.</summary>
    Wake = 1,

    /// <summary>Cancels another request. Completes only if that had completed already, or was being executed.</summary>
    Cancel,

    /// <summary>Accepts clients.</summary>
    Accept,

    /// <summary>Receives bytes, or the peer's FIN.</summary>
    Receive,

    /// <summary>Sends bytes. Completes only if not all were sent.</summary>
    Send,

    /// <summary>Polls for room to send.</summary>
    Room,

    /// <summary>Polls for a failure of the connection.</summary>
    Watch,
}
