namespace WsBalancer.LoadTest.Connections;

/// <summary>The kind of a received message.</summary>
internal enum PayloadKind
{
    /// <summary>Exactly the bytes of a message that some connection of this run may send.</summary>
    Echo,

    /// <summary>Has the form of an echo, but not the bytes of any message of this run.</summary>
    Altered,

    /// <summary>Not an echo: a greeting, for example.</summary>
    Other,
}
