namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>The result of a client in another language.</summary>
internal sealed record InteropResult(
    string Subprotocol, bool Compressed, int Echoed, bool Pong, int CloseCode, string CloseReason)
{
    /// <summary>
    /// The expected result: the echoes of every size, text and binary, are exact, and so is the Close.
    /// </summary>
    public static readonly InteropResult Perfect = new("chat.v2", true, 14, true, 4001, "done");
}
