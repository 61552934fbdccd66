using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>Answers of nodes to handshakes.</summary>
internal static class SwitchCases
{
    private const string Whole = "RFC 9110 7.8 and 6455 4.2.2: the client gets a whole 101, or no WebSocket.";
    private const string Declined = "RFC 6455 4.1: an answer other than 101 is handled as HTTP.";
    private const string Broken = "RFC 9110 15.6.3: the client must not take it for a WebSocket.";

    private static readonly string CloseOfClient = "\u0088\u0082\0\0\0\0\u0003\u00e8";
    private static readonly string CloseOfNode = "\u0088\u0002\u0003\u00e8";

    public static IEnumerable<Case> All =>
    [
        Opens("without Connection", Opening("Upgrade: websocket", $"Sec-WebSocket-Accept: {Accept}"),
            peers: Peers.Nginx),
        Opens("with Content-Length: 0", Switch("Content-Length: 0"), peers: Peers.Haproxy),
        Opens("with Content-Length: 5", Switch("Content-Length: 5"), peers: Peers.Haproxy),
        Opens("with chunked", Switch("Transfer-Encoding: chunked")),
        Opens("with WebSocket in capitals", Opening("Upgrade: WebSocket", "Connection: upgrade",
            $"Sec-WebSocket-Accept: {Accept}"), Opening("Upgrade: *", "Connection: Upgrade",
                $"Sec-WebSocket-Accept: {Accept}")),
        Opens("with keep-alive in Connection", Opening("Upgrade: websocket", "Connection: keep-alive, Upgrade",
            "Keep-Alive: timeout=5", $"Sec-WebSocket-Accept: {Accept}")),
        Opens("with another reason", Opened.Replace("Switching Protocols", "Web Socket Protocol Handshake",
            StringComparison.Ordinal),
            Opened.Replace("Switching Protocols", "Web Socket Protocol Handshake", StringComparison.Ordinal)),
        Opens("with an empty reason", Opened.Replace("Switching Protocols", "", StringComparison.Ordinal),
            Opened.Replace("Switching Protocols", "", StringComparison.Ordinal)),
        Same("with cookies", "Set-Cookie: a=b; Path=/", "Set-Cookie: c=d"),
        Same("with bytes beyond ASCII", "X-Name: caf\u00e9", "X-Other: \u00c3\u00a9\u00ff"),
        Same("with a subprotocol that was not offered", "Sec-WebSocket-Protocol: odd"),
        Same("with extensions", "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"),
        Same("with an empty field", "X-Empty:"),
        Opens("with Server and Date", Switch("Server: node/1", "Date: Thu, 01 Jan 1970 00:00:00 GMT"),
            Switch("Server: node/1", "Date: Thu, 01 Jan 1970 00:00:00 GMT"), Peers.Haproxy),
        Opens("with an accept that does not fit", Opened.Replace(Accept, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            StringComparison.Ordinal),
            Opened.Replace(Accept, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", StringComparison.Ordinal)),
        Opens("of lines that end with LF alone", Opened.Replace("\r\n", "\n", StringComparison.Ordinal), Opened),
        new("101: with a frame right behind it", Whole, Peers.Both,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Opened + NodeFrame),
            new Step.ClientReceives(IsWhole: false),
            new Step.ClientSends(ClientFrame),
            new Step.NodeReceivesMore(ClientFrame)),
        new("101: after a 103", "RFC 9110 15.2.", Peers.Both,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Head("HTTP/1.1 103 Early Hints", "Link: </a>")),
            new Step.ClientReceives(),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false)),
        new("Close: both sides closed", "RFC 6455 7.1.1: the tunnel is over at once.", Peers.Both,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false),
            new Step.ClientSends(CloseOfClient),
            new Step.NodeReceivesMore(CloseOfClient),
            new Step.NodeSends(CloseOfNode),
            new Step.ClientReceivesMore(CloseOfNode),
            new Step.NodeFinishes(),
            new Step.ClientConnectionEnds(),
            new Step.NodeConnectionEnds()),
        new("Close: the client finishes after its Close", "RFC 6455 7.1.1: the node's Close still reaches it.",
            Peers.Haproxy,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false),
            new Step.ClientSends(CloseOfClient),
            new Step.ClientFinishes(),
            new Step.NodeReceivesMore(CloseOfClient),
            new Step.NodeSends(CloseOfNode),
            new Step.ClientReceivesMore(CloseOfNode)),
        Fault("without Upgrade", Peers.None, Opening("Connection: Upgrade", $"Sec-WebSocket-Accept: {Accept}")),
        Fault("without Sec-WebSocket-Accept", Peers.Haproxy, Opening("Upgrade: websocket", "Connection: Upgrade")),
        Fault("to another protocol", Peers.None, Opening("Upgrade: h2c", "Connection: Upgrade",
            $"Sec-WebSocket-Accept: {Accept}")),
        Fault("with nothing", Peers.Haproxy, Opening()),
        Decline("Declined: 200", Declined, Ok),
        Decline("Declined: 302", Declined, Head("HTTP/1.1 302 Found", "Location: /login?to=|a", "Content-Length: 0")),
        Decline("Declined: 400 with a body", Declined, Head("HTTP/1.1 400 Bad Request", "Content-Length: 3",
            "X-Why: caf\u00e9") + "why"),
        Decline("Declined: 401 with two challenges", Declined, Head("HTTP/1.1 401 Unauthorized",
            "WWW-Authenticate: Negotiate",
            "WWW-Authenticate: Basic realm=\"a\"", "Content-Length: 0")),
        Decline("Declined: 403 in chunks", Declined, Head("HTTP/1.1 403 Forbidden", "Transfer-Encoding: chunked")
            + "3\r\nwhy\r\n0\r\n\r\n"),
        Decline("Declined: 404 with cookies", Declined, Head("HTTP/1.1 404 Not Found", "Set-Cookie: a=b",
            "Set-Cookie: c=d", "Content-Length: 0")),
        Decline("Declined: 426 with the version", "RFC 6455 4.4 and RFC 9110 15.5.22.",
            Head("HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Content-Length: 0"),
            Head("HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade, keep-alive",
                "Sec-WebSocket-Version: 13", "Content-Length: 0"), Peers.None),
        Decline("Declined: 429", Declined, Head("HTTP/1.1 429 Too Many Requests", "Retry-After: 7",
            "Content-Length: 0")),
        Decline("Declined: 500 with a body", Declined, Head("HTTP/1.1 500 Oops", "Content-Length: 5") + "oops!"),
        Decline("Declined: 502", Declined, Head("HTTP/1.1 502 Bad Gateway", "Content-Length: 0")),
        Decline("Declined: 503", Declined, Head("HTTP/1.1 503 Service Unavailable", "Retry-After: 7",
            "Content-Length: 0")),
        Decline("Declined: 204 with a length", Declined, Head("HTTP/1.1 204 No Content", "Content-Length: 5"),
            Head("HTTP/1.1 204 No Content"), Peers.Haproxy),
        Decline("Declined: 304", Declined, Head("HTTP/1.1 304 Not Modified", "Content-Length: 5")),
        Decline("Declined: by HTTP/1.0 with a length", Declined, Head("HTTP/1.0 403 Forbidden", "Content-Length: 2")
            + "no",
            Head("HTTP/1.1 403 Forbidden", "Content-Length: 2") + "no", Peers.Nginx),
        AnswerToTheEnd("Declined: up to the end of the connection", Declined, Head("HTTP/1.0 403 Forbidden") + "no",
            Head("HTTP/1.1 403 Forbidden", "Content-Length: any") + "no", Peers.Nginx, request: Open),
        new("Declined: and the client sends another handshake", Declined, Peers.Nginx,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Head("HTTP/1.1 401 Unauthorized", "Content-Length: 2") + "no"),
            new Step.ClientReceives(),
            new Step.ClientSends(Upgrade("/again")),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends(Opened),
            new Step.ClientReceives(IsWhole: false)),
        Repair("Fault: garbage to a handshake", Broken, Open, "garbage\r\n\r\n", [502], Peers.Haproxy),
        Repair("Fault: two lengths to a handshake", Broken, Open,
            Head("HTTP/1.1 403 Forbidden", "Content-Length: 1", "Content-Length: 2") + "no", [502], Peers.Haproxy),
        new("Fault: half a head and the end to a handshake", Broken, Peers.Both,
            new Step.ClientSends(Open),
            new Step.NodeReceives(IsWhole: false),
            new Step.NodeSends("HTTP/1.1 101 Switching Protocols\r\nUpgr"),
            new Step.NodeFinishes(),
            new Step.ClientReceivesError(502)),
    ];

    private static string Opening(params string[] lines) => Head(["HTTP/1.1 101 Switching Protocols", .. lines]);

    private static Case Opens(string name, string answer, string? answered = null, Peers peers = Peers.Both) =>
        Handshake($"101: {name}", Whole, answer: answer, answered: answered ?? Opened, peers: peers);

    private static Case Same(string name, params string[] lines) =>
        Handshake($"101: {name}", Whole, answer: Switch(lines));

    private static Case Fault(string name, Peers peers, string answer) =>
        Repair($"Fault: a 101 {name}", Broken, Open, answer, [502], peers);
}
