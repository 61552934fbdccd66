using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>An unusual but unambiguous answer is passed on or repaired; an ambiguous one is a 502.</summary>
internal static class AnswerCases
{
    private const string Passed = "RFC 9110 15 and 9112 4: the answer is the node's.";
    private const string Bodiless = "RFC 9112 6.3: an answer with this status has no body, whatever its fields are.";
    private const string Unclear = "RFC 9112 6.3 and 9110 15.6.3: where an answer ends must not be a guess.";
    private const string Interim = "RFC 9110 15.2: a proxy forwards interim answers.";

    public static IEnumerable<Case> All =>
    [
        Status("200 Sehr gut"),
        Status("200 "),
        Status("200 caf\u00e9 \u00c3\u00a9"),
        Status("201 Created", "Location: /a b|{c}?d=%2f"),
        Status("206 Partial Content", "Content-Range: bytes 0-1/5"),
        Status("299 Odd"),
        Status("302 Found", "Location: http://other.example/a?b=|c"),
        Status("401 Unauthorized", "WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=\"a, b\""),
        Status("404 Not Found"),
        Status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=x"),
        Status("418 I'm a teapot"),
        Status("421 Misdirected Request"),
        Status("429 Too Many Requests", "Retry-After: soon"),
        Status("451 Unavailable For Legal Reasons"),
        Status("500 Internal Server Error"),
        Status("502 Bad Gateway"),
        Status("503 Service Unavailable", "Retry-After: 120"),
        Status("504 Gateway Timeout"),
        Status("599 Odd"),
        Status("600 Beyond"),
        Status("999 Beyond"),
        Answer("Answer: a status without a reason", "nginx and HAProxy take it.",
            Head("HTTP/1.1 200", "Content-Length: 2") + "ok", Head("HTTP/1.1 200 ", "Content-Length: 2") + "ok",
                Peers.Haproxy),
        Lines("Set-Cookie three times", "Set-Cookie: a=b; Expires=Wed, 21 Oct 2037 07:28:00 GMT",
            "Set-Cookie: c=\"d, e\"; Path=/", "Set-Cookie: f=\u00e9"),
        Lines("a file name in Latin-1", "Content-Disposition: attachment; filename=\"caf\u00e9.txt\""),
        Lines("an odd Content-Type", "Content-Type: text/html; charset"),
        Lines("an empty Content-Type", Peers.Haproxy, "Content-Type:"),
        Lines("odd dates", "Expires: 0", "Last-Modified: never"),
        Lines("an ETag without quotes", "ETag: abc", "Vary: *", "Cache-Control: no-cache=\"a\",,x"),
        Lines("a compressed body", "Content-Encoding: gzip"),
        Lines("Alt-Svc and Strict-Transport-Security", "Alt-Svc: h3=\":443\"", "Strict-Transport-Security: max-age=1"),
        Lines("Proxy-Status, Via and Age", "Proxy-Status: x; error=y", "Via: 1.1 node", "Age: old"),
        Lines("Allow and Trailer", "Allow: GET, FOO", "Trailer: X-Sum"),
        Lines("X-Accel-Buffering", Peers.Haproxy, "X-Accel-Buffering: no"),
        Lines("Server and Date of the node", Peers.Haproxy, "Server: node/1 (odd; caf\u00e9)",
            "Date: Thu, 01 Jan 1970 00:00:00 GMT"),
        Lines("100 lines", Peers.Nginx, [.. Enumerable.Range(0, 100).Select(i => $"X-{i}: {i}")]),
        Lines("a line of 3,000 bytes", "X-Long: " + new string('a', 3_000)),
        Lines("30 KB of lines", Peers.None, [.. Enumerable.Range(0, 10).Select(i =>
            $"X-{i}: {new string('a', 3_000)}")]),
        Answer("Answer: without Keep-Alive", "RFC 9110 7.6.1.",
            Head("HTTP/1.1 200 OK", "Connection: keep-alive", "Keep-Alive: timeout=5", "Content-Length: 2") + "ok",
            Ok),
        Answer("Answer: without a field that Connection names", "RFC 9110 7.6.1.",
            Head("HTTP/1.1 200 OK", "Connection: X-Hop", "X-Hop: 1", "Content-Length: 2") + "ok", Ok, Peers.None),
        Answer("Answer: without Upgrade that was not requested", "RFC 9110 7.8: the offer is for the next hop only.",
            Head("HTTP/1.1 200 OK", "Connection: Upgrade", "Upgrade: h2c", "Content-Length: 2") + "ok", Ok, Peers.None),
        Answer("Answer: 204 with a length", Bodiless, Head("HTTP/1.1 204 No Content", "Content-Length: 5"),
            Head("HTTP/1.1 204 No Content"), Peers.Haproxy),
        Answer("Answer: 204 with length 0", Bodiless, Head("HTTP/1.1 204 No Content", "Content-Length: 0"),
            Head("HTTP/1.1 204 No Content"), Peers.Haproxy),
        Answer("Answer: 204 with a body", Bodiless, Head("HTTP/1.1 204 No Content", "Content-Length: 5") + "hello",
            Head("HTTP/1.1 204 No Content"), Peers.Haproxy),
        Answer("Answer: 204 with chunks", Bodiless,
            Head("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked") + "0\r\n\r\n",
            Head("HTTP/1.1 204 No Content")),
        Answer("Answer: 304 with a length", "RFC 9110 8.6: it is that of the 200.",
            Head("HTTP/1.1 304 Not Modified", "ETag: \"a\"", "Content-Length: 1234")),
        Answer("Answer: 304 with a body", Bodiless,
            Head("HTTP/1.1 304 Not Modified", "Content-Length: 5") + "hello",
            Head("HTTP/1.1 304 Not Modified", "Content-Length: 5")),
        Answer("Answer: 205 with length 0", Passed, Head("HTTP/1.1 205 Reset Content", "Content-Length: 0")),
        Answer("Answer: 426 with Upgrade", "RFC 9110 15.5.22: it must name the protocol.",
            Head("HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade", "Content-Length: 2")
                + "no",
            Head("HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade, keep-alive",
                "Content-Length: 2") + "no",
            Peers.None),
        HeadOnly("with a length", Peers.Both, "Content-Length: 12345"),
        HeadOnly("with chunks", Peers.Both, "Transfer-Encoding: chunked"),
        HeadOnly("without either", Peers.Both),
        HeadOnly("with a type and length 0", Peers.Both, "Content-Type: text/plain", "Content-Length: 0"),
        Interims("100", "HTTP/1.1 100 Continue", [], Peers.Both),
        Interims("102", "HTTP/1.1 102 Processing", [], Peers.Both),
        Interims("103", "HTTP/1.1 103 Early Hints", ["Link: </a.css>; rel=preload", "Link: </b|{}>"], Peers.Both),
        AnswerToTheEnd("Answer: up to the end of the connection", Passed,
            Head("HTTP/1.1 200 OK", "X-A: b") + "hello", Any("HTTP/1.1 200 OK", "X-A: b") + "hello"),
        AnswerToTheEnd("Answer: HTTP/1.0 up to the end", "RFC 9112 2.5: the proxy's version is its own.",
            Head("HTTP/1.0 200 OK") + "hello", Any("HTTP/1.1 200 OK") + "hello", Peers.Nginx),
        Answer("Answer: HTTP/1.0 with a length", "RFC 9112 2.5.",
            Head("HTTP/1.0 200 OK", "Content-Length: 2") + "ok", Ok, Peers.Nginx),
        AnswerToTheEnd("Answer: an HTTP/1.0 head and nothing more", Passed, Head("HTTP/1.0 200 OK"),
            Any("HTTP/1.1 200 OK"), Peers.Nginx),
        AnswerToTheEnd("Answer: empty up to the end", Passed, Head("HTTP/1.1 404 Not Found"),
            Any("HTTP/1.1 404 Not Found")),
        Answer("Answer: lines that end with LF alone", "RFC 9112 2.2 allows it, and nodes of one script do it.",
            "HTTP/1.1 200 OK\nX-A: b\nContent-Length: 2\n\nok", Head("HTTP/1.1 200 OK", "X-A: b",
                "Content-Length: 2") + "ok"),
        Answer("Answer: spaces around a value", "RFC 9112 5.1.",
            Head("HTTP/1.1 200 OK", "X-A:   b  ", "Content-Length:  2 ") + "ok",
            Head("HTTP/1.1 200 OK", "X-A: b", "Content-Length: 2") + "ok"),
        Answer("Answer: the same length twice", "RFC 9112 6.3 allows either.",
            Head("HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 2") + "ok", Ok),
        Answer("Answer: a version that there is not", "nginx and HAProxy take it.",
            Head("HTTP/3.7 200 OK", "Content-Length: 2") + "ok", Ok),
        Fault("two lengths", Head("HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 3") + "ok", Peers.Haproxy),
        Fault("a length that is no number", Head("HTTP/1.1 200 OK", "Content-Length: two") + "ok", Peers.Haproxy),
        Fault("a negative length", Head("HTTP/1.1 200 OK", "Content-Length: -2") + "ok", Peers.Haproxy),
        Fault("a length with a sign", Head("HTTP/1.1 200 OK", "Content-Length: +2") + "ok", Peers.Haproxy),
        Fault("no HTTP", "hello\r\n\r\n", Peers.Haproxy),
        Fault("a status that is no number", Head("HTTP/1.1 abc OK", "Content-Length: 2") + "ok", Peers.Haproxy),
        Fault("a NUL in a value", Head("HTTP/1.1 200 OK", "X-A: a\0b", "Content-Length: 2") + "ok", Peers.Nginx),
        Fault("a 101 that was not requested", Opened, Peers.Haproxy),
    ];

