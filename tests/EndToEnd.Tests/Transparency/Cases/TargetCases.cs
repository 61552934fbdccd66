using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>The request target reaches the node byte for byte; no path bypasses the policy of its route.</summary>
internal static class TargetCases
{
    private const string Raw = "RFC 9110 7.6: a changed target breaks signatures, object names, cache keys.";
    private const string Policy = "Another spelling of a path must not bypass the policy of its route.";

    public static IEnumerable<Case> All =>
    [
        Target("escaped slash", "/a%2Fb"),
        Target("escaped slash, lower case", "/a%2fb"),
        Target("escaped colon", "/a%3Ab"),
        Target("escaped letter", "/%41bc"),
        Target("escape that is no UTF-8", "/caf%E9"),
        Target("escaped UTF-8", "/caf%C3%A9"),
        Target("escaped UTF-8, lower case", "/caf%c3%a9"),
        Target("escaped space", "/a%20b"),
        Target("plus", "/a+b?c+d"),
        Target("escaped percent", "/100%25"),
        Target("escaped question mark", "/a%3Fb"),
        Target("escaped backslash", "/a%5Cb"),
        Target("backslash", "/a\\b"),
        Target("bar", "/a|b"),
        Target("braces", "/a{1}"),
        Target("quotation mark", "/a\"b"),
        Target("caret", "/a^b"),
        Target("backtick", "/a`b"),
        Target("angle brackets", "/a<b>"),
        Target("brackets", "/a[0]"),
        Target("semicolon", "/a;v=1/b"),
        Target("what else the grammar has", "/a'b(c)*!$&=,@:~"),
        Target("bare percent", "/50%", Peers.Haproxy),
        Target("bare percent before letters", "/50%zz", Peers.Haproxy),
        Target("two slashes at the front", "//a"),
        Target("two slashes within", "/a//b"),
        Target("slash at the end", "/a/"),
        Target("dot segment", "/a/./b"),
        Target("two dots", "/a/../b"),
        Target("escaped dots", "/a/%2e%2e/b"),
        Target("dots at the end", "/a/.."),
        Target("three dots", "/a/.../b"),
        Target("query with everything", "/a?q={\"k\":[1|2]}^`<>\\"),
        Target("query with escapes", "/a?q=%2F%3a%E9%c3%a9+%20"),
        Target("query with a bare percent", "/a?q=50%"),
        Target("query with question marks", "/a?b=c?d??"),
        Target("query with dot segments", "/a?file=../../b"),
        Target("empty query", "/a?"),
        Target("query of ampersands", "/a?&&b=&=c&"),
        Target("query without a path's name", "/?a"),
        Target("nothing but a slash", "/"),
        Target("line of 9,000 bytes", "/" + new string('a', 9_000), Peers.Haproxy),
        Request("OPTIONS *", "RFC 9112 3.2.4: the request is about the server as a whole.",
            Head("OPTIONS * HTTP/1.1", "Host: plain.example"), peers: Peers.Haproxy),
        Method("PROPFIND"),
        Method("DELETE"),
        Method("OPTIONS"),
        Method("FOO-BAR"),
        Method("M-SEARCH"),
        Method("get", Peers.Haproxy),
        Refusal("Target with bytes beyond ASCII", "RFC 9112 3.2: no part of any target; clients escape them.",
            Head("GET /a?q=caf\u00c3\u00a9 HTTP/1.1", "Host: plain.example"), [400], Peers.Haproxy),
        Refusal("Target with a control character", "RFC 9112 3.2: no part of any target.",
            Head("GET /a\u0001b HTTP/1.1", "Host: plain.example"), [400]),
        Refusal("Target with a NUL", "RFC 9112 3.2: no part of any target.",
            Head("GET /a\0b HTTP/1.1", "Host: plain.example"), [400]),
        Refusal("Target with an escaped NUL", "No node needs it, and some nodes end a name there.",
            Head("GET /a%00b HTTP/1.1", "Host: plain.example"), [400], Peers.Nginx),
        Refusal("Target with a space", "RFC 9112 3: the request line has three parts.",
            Head("GET /a b HTTP/1.1", "Host: plain.example"), [400]),
        Refusal("Target without a slash", "RFC 9112 3.2: none of the four forms.",
            Head("GET chat HTTP/1.1", "Host: plain.example"), [400, 405]),
        Refusal("CONNECT", "RFC 9110 9.3.6: a reverse proxy is no way to other hosts.",
            Head("CONNECT plain.example:443 HTTP/1.1", "Host: plain.example:443"), [400, 405, 501], Peers.Nginx),
        Guarded("route reached by dots", "/open/../guarded/a"),
        Guarded("route reached by escaped dots", "/open/%2e%2e/guarded/a"),
        Guarded("route left by dots", "/guarded/../open/a"),
        Guarded("route reached by an escaped slash", "/guarded%2Ftoo/a"),
        Guarded("route reached by two slashes", "//guarded/a"),
        Guarded("route reached by an escaped letter", "/%67uarded/a"),
        Request("Target of a guarded route", Raw, Head("GET /guarded/a%2Fb HTTP/1.1", "Host: plain.example"),
            Head("GET /guarded/a%2Fb HTTP/1.1", "Host: plain.example", "X-Route: guarded"), Peers.None),
        Handshake("Target of a handshake", Raw,
            Upgrade("/a%2Fb//c/%E9/../d|e?q={\"k\":50%}&r=%c3%a9")),
    ];

    private static Case Target(string name, string target, Peers peers = Peers.Both) => Request(
        $"Target with {name}", Raw, Head($"GET {target} HTTP/1.1", "Host: plain.example"), peers: peers);

    private static Case Method(string method, Peers peers = Peers.Both) => Request(
        $"Method {method}", "RFC 9110 9.1: methods are an open list, and case counts.",
        Head($"{method} /a HTTP/1.1", "Host: plain.example"), peers: peers);

    private static Case Guarded(string name, string target) => Refusal(
        $"Guard: {name}", Policy, Head($"GET {target} HTTP/1.1", "Host: plain.example"), [400], Peers.None);
}
