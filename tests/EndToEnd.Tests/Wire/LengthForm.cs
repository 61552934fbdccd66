namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>How a frame writes its length; a longer form than needed is not legal, but it is sent.</summary>
public enum LengthForm
{
    Shortest,
    Bits7,
    Bits16,
    Bits64,
}
