namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>How a TCP peer stopped sending: in order, or by tearing the connection down.</summary>
internal enum StreamEnd
{
    Fin,
    Reset,
}
