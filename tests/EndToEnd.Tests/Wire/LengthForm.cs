namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The encoding of a frame's length. A longer form than necessary violates RFC 6455, but is sent.</summary>
public enum LengthForm
{
    Shortest,
    Bits7,
    Bits16,
    Bits64,
}
