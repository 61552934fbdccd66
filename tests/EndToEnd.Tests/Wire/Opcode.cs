namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>What a WebSocket frame is for (RFC 6455, section 5.2).</summary>
public enum Opcode
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}
