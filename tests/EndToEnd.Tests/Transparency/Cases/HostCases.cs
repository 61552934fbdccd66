using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using static WsBalancer.EndToEnd.Tests.Transparency.Cases.CaseShapes;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>Spellings of Host, and forms of the target that contain a host.</summary>
internal static class HostCases
{
    private const string Same = "RFC 3986 3.2.2 and RFC 1034 3.1: one host in several spellings.";
    private const string Absolute = "RFC 9112 3.2.2: the authority of the target wins.";

    public static IEnumerable<Case> All =>
    [
        Named("as configured", "named.example", Peers.Both),
        Named("in capitals", "Named.EXAMPLE", Peers.Both),
        Named("with a port", "named.example:8080", Peers.Both),
        Named("with a dot at the end", "named.example.", Peers.Nginx),
        Named("with a dot and a port", "named.example.:8080", Peers.Nginx),
        Named("with an empty port", "named.example:", Peers.Both),
        Other("an IPv4 address", "127.0.0.1:80"),
        Other("an IPv6 address", "[::1]:8080"),
        Other("an underscore", "my_host.example"),
        Other("a punycode name", "xn--caf-dma.example"),
        Other("an empty value", "", Peers.Haproxy),
        Form("http://named.example/a%2Fb?c", "/a%2Fb?c"),
        Form("HTTP://NAMED.example:80/", "/", "NAMED.example:80"),
        Form("https://named.example/a", "/a"),
        Form("ws://named.example/a", "/a"),
        Form("wss://named.example/a", "/a"),
        Form("http://named.example", "/"),
        Form("http://named.example?a=b", "/?a=b"),
        Handshake("Absolute form of a handshake", Absolute,
            Upgrade("ws://named.example/a", "X-A: b").Replace("plain.example", "other.example",
                StringComparison.Ordinal),
            Upgrade("/a", "X-A: b", "X-Route: named").Replace("plain.example", "named.example",
                StringComparison.Ordinal),
            peers: Peers.None),
        Refused("none", [], Peers.Nginx),
        Refused("two", ["Host: plain.example", "Host: other.example"]),
        Refused("the same twice", ["Host: plain.example", "Host: plain.example"], Peers.Nginx),
        Refused("a space within", ["Host: plain .example"], Peers.Nginx),
        Refused("a path", ["Host: plain.example/a"], Peers.Nginx),
        Refused("a user", ["Host: user@plain.example"], Peers.None),
        Refused("a port that is no number", ["Host: plain.example:http"], Peers.None),
        Refused("bytes beyond ASCII", ["Host: caf\u00e9.example"], Peers.None),
        Refused("a list", ["Host: plain.example, other.example"], Peers.Nginx),
        new("Host: none over HTTP/1.0", "RFC 9112 3.2: it need not be there.", Peers.None,
            new Step.ClientSends(Head("GET /a HTTP/1.0")),
            new Step.NodeReceives(Head("GET /a HTTP/1.1", "Host: *")),
            new Step.NodeSends(Ok),
            new Step.ClientReceives()),
    ];

    private static Case Named(string name, string host, Peers peers) => Request(
        $"Host: {name}", Same, Head("GET /a HTTP/1.1", $"Host: {host}"),
        Head("GET /a HTTP/1.1", $"Host: {host}", "X-Route: named"), peers);

    private static Case Other(string name, string host, Peers peers = Peers.Both) => Request(
        $"Host: {name}", Same, Head("GET /a HTTP/1.1", $"Host: {host}"), peers: peers);

    private static Case Form(string target, string path, string host = "named.example") => Request(
        $"Absolute form: {target}", Absolute, Head($"GET {target} HTTP/1.1", "Host: other.example", "X-A: b"),
        Head($"GET {path} HTTP/1.1", $"Host: {host}", "X-A: b", "X-Route: named"), Peers.None);

    private static Case Refused(string name, string[] lines, Peers peers = Peers.Both) => Refusal(
        $"Host refused: {name}", "RFC 9112 3.2: which host is meant must not be a guess.",
        Head(["GET /a HTTP/1.1", .. lines]), [400], peers);
}
