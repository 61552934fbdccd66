namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>How a TCP peer stopped sending: in order, or with a reset of the connection.</summary>
internal enum StreamEnd
{
    Fin,
    Reset,
}
