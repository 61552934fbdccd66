namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>Something that a <see cref="UringLoop"/> makes requests for.</summary>
internal interface IUringTarget
{
    /// <summary>Something became of a request.</summary>
    public void On(Request request, in CompletionEntry completion);

    /// <summary>It had asked to be called again.</summary>
    public void Again();

    /// <summary>Its handler failed: gives it up.</summary>
    public void Drop();

    /// <summary>Gives its descriptor up at once, as the loop ends.</summary>
    public void Abandon();
}

/// <summary>What a request was for: the upper 16 bits of its user data, above the number of its target.</summary>
internal enum Request : ushort
{
    /// <summary>The loop's own: it is woken.</summary>
    Wake = 1,

    /// <summary>Another request could not be cancelled: it was over already, or was just being done.</summary>
    Cancel,

    /// <summary>Clients.</summary>
    Accept,

    /// <summary>Bytes, or the peer's end.</summary>
    Receive,

    /// <summary>Bytes were not all sent.</summary>
    Send,

    /// <summary>Whether there is room to send.</summary>
    Room,

    /// <summary>Whether the connection fails.</summary>
    Watch,
}