    private static Case Status(string status, params string[] lines) => Answer(
        $"Answer: status {Report.Line(status)}", Passed,
        Head([$"HTTP/1.1 {status}", "Content-Length: 2", .. lines]) + "ok");

    private static Case Lines(string name, params string[] lines) => Lines(name, Peers.Both, lines);

    private static Case Lines(string name, Peers peers, params string[] lines) => Answer(
        $"Answer: {name}", Passed, Head(["HTTP/1.1 200 OK", "Content-Length: 2", .. lines]) + "ok", peers: peers);

    private static Case HeadOnly(string name, Peers peers, params string[] lines) => Answer(
        $"HEAD: an answer {name}", "RFC 9110 9.3.2: the fields of a GET, and no body.",
        Head(["HTTP/1.1 200 OK", .. lines]),
        lines.Contains("Transfer-Encoding: chunked") ? Any("HTTP/1.1 200 OK") : null,
        peers, request: Head("HEAD /a HTTP/1.1", "Host: plain.example"));

    private static Case Interims(string name, string line, string[] lines, Peers peers) => new(
        $"Answer: {name} before the answer", Interim, peers,
        new Step.ClientSends(Get),
        new Step.NodeReceives(),
        new Step.NodeSends(Head([line, .. lines])),
        new Step.ClientReceives(),
        new Step.NodeSends(Ok),
        new Step.ClientReceives());

    private static Case Fault(string name, string answer, Peers peers = Peers.Both) => Repair(
        $"Fault: {name}", Unclear, Get, answer, [502], peers);

    private static string Any(params string[] lines) => Head([.. lines, "Content-Length: any"]);
}
