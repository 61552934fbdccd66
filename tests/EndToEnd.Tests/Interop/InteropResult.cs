namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>What a client in another language saw.</summary>
internal sealed record InteropResult(
    string Subprotocol, bool Compressed, int Echoed, bool Pong, int CloseCode, string CloseReason)
{
    /// <summary>All of it as it should be: every size, text and binary, came back exactly, and the Close too.</summary>
    public static readonly InteropResult Perfect = new("chat.v2", true, 14, true, 4001, "done");
}
