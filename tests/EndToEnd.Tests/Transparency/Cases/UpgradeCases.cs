using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>A valid handshake is passed on, and an invalid one is refused with a reason.</summary>
internal static class UpgradeCases
{
    private const string List = "RFC 9110 7.8: Upgrade is a list, in any case, on any number of lines.";
    private const string Malformed = "RFC 6455 4.2.1: no handshake; as a plain request it would surprise the node.";
    private const string Kept = "RFC 6455 4.1: offers are between the client and the node.";

    public static IEnumerable<Case> All =>
    [
        Handshake("Handshake: plain", "RFC 6455 4."),
        Spelled("in capitals", "Upgrade: WebSocket", "Connection: UPGRADE"),
        Spelled("as the first of a list", "Upgrade: websocket, h2c", "Connection: Upgrade"),
        Spelled("as the last of a list", "Upgrade: h2c, websocket", "Connection: Upgrade"),
        Spelled("in a list with versions", "Upgrade: foo/2 , WebSocket ,", "Connection: Upgrade"),
        Spelled("on the second line", ["Upgrade: foo/2", "Upgrade: websocket", "Connection: Upgrade"], Peers.None),
        Spelled("twice", ["Upgrade: websocket", "Upgrade: websocket", "Connection: Upgrade"], Peers.Nginx),
        Spelled("with keep-alive", ["Upgrade: websocket", "Connection: keep-alive, Upgrade"], Peers.Both),
        Spelled("with Connection on two lines",
            ["Upgrade: websocket", "Connection: keep-alive", "Connection: Upgrade"], Peers.Both),
        Spelled("with Connection of many words", ["Upgrade: websocket", "Connection: ,upgrade ,, foo"], Peers.Nginx),
        Passed("without a version", Head("GET /chat HTTP/1.1", "Host: plain.example", "Upgrade: websocket",
            "Connection: Upgrade", $"Sec-WebSocket-Key: {Key}")),
        Passed("of version 8", Head("GET /chat HTTP/1.1", "Host: plain.example", "Upgrade: websocket",
            "Connection: Upgrade", $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Origin: x")),
        Passed("with a length of 0", Upgrade("/chat", "Content-Length: 0")),
        Passed("with extensions on two lines", Upgrade("/chat",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x; a=\"b\"",
            "Sec-WebSocket-Extensions: y")),
        Passed("with subprotocols on two lines", Upgrade("/chat", "Sec-WebSocket-Protocol: a, b,,",
            "Sec-WebSocket-Protocol: c{}")),
        Passed("with bytes beyond ASCII", Upgrade("/chat", "Cookie: name=caf\u00e9", "X-Name: \u00c3\u00a9\u00ff",
            "Origin: null")),
        Passed("with an empty field and a tab", Upgrade("/chat", "X-Empty:", "X-Tab: a\tb")),
        Passed("with 7,000 bytes of cookies", Upgrade("/chat", "Cookie: a=" + new string('b', 7_000))),
        Passed("with a trace", Upgrade("/chat",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
        Passed("with credentials", Upgrade("/chat", "Authorization: Bearer a.b|c")),
        Passed("without a field that Connection names", Head("GET /chat HTTP/1.1", "Host: plain.example",
            "Upgrade: websocket", "Connection: Upgrade, X-Hop", "X-Hop: 1", $"Sec-WebSocket-Key: {Key}",
            "Sec-WebSocket-Version: 13"), Open, Peers.None),
        Refused("without a key", Peers.Haproxy, Start("Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13")),
        Refused("with an empty key", Peers.Haproxy, Start("Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key:", "Sec-WebSocket-Version: 13")),
        Refused("with two keys", Peers.None, Upgrade("/chat", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")),
        Refused("with a body", Peers.None, Upgrade("/chat", "Content-Length: 5") + "hello"),
        Refused("in chunks", Peers.None, Upgrade("/chat", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("over HTTP/1.0", Peers.None, Open.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal)),
        Refused("by POST", Peers.None, Open.Replace("GET ", "POST ", StringComparison.Ordinal)),
        Refused("without Connection: Upgrade", Peers.None, Start("Upgrade: websocket", $"Sec-WebSocket-Key: {Key}",
            "Sec-WebSocket-Version: 13")),
        Request("Upgrade to another protocol is a plain request", "RFC 9110 7.8: a server may ignore it.",
            Start("Upgrade: foo/2", "Connection: Upgrade"), Get, Peers.None),
        Request("Upgrade to TLS is a plain request", "RFC 2817 4.1: optional for the server.",
            Start("Upgrade: TLS/1.0, HTTP/1.1", "Connection: Upgrade"), Get, Peers.None),
        new("Handshake: frames right behind it", "A client that needs no subprotocol need not wait.", Peers.Both,
            new Step.ClientSends(Open + ClientFrame),
            new Step.NodeReceives(Open, IsWhole: false),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false),
            new Step.NodeReceivesMore(ClientFrame),
            new Step.NodeSends(NodeFrame),
            new Step.ClientReceivesMore(NodeFrame)),
        new("Handshake: in pieces", "RFC 9112 2.2.", Peers.Both,
            new Step.ClientSends(Open[..5]),
            new Step.ClientSends(Open[5..40]),
            new Step.ClientSends(Open[40..^1]),
            new Step.ClientSends(Open[^1..]),
            new Step.NodeReceives(Open, IsWhole: false),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false)),
    ];

    private static string Start(params string[] lines) => Head(["GET /chat HTTP/1.1", "Host: plain.example", .. lines]);

    // The node receives one canonical Upgrade for every spelling; nginx and HAProxy pass the client's spelling on.
    private static Case Spelled(string name, params string[] lines) => Spelled(name, lines, Peers.None);

    private static Case Spelled(string name, string[] lines, Peers peers) => Handshake(
        $"Handshake: Upgrade {name}", List,
        Start([.. lines, $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 13"]), Open, peers: peers);

    private static Case Passed(string name, string request, string? received = null, Peers peers = Peers.Both) =>
        Handshake($"Handshake: {name}", Kept, request, received, peers: peers);

    private static Case Refused(string name, Peers peers, string request) => Refusal(
        $"Handshake refused: {name}", Malformed, request, [400], peers);
}
