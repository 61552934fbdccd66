namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The types of HTTP/2 frames (RFC 9113 §6).</summary>
public enum Http2FrameType
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    Goaway = 7,
    WindowUpdate = 8,
}
