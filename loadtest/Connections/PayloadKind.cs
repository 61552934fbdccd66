namespace WsBalancer.LoadTest.Connections;

/// <summary>What a received message is.</summary>
internal enum PayloadKind
{
    /// <summary>Exactly what some connection of this run sends.</summary>
    Echo,

    /// <summary>It claims to be an echo, but its bytes are not those of any message of this run.</summary>
    Altered,

    /// <summary>No echo at all: a greeting, for example.</summary>
    Other,
}
