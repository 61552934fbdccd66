namespace WsBalancer.Proxy.Fleet;

/// <summary>Who brought a node.</summary>
internal enum NodeSource
{
    /// <summary>The configuration names it.</summary>
    Configured,

    /// <summary>An operator added it.</summary>
    Added,

    /// <summary>It registered itself.</summary>
    Registered,
}
