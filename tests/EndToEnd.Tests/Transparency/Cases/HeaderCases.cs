using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>Fields of requests and answers are passed on as bytes; only hop-by-hop fields are the proxy's.</summary>
internal static class HeaderCases
{
    private const string Opaque = "RFC 9110 5.5: obs-text is opaque; any byte but CR, LF and NUL passes.";
    private const string Kept = "RFC 9110 5.3 and 5.5: the field is the node's or the client's business.";
    private const string Hop = "RFC 9110 7.6.1: fields of the connection do not pass.";
    private const string Forged = "A client must not set the fields of the proxy: nodes trust them.";
    private const string Malformed = "RFC 9112 5: a proxy must not guess the meaning.";

    public static IEnumerable<Case> All =>
    [
        Both("a Latin-1 value", "X-Name: caf\u00e9"),
        Both("a UTF-8 value", "X-Name: caf\u00c3\u00a9 \u00e2\u0082\u00ac"),
        Both("bytes that are no UTF-8", "X-Name: \u00ff\u00fe\u0080\u00c3"),
        Both("a tab in a value", "X-Name: a\tb"),
        Both("an empty value", "X-Name:"),
        Both("several spaces in a value", "X-Name: a   b"),
        Both("two lines of one name", "X-Name: a", "X-Name: b"),
        Both("two lines, one empty", "X-Name:", "X-Name: b"),
        Both("a value of commas", "X-Name: ,a,,b,"),
        Both("a quoted value", "X-Name: \"a, b\\\"c\""),
        Both("a name of all token characters", "X-!#$%&'*+.^`|~9: a", Peers.Haproxy),
        Both("a name of one letter", "X: a"),
        Both("a value of 3,000 bytes", "X-Name: " + new string('a', 3_000)),
        Sent("a value of 7,000 bytes", "X-Name: " + new string('a', 7_000)),
        Both("a control character in a value", "X-Name: a\u0001b"),
        Both("a DEL in a value", "X-Name: a\u007fb"),
        Sent("an underscore in a name", "X_Name: a", Peers.Haproxy),
        Sent("an odd User-Agent", "User-Agent: (((odd; \u00e9"),
        Sent("a Referer that is no URL", "Referer: not a url {}"),
        Sent("an odd Accept", "Accept: ;;;, */*;q=x"),
        Sent("odd cookies", "Cookie: a=\"b, c\"; d; =e; f=g=h;;"),
        Sent("cookies on two lines", ["Cookie: a=b", "Cookie: c=d"]),
        Sent("a weak If-None-Match", "If-None-Match: W/\"a\", nonsense"),
        Sent("an odd If-Modified-Since", "If-Modified-Since: yesterday"),
        Sent("a Range", "Range: bytes=0-0,-1"),
        Sent("an odd Authorization", "Authorization: Custom {\"a\": 1}"),
        Sent("Proxy-Authorization", "Proxy-Authorization: Basic YTpi"),
        Sent("a Content-Type without a body", "Content-Type: application/json; charset=\"x"),
        Sent("Accept-Encoding", "Accept-Encoding: gzip;q=0, zstd"),
        Sent("a trace of a client", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "tracestate: a=b"),
        Sent("a Max-Forwards", "Max-Forwards: 0"),
        Sent("Date, Via and Warning", "Date: today", "Via: 1.0 fred", "Warning: 199 - \"odd\""),
        Sent("125 lines", [.. Enumerable.Range(0, 125).Select(i => $"X-{i}: {i}")], Peers.Nginx),
        Sent("40 KB of cookies", [.. Enumerable.Range(0, 10).Select(i => $"Cookie: c{i}={new string('a', 4_000)}")],
            Peers.None),
        Request("Request: without spaces around a value", "RFC 9112 5.1: OWS.",
            Head("GET /a HTTP/1.1", "Host: plain.example", "X-Name: \t a \t "),
            Head("GET /a HTTP/1.1", "Host: plain.example", "X-Name: a")),
        Request("Request: nothing is added", "The node must receive only fields that the client sent.", Get),
        Dropped("a field that Connection names", Peers.None, "Connection: close, X-Hop", "X-Hop: 1"),
        Dropped("Keep-Alive", Peers.Both, "Connection: keep-alive", "Keep-Alive: timeout=5"),
        Dropped("Proxy-Connection", Peers.Both, "Proxy-Connection: keep-alive"),
        Dropped("TE without trailers", Peers.Both, "Connection: TE", "TE: gzip"),
        Dropped("Upgrade to another protocol", Peers.None, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__"),
        Dropped("Upgrade that was not requested", Peers.None, "Upgrade: foo/2"),
        Dropped("an empty Upgrade", Peers.Nginx, "Connection: Upgrade", "Upgrade:"),
        Request("Request: TE: trailers passes", "RFC 9110 10.1.4: gRPC needs it.",
            Head("GET /a HTTP/1.1", "Host: plain.example", "Connection: TE", "TE: trailers"),
            Head("GET /a HTTP/1.1", "Host: plain.example", "TE: trailers"), Peers.Haproxy),
        Forgery("X-Forwarded-For", "X-Forwarded-For: 9.9.9.9"),
        Forgery("X_Forwarded_For", "X_Forwarded_For: 9.9.9.9", Peers.Nginx),
        Forgery("X-Forwarded_For", "X-Forwarded_For: 9.9.9.9", Peers.Nginx),
        Forgery("X-Forwarded-Host", "X-Forwarded-Host: evil.example"),
        Forgery("X-Forwarded-Port", "X-Forwarded-Port: 1"),
        Forgery("X-Forwarded-Ssl", "X-Forwarded-Ssl: on"),
        Forgery("X-Forwarded-Scheme", "X-Forwarded-Scheme: https"),
        Forgery("X-Forwarded-Server", "X-Forwarded-Server: evil.example"),
        Forgery("X-Original-URL", "X-Original-URL: /admin"),
        Forgery("X-Original-Host", "X-Original-Host: evil.example"),
        Forgery("Forwarded", "Forwarded: for=9.9.9.9;proto=https"),
        Forgery("True-Client-IP", "True-Client-IP: 9.9.9.9"),
        Forgery("X-Real-IP", "X-Real-IP: 9.9.9.9", Peers.Nginx),
        Refused("a line without a colon", "X-Name", Peers.Haproxy),
        Refused("a space before the colon", "X-Name : a"),
        Refused("a folded line", "X-Name: a\r\n b", Peers.Nginx),
        Refused("a first line that is folded", " X-Name: a", Peers.Nginx),
        Refused("an empty name", ": a"),
        Refused("a NUL in a value", "X-Name: a\0b", Peers.Nginx),
        Refused("a bare CR in a value", "X-Name: a\rb"),
        Refused("a space in a name", "X Name: a"),
        Refused("a Latin-1 name", "X-Nam\u00e9: a", Peers.Haproxy),
    ];

    // A field of requests and answers, which is passed on in both directions.
    private static Case Both(string name, params string[] lines) => Both(name, lines, Peers.Both);

    private static Case Both(string name, string line, Peers peers) => Both(name, [line], peers);

    private static Case Both(string name, string[] lines, Peers peers)
    {
        var answer = Head(["HTTP/1.1 200 OK", "Content-Length: 2", .. lines]) + "ok";
        return new(
            $"Both ways: {name}", Opaque, peers,
            new Step.ClientSends(Head(["GET /a HTTP/1.1", "Host: plain.example", .. lines])),
            new Step.NodeReceives(),
            new Step.NodeSends(answer),
            new Step.ClientReceives());
    }

    private static Case Sent(string name, params string[] lines) => Sent(name, lines, Peers.Both);

    private static Case Sent(string name, string line, Peers peers) => Sent(name, [line], peers);

    private static Case Sent(string name, string[] lines, Peers peers) => Request(
        $"Request: {name}", Kept, Head(["GET /a HTTP/1.1", "Host: plain.example", .. lines]), peers: peers);

    private static Case Dropped(string name, Peers peers, params string[] lines) => Request(
        $"Request: without {name}", Hop, Head(["GET /a HTTP/1.1", "Host: plain.example", .. lines]),
        Head("GET /a HTTP/1.1", "Host: plain.example"), peers);

    private static Case Forgery(string name, string line, Peers peers = Peers.None) => Request(
        $"Request: {name} of a client", Forged, Head("GET /a HTTP/1.1", "Host: plain.example", line),
        name switch
        {
            "X-Forwarded-For" => Head("GET /a HTTP/1.1", "Host: plain.example", $"X-Forwarded-For: {Case.Client}"),
            "X-Forwarded-Host" => Head("GET /a HTTP/1.1", "Host: plain.example", "X-Forwarded-Host: plain.example"),
            "X-Real-IP" => Head("GET /a HTTP/1.1", "Host: plain.example", $"X-Real-IP: {Case.Client}"),
            _ => Head("GET /a HTTP/1.1", "Host: plain.example"),
        },
        peers);

    private static Case Refused(string name, string line, Peers peers = Peers.Both) => Refusal(
        $"Refused: {name}", Malformed, Head("GET /a HTTP/1.1", "Host: plain.example", line), [400], peers);
}
