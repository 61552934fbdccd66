using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>The framing of bodies; a message with two possible framings is refused.</summary>
internal static class FramingCases
{
    private const string Kept = "RFC 9112 6: the body and its framing are the client's.";
    private const string Smuggling = "RFC 9112 6.3 and 11.2: two readings of one request are a way into another.";

    public static IEnumerable<Case> All =>
    [
        Body("a length", "Content-Length: 5", "hello"),
        Body("length 0", "Content-Length: 0", ""),
        Body("chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"),
        Body("chunks, in capitals", "Transfer-Encoding: CHUNKED", "5\r\nhello\r\n0\r\n\r\n"),
        Body("chunks with extensions", "Transfer-Encoding: chunked", "5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"),
        Body("chunks with leading zeros", "Transfer-Encoding: chunked", "0005\r\nhello\r\n000\r\n\r\n"),
        Body("no chunk but the last", "Transfer-Encoding: chunked", "0\r\n\r\n"),
        Body("bytes of every value", "Content-Length: 256", string.Concat(Enumerable.Range(0, 256).Select(i =>
            (char)i))),
        Request("Body: a length beside chunks", "RFC 9112 6.3: chunks win, and the length does not pass.",
            Head("POST /a HTTP/1.1", "Host: plain.example", "Content-Length: 3", "Transfer-Encoding: chunked")
                + "5\r\nhello\r\n0\r\n\r\n",
            Head("POST /a HTTP/1.1", "Host: plain.example", "Transfer-Encoding: chunked")
                + "5\r\nhello\r\n0\r\n\r\n", Peers.Haproxy),
        Request("Body: none, and no length", Kept, Head("POST /a HTTP/1.1", "Host: plain.example")),
        Request("Body: of a GET", Kept, Head("GET /a HTTP/1.1", "Host: plain.example", "Content-Length: 5") + "hello"),
        Request("Body: of a DELETE in chunks", Kept,
            Head("DELETE /a HTTP/1.1", "Host: plain.example", "Transfer-Encoding: chunked") + "1\r\nx\r\n0\r\n\r\n",
                peers: Peers.Haproxy),
        Request("Body: of a HEAD-like unknown method", Kept,
            Head("REPORT /a HTTP/1.1", "Host: plain.example", "Content-Length: 3") + "abc"),
        Request("Body: a Content-Type without a charset", Kept,
            Head("POST /a HTTP/1.1", "Host: plain.example", "Content-Type: text/plain;x", "Content-Length: 1") + "x"),
        Request("Body: fields of content that describe none", Kept,
            Head("POST /a HTTP/1.1", "Host: plain.example", "Content-MD5: odd", "Content-Encoding: odd",
                "Content-Language: x,,y", "Content-Range: odd", "Content-Length: 0")),
        Trailers("Body: trailers of a request", Peers.Haproxy),
        Answer("Body: an answer in chunks", Kept,
            Head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "5;a=b\r\nhello\r\n0\r\n\r\n"),
        Answer("Body: trailers of an answer", "RFC 9112 7.1.2: gRPC needs them.",
            Head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Trailer: X-Sum")
                + "5\r\nhello\r\n0\r\nX-Sum: caf\u00e9\r\n\r\n", peers: Peers.Haproxy),
        Answer("Body: an answer of length 0", Kept, Head("HTTP/1.1 200 OK", "Content-Length: 0")),
        Answer("Body: an answer of no chunk but the last", Kept,
            Head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Answer("Body: an answer of 300 KB", Kept,
            Head("HTTP/1.1 200 OK", "Content-Length: 300000") + new string('x', 300_000)),
        Request("Body: 300 KB in chunks", Kept,
            Head("POST /a HTTP/1.1", "Host: plain.example", "Transfer-Encoding: chunked")
                + "493e0\r\n" + new string('x', 300_000) + "\r\n0\r\n\r\n"),
        Refused("two lengths", Peers.Both, "Content-Length: 5", "Content-Length: 6"),
        Refused("a list of lengths", Peers.Nginx, "Content-Length: 5, 5"),
        Refused("a length with a sign", Peers.Both, "Content-Length: +5"),
        Refused("a negative length", Peers.Both, "Content-Length: -5"),
        Refused("a length in hexadecimal", Peers.Both, "Content-Length: 0x5"),
        Refused("a length beyond 64 bits", Peers.Both, "Content-Length: 99999999999999999999"),
        Refused("a coding after chunked", Peers.Both, "Transfer-Encoding: chunked, gzip"),
        Refused("chunked twice", Peers.Both, "Transfer-Encoding: chunked, chunked"),
        Refused("an unknown coding", Peers.Both, "Transfer-Encoding: odd"),
        Refused("a coding with an odd space", Peers.Both, "Transfer-Encoding: \u000bchunked"),
        Refused("chunked over HTTP/1.0", "HTTP/1.0", Peers.Nginx, "Transfer-Encoding: chunked"),
        BadChunk("a size that is no number", "x\r\nhello\r\n0\r\n\r\n"),
        BadChunk("a size with a sign", "+5\r\nhello\r\n0\r\n\r\n"),
        BadChunk("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
        BadChunk("content longer than its size", "2\r\nhello\r\n0\r\n\r\n"),
        new("Body: cut off", "RFC 9112 8: a body that is not whole must not look whole.", Peers.Both,
            new Step.ClientSends(Head("POST /a HTTP/1.1", "Host: plain.example", "Content-Length: 5") + "he"),
            new Step.NodeReceives(IsWhole: false),
            new Step.ClientFinishes(),
            new Step.NodeConnectionEnds()),
        CutAnswer("Body: an answer cut off", "Content-Length: 10", "hello"),
        CutAnswer("Body: an answer in chunks cut off", "Transfer-Encoding: chunked", "5\r\nhello\r\n"),
        new("Body: an answer with a broken chunk", "RFC 9112 8: it must not look whole.", Peers.Both,
            new Step.ClientSends(Get),
            new Step.NodeReceives(),
            new Step.NodeSends(Head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "5\r\nhello\r\n"),
            new Step.ClientReceives(IsWhole: false),
            new Step.NodeSends("x\r\n"),
            new Step.ClientConnectionEnds(),
            new Step.ClientReceivesMore("")),
    ];

    private static Case Body(string name, string framing, string body) => Request(
        $"Body: {name}", Kept, Head("POST /a HTTP/1.1", "Host: plain.example", framing) + body,
        peers: framing[0] == 'T' ? Peers.Haproxy : Peers.Both);

    private static Case Trailers(string name, Peers peers) => Request(
        name, "RFC 9112 7.1.2.",
        Head("POST /a HTTP/1.1", "Host: plain.example", "Transfer-Encoding: chunked", "Trailer: X-Sum")
            + "5\r\nhello\r\n0\r\nX-Sum: abc\r\n\r\n", peers: peers);

    private static Case Refused(string name, Peers peers, params string[] lines) =>
        Refused(name, "HTTP/1.1", peers, lines);

    private static Case Refused(string name, string version, Peers peers, params string[] lines) => Refusal(
        $"Framing refused: {name}", Smuggling,
        Head([$"POST /a {version}", "Host: plain.example", .. lines]), [400, 501, 413], peers);

    private static Case BadChunk(string name, string body) => new(
        $"Framing refused: {name}", Smuggling, Peers.Both,
        new Step.ClientSends(Head("POST /a HTTP/1.1", "Host: plain.example", "Transfer-Encoding: chunked")),
        new Step.NodeReceives(IsWhole: false),
        new Step.ClientSends(body),
        new Step.ClientReceivesError(400),
        new Step.ClientConnectionEnds());

    private static Case CutAnswer(string name, string framing, string body) => new(
        name, "RFC 9112 8: it must not look whole.", Peers.Both,
        new Step.ClientSends(Get),
        new Step.NodeReceives(),
        new Step.NodeSends(Head("HTTP/1.1 200 OK", framing) + body),
        new Step.ClientReceives(IsWhole: false),
        new Step.NodeFinishes(),
        new Step.ClientConnectionEnds(),
        new Step.ClientReceivesMore(""));
}
